/** What `init` and `tie` statements say of biases. */
import { didYouMean } from './evaluate.ts'
import { expectPopulation, familyName, type Circuit } from './families.ts'
import { inlined } from './inlined.ts'
import type { Bias, Population, WeightExpression } from './model.ts'

/** Biases with the values that `init` and `tie` statements give them. */
export function applyBiasSettings(circuit: Circuit): readonly Population[] {
  const settings = new Map<string, { initial?: WeightExpression; tied?: WeightExpression }>()
  for (const { item, scope } of circuit.biasSettings) {
    const { target } = item
    if (target.kind !== 'Member') {
      circuit.context.report('wrongKind', target.span, {
        name: familyName(target) ?? 'this',
        found: 'no bias',
        expected: 'a bias, as in `h[0].k`,',
      })
      continue
    }
    const population = expectPopulation(circuit.context, scope, target.object)
    if (!population) continue
    const biases = population.cell.biases.map((bias) => bias.name)
    if (!biases.includes(target.member.name)) {
      circuit.context.report(
        'unknownMember',
        target.member.span,
        { owner: `\`${population.name}\``, kind: 'bias', name: target.member.name },
        { hint: didYouMean(target.member.name, biases) },
      )
      continue
    }
    const storage = `${population.name}.${target.member.name}`
    const way = item.always ? 'tied' : 'initial'
    const known = settings.get(storage) ?? {}
    const before = known[way]
    // Of a circuit that is too large, nothing more is said.
    if (before && circuit.isExhausted) continue
    if (before) {
      const what = `\`${item.always ? 'tie' : 'init'} ${storage}\``
      const related = [{ span: before.value.span, message: 'It is said here first.' }]
      circuit.context.report('saidTwice', target.span, { what }, { related })
      continue
    }
    settings.set(storage, { ...known, [way]: inlined(scope, item.value) })
  }
  return circuit.populations.map((population) => {
    const biases = population.cell.biases.map((bias): Bias => ({
      ...bias,
      ...settings.get(bias.storage),
    }))
    return { ...population, cell: { ...population.cell, biases } }
  })
}
