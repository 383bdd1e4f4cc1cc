/**
 * Optimisers of fixtures that are not those of the examples' experiments, which have momentum and decay:
 * an experiment that extends the example's and says `adam` for what the fixture has Adam for.
 */
import type { OptimiserConfig } from './config.ts'
import type { Mapping } from './mapping.ts'

/** Families of biases, which no optimiser of the published programs decays. */
const biases: ReadonlySet<string> = new Set(['k', 'c'])

const adam = (
  { lr, betas = [0.9, 0.999], eps = 1e-8, weight_decay }: OptimiserConfig,
  decays: boolean,
): string =>
  `adam(rate = ${lr}, beta1 = ${betas[0]}, beta2 = ${betas[1]}, epsilon = ${eps}, ` +
  `decay = ${decays ? weight_decay : 0})`

/** The experiment to run and what is added to the example's text for it; the example's own where nothing is. */
export function experimentOf({
  experiment,
  optimisers,
}: Pick<Mapping, 'experiment' | 'optimisers'>): { readonly name: string; readonly text: string } {
  const statements = optimisers
    .filter(({ config, inert }) => config.type === 'adam' && inert !== true)
    .flatMap(({ families, config }) =>
      families.map((family) => `  optimise ${family} with ${adam(config, !biases.has(family))}\n`),
    )
  if (statements.length === 0) return { name: experiment, text: '' }
  const name = `${experiment}_adaptive`
  return { name, text: `\nexperiment ${name} extends ${experiment} {\n${statements.join('')}}\n` }
}
