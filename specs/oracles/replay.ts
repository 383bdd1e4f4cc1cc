/** Compiles a fixture's model and replays the fixture on a target. */
import { compile } from '../../compiler/compile.ts'
import { emitJavaScript } from '../../compiler/index.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import type { CreateOptions, Network } from '../../runtime/engine/network.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { experimentOf } from './adaptive.ts'
import { compare, type Deviation } from './compare.ts'
import { givenOf, type Fixture } from './fixture.ts'
import type { Mapping } from './mapping.ts'
import { host, root } from '../helpers/repository.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

/** What a fixture is replayed on. */
export interface Target {
  readonly engine: 'interpreter' | 'tfjs-wasm' | 'wasm'
  /** Default f32; the interpreter has f64 only. */
  readonly precision?: 'f32' | 'f64'
  /** Of the engine wasm; default 1. */
  readonly threads?: number
}

export const isPrecise = ({ engine, precision }: Target): boolean =>
  engine === 'interpreter' || precision === 'f64'

type Compiled =
  { readonly ir: IrModule; readonly plan?: ExperimentPlan } | { readonly errors: readonly string[] }

/** The last ones that were compiled (one experiment has 30): a fixture is replayed on one target after the other. */
const compiled = new Map<string, Compiled>()
const atMost = 32

type ToCompile = Pick<Mapping, 'file' | 'variants' | 'experiment' | 'set'> &
  Partial<Pick<Mapping, 'optimisers'>>

export function compileFixture({
  file,
  variants,
  experiment,
  set,
  optimisers = [],
}: ToCompile): Compiled {
  const { name, text } = experimentOf({ experiment, optimisers })
  const key = JSON.stringify([file, variants, name, text, set])
  const known = compiled.get(key)
  if (known) return known
  const path = `${root}/examples/${file}`
  const read = (asked: string): string | undefined => {
    const found = host.read(asked)
    return asked === path && found !== undefined ? found + text : found
  }
  const { ir, plan, diagnostics } = compile(
    path,
    { ...host, read },
    { variants, experiment: name, set },
  )
  const errors = diagnostics
    .filter((each) => each.severity === 'error')
    .map((each) => `${each.code} ${each.message}`)
  const result = ir ? { ir, ...(plan ? { plan } : {}) } : { errors }
  compiled.set(key, result)
  const [oldest] = compiled.keys()
  if (compiled.size > atMost && oldest !== undefined) compiled.delete(oldest)
  return result
}

/** The deviation that counts as equal. Angles near 0 or 180 degrees are ill-conditioned. */
export const tolerance = {
  f64: { relative: 1e-5, degrees: 1e-4 },
  f32: { relative: 1e-5, degrees: 2e-3 },
}

/**
 * In single precision a quantity may also be as far from the truth as a few times what rounding does
 * to the reference itself: small differences of large numbers are no better there than here. In double
 * precision that holds only where the fixture itself begins with rounded ties.
 */
export const isWithin = (
  { worst, unit, reference }: Deviation,
  target: Target,
  { roundedTies }: Pick<Mapping, 'roundedTies'>,
): boolean => {
  const precise = isPrecise(target)
  const rounding = precise && !roundedTies ? 0 : 4 * reference
  return worst <= Math.max(tolerance[precise ? 'f64' : 'f32'][unit], rounding)
}

export async function replay(
  ir: IrModule,
  fixture: Fixture,
  mapping: Mapping,
  target: Target,
): Promise<readonly Deviation[]> {
  const options: CreateOptions = {
    seed: 1,
    draw: (stream, step) => {
      const given = fixture.standard_normal_draws?.[step]
      const draws = given?.find((_, i) => mapping.noiseStream(i) === stream)
      if (!draws) return undefined
      const numbers = givenOf(draws)
      return isPrecise(target) ? numbers : Float32Array.from(numbers)
    },
  }
  const network = await networkOn(target, ir, options)
  try {
    return compare(network, fixture, mapping, isPrecise(target))
  } finally {
    network.dispose()
  }
}

/** The compiled model on a target. */
export async function networkOn(
  { engine, precision = 'f32', threads = 1 }: Target,
  ir: IrModule,
  options: CreateOptions,
): Promise<Network> {
  switch (engine) {
    case 'interpreter':
      return interpretedNetwork(ir, options)
    case 'tfjs-wasm':
      return (await selectEngine(engine)).instantiate(await emitJavaScript(ir), options)
    case 'wasm':
      return wasmNetwork(ir, { precision, threads }, options)
  }
}
