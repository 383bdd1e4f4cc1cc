/** What must hold of any text: no failure of the compiler, whatever is written. */
import { expect } from 'vitest'
import { compile, emitJavaScript, type Host } from '../../compiler/index.ts'
import type { Compilation } from '../../compiler/compile.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import { parse } from '../../grammar/index.ts'
import { lex } from '../../grammar/lex.ts'
import { format } from '../../grammar/print.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import type { NamedArray, Network } from '../../runtime/engine/network.ts'
import { parseAnything } from '../grammar/invariants.ts'
import { withoutSpans } from '../grammar/sketch.ts'
import { memoryHost } from '../helpers/compile-text.ts'
import { expectSoundDiagnostics } from '../helpers/diagnostics.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { withPatterns } from '../helpers/drawn.ts'
import { examplesAtOnce } from '../helpers/small-examples.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'
import { elementCount } from '../../compiler/ir/shapes.ts'

/** No text of ordinary length takes longer, on the slowest machine. */
const longest = 60_000

const main = '/project/main.ccn'

/** Reading a text ends, with a tree whose spans nest and messages whose places are in the text. */
export function reads(text: string): void {
  parseAnything(text)
}

/**
 * Checking a text ends soon, with messages that can be shown, the same ones each time: as it stands,
 * then each experiment and variant.
 */
export function checks(text: string, host: Host = memoryHost({ 'main.ccn': text })): Compilation {
  const start = performance.now()
  const run = (extra: object): Compilation => {
    const compilation = compile(main, host, { optimise: false, ...extra })
    expectSoundDiagnostics(compilation)
    for (const { message } of compilation.diagnostics) expect(message).not.toMatch(/\bbug\b|Sorry/)
    return compilation
  }
  const first = run({})
  expect(run({}).diagnostics, 'checked again').toEqual(first.diagnostics)
  const { model, diagnostics } = first
  if (model && !diagnostics.some((each) => each.severity === 'error')) {
    for (const { item } of model.experiments.slice(1)) run({ experiment: item.name.name })
    for (const { name } of model.variants) run({ variants: [name] })
  }
  expect(performance.now() - start).toBeLessThan(longest)
  return first
}

const commentsOf = (text: string): readonly string[] =>
  lex(text, main).comments.map((each) => each.text.replace(/[ \t]*\r?\n[ \t]*/g, '\n').trim())

/** Formatting twice changes nothing, loses no comment, and keeps the tree; a broken text stays. */
export function formats(text: string): void {
  const before = parse(text, main)
  const once = format(text, main)
  if (before.diagnostics.length > 0) {
    expect(once.text).toBe(text)
    return
  }
  const after = parse(once.text, main)
  expect(after.diagnostics).toEqual([])
  expect(format(once.text, main).text).toBe(once.text)
  expect(commentsOf(once.text)).toEqual(commentsOf(text))
  const bare = ({ file }: typeof before) => withoutSpans({ ...file, comments: [] })
  expect(bare(after)).toEqual(bare(before))
}

/** How much a module may store, so that a step of it is quick. */
const mostStored = 2_000_000

/** What checks without an error is emitted for all targets, and takes two steps. */
export async function runs(
  text: string,
  set: Readonly<Record<string, string>> = {},
): Promise<void> {
  const host = memoryHost({ 'main.ccn': text })
  const { ir, sources, plan } = compile(main, host, { set })
  if (!ir || !plan || storedBy(ir) > mostStored) return
  await emitJavaScript(ir, sources)
  const network = await wasmNetwork(ir, {}, { seed: 3 })
  try {
    const inputs = presentedTo(ir, examplesAtOnce(ir, 3))
    network.step(examplesAtOnce(ir, 3), inputs)
    network.measuredStep(examplesAtOnce(ir, 3), inputs)
    network.save()
  } finally {
    network.dispose()
  }
}

function storedBy({ storages, patterns = [] }: IrModule): number {
  const synapses = (name: string): number =>
    patterns.find((each) => each.name === name)?.capacity ?? 0
  return storages.reduce((sum, { shape }) => sum + elementCount(shape, 1, synapses), 0)
}

function presentedTo({ inputs }: IrModule, batch: number): Record<string, Float32Array> {
  return Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const size = elementCount(shape, batch)
      return [
        name,
        Float32Array.from({ length: size }, (_, i) => Math.fround(0.5 + 0.5 * Math.sin(1 + 7 * i))),
      ]
    }),
  )
}

type Seen = Readonly<Record<string, NamedArray>>

/** Everything that a network shows in so many steps, and one that is measured. */
function record(network: Network, ir: IrModule, steps: number): Seen {
  const batch = examplesAtOnce(ir, 3)
  const inputs = presentedTo(ir, batch)
  const seen: Record<string, NamedArray> = {}
  const note = (call: string, values: Readonly<Record<string, NamedArray | number>>): void => {
    for (const [name, value] of Object.entries(values)) {
      seen[`${call} ${name}`] =
        typeof value === 'number' ? { shape: [], data: Float64Array.of(value) } : value
    }
  }
  note('at first', network.save())
  for (let step = 0; step < steps; step++) network.step(batch, inputs)
  note('measure', network.measuredStep(batch, inputs))
  note('infer', network.infer(batch, inputs))
  note('learned', network.save())
  return seen
}

/** What of two runs is further apart than `tolerance` of the largest number that is met. */
function differences(actual: Seen, expected: Seen, tolerance: number, size: number): string[] {
  return Object.entries(expected).flatMap(([name, { data }]) => {
    const other = actual[name]
    // A single number that is no measure is seen by the interpreter alone.
    if (!other) return name.startsWith('measure ') ? [] : [`${name} is missing`]
    const at = data.findIndex(
      (value, i) =>
        !Object.is(other.data[i], value) &&
        !(Math.abs((other.data[i] ?? Number.NaN) - value) <= tolerance * size),
    )
    return at < 0 ? [] : [`${name}[${at}]: ${other.data[at]} for ${data[at]}`]
  })
}

/** How far circuits are compared. */
interface Compared {
  readonly steps: number
  readonly threads: readonly number[]
  readonly seed: number
}

/**
 * A circuit computes on every target, thread count and precision what the interpreter does. Of one that
 * does not compile, or whose numbers grow too large to be compared, nothing is said.
 */
export async function agrees(
  text: string,
  { steps, threads, seed }: Compared = { steps: 2, threads: [2], seed: 5 },
): Promise<void> {
  const { ir, sources } = checks(text).ir
    ? compile(main, memoryHost({ 'main.ccn': text }))
    : { ir: undefined, sources: new Map<string, string>() }
  if (!ir) return
  const create = { seed }
  const recordOf = async (making: Network | Promise<Network>): Promise<Seen> => {
    const network = await making
    try {
      return record(network, ir, steps)
    } finally {
      network.dispose()
    }
  }
  const expected = await recordOf(interpretedNetwork(ir, create))
  const numbers = Object.values(expected).flatMap(({ data }) => [...data])
  const size = numbers.reduce((most, each) => Math.max(most, Math.abs(each)), 1)
  if (!(size < 1e4)) return
  const double = await recordOf(wasmNetwork(ir, { precision: 'f64' }, create))
  expect(differences(double, expected, 1e-6, size), 'wasm, f64').toEqual([])
  const single = await recordOf(wasmNetwork(ir, {}, create))
  for (const count of threads) {
    const several = await recordOf(wasmNetwork(ir, { threads: count }, create))
    expect(differences(several, single, 0, 1), `wasm, ${count} threads`).toEqual([])
  }
  const tfjs = await selectEngine('tfjs-cpu')
  const withPattern = withPatterns(ir, create)
  const javascript = await recordOf(
    tfjs.instantiate(await emitJavaScript(ir, sources), withPattern),
  )
  const rounded = [
    ...differences(single, expected, 1e-4, size).map((each) => `wasm: ${each}`),
    ...differences(javascript, expected, 1e-4, size).map((each) => `tfjs: ${each}`),
  ]
  expect(rounded, 'single precision').toEqual([])
}

/**
 * The same of a network of spiking cells, over more steps. Rounding to single precision may move a spike, seldom:
 * what differs then for one seed must not for another.
 */
export async function spikesAgree(text: string): Promise<void> {
  const compared = { steps: 9, threads: [2, 3] }
  try {
    await agrees(text, { ...compared, seed: 5 })
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('single precision'))) throw error
    await agrees(text, { ...compared, seed: 6 })
  }
}
