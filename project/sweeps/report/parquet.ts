/** Columns as a Parquet file, by `hyparquet-writer`, which is optional. */
import type * as Writer from 'hyparquet-writer'
import { version } from '../../../compiler/version.ts'
import { ProjectError } from '../../errors.ts'
import type { Column } from './columns.ts'

/** The writer, if it is installed. */
export async function parquetWriter(): Promise<typeof Writer | undefined> {
  try {
    return await import('hyparquet-writer')
  } catch {
    return undefined
  }
}

/** The bytes of the file. Throws ProjectError where the library is missing. */
export async function parquetOf(columns: readonly Column[]): Promise<Uint8Array> {
  const writer = await parquetWriter()
  if (!writer) {
    throw new ProjectError('Parquet is written by a library that is not installed.', {
      hint: 'npm install hyparquet-writer; or write .csv, which needs none.',
    })
  }
  const bytes = writer.parquetWriteBuffer({
    createdBy: `ccn ${version}`,
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      type: kind === 'text' ? 'STRING' : kind === 'whole' ? 'INT64' : 'DOUBLE',
      nullable: true,
      data: values.map((value) =>
        value === undefined ? null : kind === 'whole' ? BigInt(value) : value,
      ),
    })),
  })
  return new Uint8Array(bytes)
}
