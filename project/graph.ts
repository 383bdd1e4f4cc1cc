/** Draws the circuit of a file. */
import type { Host } from '../compiler/compile.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { Circuit } from '../service/graph/circuit.ts'
import type { Description } from '../service/describe.ts'
import { describe } from '../service/describe.ts'
import type { Theme } from '../service/graph/palette.ts'
import { choiceOf, compileSource, type Choice } from './compile.ts'
import { diagram } from './diagram.ts'
import { ProjectError } from './errors.ts'
import { sourceIn } from './sources.ts'
import { surroundings, type Surroundings } from './surroundings.ts'

/** What to draw. */
export interface GraphOptions extends Choice, Partial<Surroundings> {
  /** Default: `auto`, which follows the reader's system. */
  readonly theme?: Theme | undefined
  /** Where source files are read; default: the disk. */
  readonly host?: Host | undefined
}

/** A circuit that was drawn. */
export interface Drawn {
  readonly name: string
  /** The picture, as SVG. */
  readonly svg: string
  /** What it shows, as data. */
  readonly circuit: Circuit
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
}

/** Draws the circuit of a file. Throws CompileError or ProjectError. */
export async function graph(
  file: string,
  options: GraphOptions = {},
  where: Surroundings = surroundings(options),
): Promise<Drawn> {
  const { theme = 'auto', experiment, host } = options
  const compilation = compileSource(sourceIn(where, file, host), {
    ...choiceOf(options),
    until: 'model',
  })
  const description = describe(compilation)
  if (!description || description.populations.length === 0) {
    throw new ProjectError(`${file} has no populations that could be drawn.`)
  }
  const { diagnostics, sources } = compilation
  return { ...(await drawn(description, theme, experiment)), diagnostics, sources }
}

async function drawn(description: Description, theme: Theme, experiment: string | undefined) {
  const { foldCircuit } = await import('../service/graph/fold.ts')
  const chosen = experiment === undefined ? {} : { experiment }
  return {
    name: description.name,
    svg: await diagram(description, { theme, ...chosen }),
    circuit: foldCircuit(description, chosen),
  }
}
