/** `explain`: what a circuit learns by, beside the gradient of its loss; derived, and checked on numbers. */
import { isZero } from '../../compiler/analysis/expressions.ts'
import type { Series } from '../../compiler/analysis/series.ts'
import { Simplifier } from '../../compiler/analysis/simplified.ts'
import type { Compilation } from '../../compiler/compile.ts'
import type { Model } from '../../compiler/model/model.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { ExperimentPlan, ProtocolPart } from '../../contract/plan.ts'
import * as set from '../typeset/build.ts'
import type { Mathematics } from '../typeset/mathematics.ts'
import { verbatim } from '../typeset/symbols.ts'
import { beyond, tooDeep, unreadOf } from './beyond.ts'
import { firstOrders, isLong } from './between.ts'
import { probes } from './checks.ts'
import { expectations } from './expectations.ts'
import { Derivation, type Derived, type Draws } from './derive.ts'
import type { Explanation, Formulation, TeacherStatement, WeightStatement } from './explanation.ts'
import { families, type Member } from './families.ts'
import { explainedGraph, type ExplainedGraph } from './graph.ts'
import { formulation, indexOf, Scribe } from './scribe.ts'
import { statementOf, targetOf, type Around } from './statement.ts'
import { differenceOf, signalsOf, slopesIn, type Difference } from './statements.ts'
import { substitution } from './substitute.ts'
import { restStatements } from './rest.ts'
import { namesText, summary } from './summary.ts'
import { companions } from './together.ts'
import { Trial } from './trial.ts'

/** The seeds of the networks that statements are tried on; the first is that of the checks. */
const seeds: readonly number[] = [1, 2]

/** Explains a compilation without optimisation; undefined if there is no program. */
export function explain(
  compilation: Compilation,
  variants: readonly string[] = [],
): Explanation | undefined {
  const { model, plan } = compilation
  // A circuit in time is followed for one example, however many run side by side.
  const whole = compilation.ofOneExample?.() ?? compilation.ir
  if (!whole || !model) return undefined
  const ir = whileLearning(whole, plan)
  const explained = explainedGraph(ir, model, 'declared')
  const isFollowed = (unreadOf(ir) ?? tooDeep(explained.graph)) === undefined
  const isTried = explained.learning.length > 0 && isFollowed
  const trials = isTried ? seeds.map((seed) => new Trial(ir, explained, seed)) : []
  const { derivation, all: found } = derived(ir, explained, trials, plan)
  const simpler = new Simplifier(derivation.algebra)
  const all = found.map((each) => shorter(simpler, each))
  for (const each of trials) each.rest(derivation.rests)
  const signals = signalsOf(derivation, all, (weight) => targetOf(model, weight)?.population)
  const coefficients = all.flatMap(({ update, descent }) => [
    ...(update?.coefficients.slice(0, 2) ?? []),
    ...(descent?.coefficients.slice(0, 2) ?? []),
  ])
  const slopes = slopesIn(derivation.algebra, coefficients)
  const plain = new Scribe(derivation, signals, slopes)
  const scribe = isLong(plain, all)
    ? new Scribe(
        derivation,
        [...signals, ...firstOrders(derivation, explained.named.keys(), signals, simpler)],
        slopes,
      )
    : new Scribe(derivation, signals, slopes)
  const closed = all.some((each) => each.update !== undefined)
  const [trial] = trials
  const isDrawn = derivation.draws === 'noise'
  const runs = !closed
    ? []
    : isDrawn
      ? expectations(trial!, explained, [...derivation.drawn])
      : probes(trial!, derivation.deviations)
  const differences = all.map((each) => comparisonOf(derivation, each))
  const replaced = differences.flatMap((each) => each?.replaced ?? [])
  scribe.nameGains(replaced.flatMap(({ mine, theirs }) => [mine, theirs]))
  const substituted = closed && !isDrawn ? substitution(trial!, derivation, replaced) : undefined
  const settles = explained.states.size > 0
  const following = compilation.followGradient?.() ?? new Set()
  const around: Around = {
    derivation,
    model,
    scribe,
    runs,
    settles,
    following,
    ...(trial && { trial }),
    ...(substituted && { substituted }),
  }
  const statements = all.map((each, i) => statementOf(around, each, differences[i]))
  const chosen = { model: model.name, variants, ...(plan && { experiment: plan.name }) }
  const facts = restStatements(derivation, scribe, model, ir)
  const notes = notesOf(derivation, explained, ir, model, closed ? trial : undefined)
  const made = assembled(chosen, derivation, scribe, statements, differences)
  const { sentences, checks } = companions(derivation, all, isDrawn ? [] : runs, trial)
  return {
    ...made,
    differences: [...made.differences, ...sentences],
    checks,
    holds: made.holds && checks.every((each) => each.holds),
    facts,
    names: scribe.names(),
    notDone: [...made.notDone, ...notes],
  }
}

/**
 * Series in the teacher's deviation, with draws at their mean; where nothing is left of any change then, and it is
 * draws that it takes, in the draws instead.
 */
function derived(
  ir: IrModule,
  explained: ExplainedGraph,
  trials: readonly Trial[],
  plan: ExperimentPlan | undefined,
): { readonly derivation: Derivation; readonly all: readonly Derived[] } {
  const open = beyond(ir, explained.graph)
  const attempt = (draws: Draws) => {
    const derivation = new Derivation(ir, explained, trials, plan, draws)
    const all = explained.learning.map(({ name }): Derived => {
      const why = open(name)
      return why === undefined ? derivation.derive(name) : { name, open: why }
    })
    return { derivation, all }
  }
  const first = attempt('mean')
  const isNothing = first.all.every(({ update }) => update?.coefficients.every(isZero))
  if (first.derivation.drawn.size === 0 || !isNothing) return first
  if (explained.states.size === 0) return attempt('noise')
  // Nothing settles under draws that are made anew at every step.
  const all = first.all.map(({ name, change }): Derived => ({
    name,
    ...(change && { change }),
    open: 'the expectation of random draws, made anew at every step of a circuit in time',
  }))
  return { derivation: first.derivation, all }
}

/** The same, what is written of it shorter: the rest and the first order. */
function shorter(simpler: Simplifier, each: Derived): Derived {
  const { update, descent } = each
  const of = (series: Series): Series => ({
    ...series,
    coefficients: series.coefficients.map((one, power) => (power < 2 ? simpler.of(one) : one)),
  })
  return {
    ...each,
    ...(update && { update: of(update) }),
    ...(descent && { descent: of(descent) }),
  }
}

/** What is to be known beside the statements. */
function notesOf(
  derivation: Derivation,
  explained: ExplainedGraph,
  ir: IrModule,
  model: Model,
  trial: Trial | undefined,
): readonly string[] {
  const notes: string[] = []
  const reacting = [
    ...model.connections.filter(({ rule }) => reacts(rule)).map(({ name }) => name),
    ...model.populations.flatMap(({ cell }) =>
      cell.biases.filter(({ rule }) => reacts(rule)).map(({ storage }) => storage),
    ),
  ]
  if (reacting.length > 0) {
    notes.push(
      `${namesText(reacting)} ${reacting.length > 1 ? 'change' : 'changes'} by reactions to events (spikes): they have no series in the error.`,
    )
  } else if (explained.learning.length === 0) notes.push('Nothing learns in this experiment.')
  if (explained.learning.length > 0 && explained.loss === undefined) {
    notes.push('The circuit states no loss: there is no gradient to stand beside its changes.')
  }
  if (trial && derivation.drawn.size > 0) {
    notes.push(
      derivation.draws === 'mean'
        ? 'Random draws were taken at their mean, which is 0.'
        : 'The change was expanded in the random draws, to their second power, and its expectation taken.',
    )
  }
  if (explained.states.size > 0 && explained.learning.length > 0) {
    notes.push('The circuit is in time: it was taken as it settles under a constant input.')
    const together = (trial ? [...derivation.rests.together] : []).filter(
      (name) => !name.includes(' '),
    )
    if (together.length > 0) {
      notes.push(
        `${namesText(together)} ${together.length > 1 ? 'rest' : 'rests'} at a fixed point that no equation tells: where it lies was found by running the circuit, how it moves by the implicit derivative of its step.`,
      )
    }
  }
  const declared =
    trial && derivation.draws === 'mean' ? surrogates(ir, model, explained, trial) : undefined
  if (declared !== undefined) notes.push(declared)
  return notes
}

const reacts = (rule: Model['connections'][number]['rule']): boolean =>
  rule?.item.members.some(({ kind }) => kind === 'Reaction') ?? false

/** Whether functions declare other slopes than their own, and how much that matters. */
function surrogates(
  ir: IrModule,
  model: Model,
  explained: ExplainedGraph,
  trial: Trial,
): string | undefined {
  if (!ir.graphs.step.nodes.some(({ op }) => op === 'custom') || explained.states.size > 0)
    return undefined
  const exact = explainedGraph(ir, model, 'exact')
  const found = trial.run()
  const other = new Trial(ir, exact, trial.seed).run()
  const departs = explained.learning.flatMap(({ name }) => {
    const [a, b] = [found[`descent ${name}`], other[`descent ${name}`]]
    if (!a || !b) return []
    const size = Math.hypot(...b.data.slice(0, 1e5))
    return size === 0
      ? []
      : [Math.hypot(...a.data.slice(0, 1e5).map((value, i) => value - b.data[i]!)) / size]
  })
  const most = Math.max(0, ...departs)
  if (most < 1e-9) return undefined
  return `Functions of the file declare slopes of their own (pullback), and the gradient is taken with them; the true gradient differs from it by up to ${Number((100 * most).toPrecision(2))} %.`
}

/** The program with the parameters as the first phase sets them in which weights change. */
function whileLearning(ir: IrModule, plan: ExperimentPlan | undefined): IrModule {
  const settings = learningPhase(plan?.phases ?? [])?.settings ?? {}
  const params = ir.params.map((each) => ({ ...each, value: settings[each.name] ?? each.value }))
  return { ...ir, params }
}

function learningPhase(parts: readonly ProtocolPart[]): Phase | undefined {
  for (const part of parts) {
    const found = part.kind === 'repeat' ? learningPhase(part.phases) : part
    if (found?.plasticity === true) return found
  }
  return undefined
}

type Phase = Extract<ProtocolPart, { readonly kind: 'phase' }>

/** How the first order of the change differs from that of the gradient; undefined where one of them is none. */
function comparisonOf(
  derivation: Derivation,
  { update, descent: other }: Derived,
): Difference | undefined {
  const first = update?.coefficients[1]
  const slope = other?.coefficients[1]
  return first && slope && !isZero(first) && !isZero(slope)
    ? differenceOf(derivation, first, slope)
    : undefined
}

function assembled(
  chosen: Pick<Explanation, 'model' | 'experiment' | 'variants'>,
  derivation: Derivation,
  scribe: Scribe,
  statements: readonly WeightStatement[],
  compared: readonly (Difference | undefined)[],
): Explanation {
  const all = (
    pick: (statement: WeightStatement) => Formulation | undefined,
    words?: (statement: WeightStatement) => string,
  ) =>
    families(
      statements.flatMap((each): Member[] => {
        const found = pick(each)
        return found
          ? [
              {
                ...indexOf(each.name),
                formulas: [found.formula],
                words: words ? [words(each)] : [],
              },
            ]
          : []
      }),
    ).map(({ formulas, words: said, range }) =>
      formulation(formulas[0]!, range, said[0] === '' ? undefined : said[0]),
    )
  const teachers = derivation.deviations.map(({ teacher, symbol }): TeacherStatement => ({
    name: teacher.name,
    deviation: formulation(
      set.equation(
        verbatim(symbol.name),
        set.sum(verbatim(teacher.name), set.minus(verbatim(teacher.answer))),
      ),
    ),
  }))
  const signals = scribe.definitions()
  const changes = all(
    (each) => each.change,
    (each) => each.rule,
  )
  const updates = all(changeToFirst, remainderWords)
  const resting = all((each) => each.atRest)
  const gradients = all((each) => each.gradient)
  const differences = summary(scribe, statements, compared)
  const notDone = [...new Set(statements.flatMap((each) => each.notDone))]
  return {
    ...chosen,
    teachers,
    facts: [],
    names: scribe.names(),
    signals,
    changes,
    resting,
    updates,
    gradients,
    differences,
    weights: statements,
    checks: [],
    notDone,
    holds: statements.every((each) => each.checks.every(({ holds }) => holds)),
  }
}

/** The first order with what there is without a teacher: what the change is. */
function changeToFirst({ name, first, atRest }: WeightStatement): Formulation | undefined {
  if (!first || !atRest || first.formula.kind !== 'relation') return first
  const [change, order] = first.formula.sides as [Mathematics, Mathematics]
  const isNothing = order.kind === 'number' && order.text === '0'
  const resting = verbatim(`Δ${name}₀`)
  return formulation(set.equation(change, isNothing ? resting : set.sum(resting, order)))
}

function remainderWords({ remainder, kinks }: WeightStatement): string {
  if (remainder === 'drawn') return 'in expectation, + O(noise²)'
  if (remainder === 'exact') return kinks.length === 0 ? 'exact' : 'exact for small d'
  return remainder === 'higher' ? '+ O(d⁴)' : `+ O(d${remainder === 2 ? '²' : '³'})`
}
