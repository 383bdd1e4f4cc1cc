/**
 * NumPy files as data sets: `npy(image = "x.npy", label = "y.npy")` takes one file a field,
 * `npz("all.npz", image = "x_train")` names the arrays of one archive (an array of the field's own
 * name need not be named). An array's first axis counts examples. Values are taken as they are.
 */

import { decodeNpy } from '../io/npy.ts'
import { decodeNpz } from '../io/npz.ts'
import type { StoredTensor } from '../io/safetensors.ts'
import { readDataFiles } from './files.ts'
import { argumentError, checkNames, fileArguments, partByName } from '../../data/reader.ts'
import type { Column, Reader } from '../../data/reader.ts'
import { DataError } from '../../data/types.ts'

export const npy: Reader = {
  summary: 'NumPy .npy files, one a field',
  parameters: [{ name: 'FIELD', doc: 'the file for the field of this name; one for each field' }],
  needsFiles: true,
  async read(plan, context) {
    const fields = context.fields.map(({ name }) => name)
    checkNames(plan, fields, context)
    fileArguments(plan, context, 0)
    const names = fields.map((field) => {
      const name = plan.named[field]
      if (typeof name === 'string' && name !== '') return name
      throw argumentError(plan, context, `needs ${field} = "FILE.npy"`)
    })
    const files = await readDataFiles(names, context)
    const columns = files.map(({ path, bytes }) => toColumn(decodeNpy(bytes, path), path))
    return partByName(new Map(fields.map((field, k) => [field, columns[k]!])), context)
  },
}

export const npz: Reader = {
  summary: 'a NumPy .npz archive, one array a field',
  parameters: [
    { name: 'file', doc: 'the archive' },
    { name: 'FIELD', doc: "the array for the field of this name; by default the field's name" },
  ],
  needsFiles: true,
  async read(plan, context) {
    const fields = context.fields.map(({ name }) => name)
    checkNames(plan, fields, context)
    const [file] = await readDataFiles(fileArguments(plan, context, 1), context)
    const { path, bytes } = file!
    const arrays = decodeNpz(bytes, path)
    const columns = new Map<string, Column>()
    for (const field of fields) {
      const name = String(plan.named[field] ?? field)
      const array = arrays.get(name)
      if (!array) {
        const known = [...arrays.keys()].join(', ')
        throw new DataError(`${path} has no array ${name} for the field ${field}, only: ${known}.`)
      }
      columns.set(field, toColumn(array, `${path}, array ${name}`))
    }
    return partByName(columns, context)
  },
}

function toColumn({ shape, data }: StoredTensor, source: string): Column {
  if (shape.length === 0) throw new DataError(`${source} is a single number, without examples.`)
  return { shape: shape.slice(1), data: Float32Array.from(data), source }
}
