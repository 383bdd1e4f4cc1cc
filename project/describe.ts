/** Describes files in the form of the field, in one of several formats. */
import { extname } from 'node:path'
import type { Host } from '../compiler/compile.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import type { DescriptionFormat } from '../service/description/render.ts'
import { choiceOf, compileSource, type Choice } from './compile.ts'
import { misuse } from './errors.ts'
import { sourceIn } from './sources.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'

/** What to describe, how, and where to. */
export interface DescribeOptions extends Choice, Partial<Surroundings> {
  /** Default: by the ending of `output`, else `text`. */
  readonly format?: DescriptionFormat | undefined
  /** The file to write; without it nothing is written. */
  readonly output?: string | undefined
  readonly host?: Host | undefined
}

/** What was made of a file. */
export interface Described {
  readonly content: string
  /** Where it was written. */
  readonly path?: string
}

const formats: Readonly<Record<string, DescriptionFormat>> = {
  '.md': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.tex': 'latex',
  '.json': 'json',
  '.txt': 'text',
}

/** Describes a file. Throws CompileError, ProjectError or IoError. */
export async function describe(
  file: string,
  options: DescribeOptions = {},
  where: Surroundings = surroundings(options),
): Promise<Described> {
  const { output, host, variants, set } = options
  const format = formatOf(options)
  const compilation = compileSource(sourceIn(where, file, host), {
    ...choiceOf(options),
    until: 'model',
  })
  const { renderDescription } = await import('../service/description/render.ts')
  const content = renderDescription(compilation, format, { variants, set })
  if (content === undefined) throw new Error('the compiler gave no model, but no error either')
  if (output === undefined) return { content }
  const path = pathIn(where, output)
  await writeFileAtomic(path, content)
  return { content, path }
}

function formatOf({ format, output }: DescribeOptions): DescriptionFormat {
  if (format !== undefined) return format
  if (output === undefined) return 'text'
  const ending = extname(output).toLowerCase()
  const found = Object.hasOwn(formats, ending) ? formats[ending] : undefined
  if (found !== undefined) return found
  throw misuse(
    `The ending of ${output} says no format.`,
    `Name a file that ends in ${Object.keys(formats).join(', ')}, or say --format.`,
  )
}
