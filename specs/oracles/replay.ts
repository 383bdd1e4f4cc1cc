/** Compiles a fixture's model and replays the fixture on a target. */
import { compile } from '../../compiler/compile.ts'
import { emitJavaScript } from '../../compiler/index.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import { selectEngine } from '../../runtime/engine/index.ts'
import type { CreateOptions, Network } from '../../runtime/engine/network.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { compare, type Deviation } from './compare.ts'
import { numbersOf, type Fixture } from './fixture.ts'
import type { Mapping } from './mapping.ts'
import { host, root } from '../helpers/repository.ts'

export type Target = 'interpreter' | 'tfjs'

export function compileFixture(
  mapping: Mapping,
): { readonly ir: IrModule } | { readonly errors: readonly string[] } {
  const { file, variants, experiment, set } = mapping
  const { ir, diagnostics } = compile(`${root}/examples/${file}`, host, {
    variants,
    experiment,
    set,
  })
  if (ir) return { ir }
  return {
    errors: diagnostics
      .filter((each) => each.severity === 'error')
      .map((each) => `${each.code} ${each.message}`),
  }
}

/** The deviation that counts as equal. Angles near 0 or 180 degrees are ill-conditioned. */
export const tolerance = {
  interpreter: { relative: 1e-5, degrees: 1e-4 },
  tfjs: { relative: 1e-5, degrees: 2e-3 },
}

/**
 * In single precision a quantity may also be as far from the truth as a few times what rounding does
 * to the reference itself: small differences of large numbers are no better there than here. In double
 * precision that holds only where the fixture itself begins with rounded ties.
 */
export const isWithin = (
  { worst, unit, reference }: Deviation,
  target: Target,
  { roundedTies }: Mapping,
): boolean =>
  worst <=
  Math.max(tolerance[target][unit], target === 'interpreter' && !roundedTies ? 0 : 4 * reference)

export async function replay(
  ir: IrModule,
  fixture: Fixture,
  mapping: Mapping,
  target: Target,
): Promise<readonly Deviation[]> {
  const options: CreateOptions = {
    seed: 1,
    draw: (stream, step) => {
      const layer = fixture.init.findIndex((_, i) => mapping.noiseStream(i) === stream)
      const draws = fixture.standard_normal_draws?.[step]?.[layer]
      return draws && numbersOf(draws)
    },
  }
  const network =
    target === 'interpreter' ? interpretedNetwork(ir, options) : await tfjsNetwork(ir, options)
  try {
    return compare(network, fixture, mapping, target === 'interpreter')
  } finally {
    network.dispose()
  }
}

async function tfjsNetwork(ir: IrModule, options: CreateOptions): Promise<Network> {
  const engine = await selectEngine('tfjs-wasm')
  return engine.instantiate(await emitJavaScript(ir), options)
}
