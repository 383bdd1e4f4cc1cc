/** What patterns take from files, read where they lie, and the patterns drawn. */
import { dirname, resolve } from 'node:path'
import {
  isSynapseDim,
  patternOf,
  type DrawnPattern,
  type PairValues,
  type PatternFile,
  type PatternPlan,
  type PositionsPlan,
  type SynapseDim,
} from '../../../contract/pattern.ts'
import type { Positions } from '../../../contract/pair-program.ts'
import type { NamedArray } from '../../engine/network.ts'
import { IoError } from '../../io/errors.ts'
import { identityOf, type PatternIdentity } from '../../patterns/identity.ts'
import { drawPattern, pairArrays, swapped, type PatternTables } from '../../patterns/draw.ts'
import { requireInside } from '../io/confine.ts'
import { withFile, type ByteSource } from '../io/source.ts'
import { hashOf, type FileArray, type FileRecord } from '../train/file-arrays.ts'
import { readColumns } from './columns.ts'
import { readPairs } from './pairs.ts'

/** The patterns of a compiled module. */
export interface ModulePatterns {
  readonly patterns: readonly PatternPlan[]
  readonly pairValues: readonly PairValues[]
}

/** The patterns of a network, and what `init` reads of their pairs, by name. */
export interface DrawnPatterns {
  readonly patterns: Readonly<Record<string, DrawnPattern>>
  readonly arrays: Readonly<Record<string, NamedArray>>
  /** What a run remembers of them. */
  readonly identities: readonly PatternIdentity[]
  /** Of the files that were read. */
  readonly records: readonly FileRecord[]
}

/** How patterns are drawn. */
export interface DrawOptions {
  readonly seed: number
  /** Folders that files may lie in, links followed. */
  readonly folders: readonly string[]
  /** Of a run that is gone on with by its manifest alone: the files as they were, where they were. */
  readonly before?: readonly FileRecord[] | undefined
}

/**
 * Draws all patterns for a seed.
 * @throws PatternError for what cannot be drawn, IoError for a file that is missing or does not fit.
 */
export async function drawPatterns(
  { patterns, pairValues }: ModulePatterns,
  options: DrawOptions,
): Promise<DrawnPatterns> {
  const tables: Record<string, PatternTables> = {}
  const drawn: Record<string, DrawnPattern> = {}
  const files = new Files(options)
  for (const plan of patterns) {
    const read = await tablesOf(plan, files)
    tables[plan.name] = read
    drawn[plan.name] = drawPattern(plan, options.seed, read)
  }
  return {
    patterns: drawn,
    arrays: pairArrays(pairValues, patterns, drawn, tables),
    identities: Object.values(drawn).map(identityOf),
    records: files.records,
  }
}

/** Files of which some have a value for each synapse, with the numbers of the synapses that were drawn. */
export function sizedFiles(
  files: readonly UnsizedFile[],
  patterns: DrawnPatterns['patterns'],
  plans: readonly PatternPlan[],
): FileArray[] {
  return files.map((file) => {
    const dims = file.shape.filter(isSynapseDim).map((dim) => patterns[patternOf(dim)])
    const [first] = dims
    const plan = plans.find(({ name }) => name === first?.name)
    return {
      ...file,
      shape: file.shape.map((dim) =>
        isSynapseDim(dim) ? (patterns[patternOf(dim)]?.count ?? 0) : dim,
      ),
      ...(first?.rows && { rows: first.rows }),
      ...(plan && isOwn(file, plan) && { own: true as const }),
      ...(first && plan && { pairs: pairsOf(first, plan, file.turned === true) }),
      ...(first && { pattern: identityOf(first) }),
    }
  })
}

/** Whether a file is the one that says the pairs of a pattern. */
function isOwn({ path, from }: Pick<UnsizedFile, 'path' | 'from'>, { rule }: PatternPlan): boolean {
  if (rule.kind === 'turned') return isOwn({ path, from }, rule.of)
  if (rule.kind !== 'file') return false
  return resolve(dirname(from), path) === resolve(dirname(rule.file.from), rule.file.path)
}

/** Where a matrix [post, pre] has the value of each synapse; `turned`: of what leads the other way. */
function pairsOf(
  { count, starts, targets }: DrawnPattern,
  { pre, post }: PatternPlan,
  turned: boolean,
): NonNullable<FileArray['pairs']> {
  const sources = new Int32Array(count)
  for (let j = 0; j + 1 < starts.length; j++) sources.fill(j, starts[j], starts[j + 1])
  return turned
    ? { shape: [pre, post], pre: targets, post: sources }
    : { shape: [post, pre], pre: sources, post: targets }
}

/** A file of an array whose size may be that of a pattern. */
export type UnsizedFile = Omit<FileArray, 'shape' | 'rows' | 'own' | 'pairs' | 'pattern'> & {
  readonly shape: readonly (number | SynapseDim)[]
}

async function tablesOf(plan: PatternPlan, files: Files): Promise<PatternTables> {
  const { name, rule, positions } = plan
  if (rule.kind === 'turned') return swapped(await tablesOf(rule.of, files))
  const { pre, post, capacity } = plan
  const pairs =
    rule.kind === 'file'
      ? await files.open(`pattern ${name}`, rule.file, (source, path) =>
          readPairs(source, path, { pre, post, capacity, array: rule.file.array }),
        )
      : undefined
  const sides = positions && {
    ...(await side(`positions ${name}.pre`, 'pre', positions.pre, files)),
    ...(await side(`positions ${name}.post`, 'post', positions.post, files)),
  }
  return { ...(pairs && { pairs }), ...(sides && { positions: sides }) }
}

async function side(
  name: string,
  which: 'pre' | 'post',
  { layout }: PositionsPlan,
  files: Files,
): Promise<PatternTables['positions']> {
  if (layout.kind !== 'file') return {}
  const { file, cells, scale = 1 } = layout
  return {
    [which]: await files.open(name, file, (source, path): Positions => {
      const fits = (count: number): void => {
        if (count <= cells) return
        throw new IoError('use', path, `it has positions of more than the ${cells} cells`)
      }
      const wanted = { columns: ['x'], optional: ['y'], array: file.array, rows: fits }
      const [x = [], y] = readColumns(source, path, wanted)
      if (x.length !== cells) {
        throw new IoError(
          'use',
          path,
          `it has positions of ${x.length} cells, but there are ${cells}`,
        )
      }
      return {
        x: finite(x, path, scale),
        y: y === undefined ? new Float64Array(cells) : finite(y, path, scale),
      }
    }),
  }
}

function finite(values: ArrayLike<number>, path: string, scale: number): Float64Array {
  const found = Float64Array.from(values, (value) => value * scale)
  const bad = found.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new IoError('use', path, `the position of cell ${bad} is ${found[bad]}`)
  return found
}

/** Opens files that a model names, and keeps what is to be known of them. */
class Files {
  readonly #options: DrawOptions
  readonly records: FileRecord[] = []

  constructor(options: DrawOptions) {
    this.#options = options
  }

  async open<T>(
    name: string,
    { path, from, array }: PatternFile,
    use: (source: ByteSource, location: string) => T,
  ): Promise<T> {
    const { folders, before } = this.#options
    const old = before?.find((record) => record.name === name)
    const location = old?.location ?? resolve(dirname(from), path)
    await requireInside(location, folders)
    return withFile(location, (source) => {
      const sha256 = hashOf(source, location)
      if (old && old.sha256 !== sha256) {
        throw new IoError('use', location, 'it has changed since the run was started')
      }
      this.records.push({ name, path, ...(array !== undefined && { array }), sha256, location })
      return use(source, location)
    })
  }
}
