/**
 * Names in the chosen experiment: what it presents, optimises, measures, records and changes. Said
 * in the words of lowering, which says the same and more of models that can be run; here it is said
 * of those that cannot, too.
 */
import type {
  DatasetItem,
  ExperimentStatement,
  Expression,
  ProtocolStatement,
  Setting,
} from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { builtinNames } from '../model/builtins.ts'
import { resolveDefinition } from '../model/definitions.ts'
import { Context } from '../model/context.ts'
import { didYouMean, evaluate } from '../model/evaluate.ts'
import { familyName } from '../model/families.ts'
import type { Experiment, Model, Population } from '../model/model.ts'
import { splitPhase } from '../model/phase-names.ts'
import { measureHint } from '../model/statement-hints.ts'
import { lookUpUnit } from '../model/units.ts'
import { elementsOf, findElements, type Elements } from '../model/bind/elements.ts'

const statistics = ['mean', 'std', 'variance', 'max_of', 'min_of', 'sum']
const comparisons = ['angle', 'norm', 'ratio']
const measures = ['error', 'loss', ...comparisons, 'rate', ...statistics]
const optimisers = ['sgd', 'adam']
/** What `perturb` does to a weight: adds normal noise, flips signs of some entries, multiplies. */
const perturbations = ['normal', 'flip', 'scale']

/** Checks the names of the chosen experiment. */
export function checkExperiment(context: Context, model: Model, experiment: Experiment): void {
  const check = new ExperimentNames(context, model, experiment)
  for (const statement of experiment.statements) check.statement(statement)
  const says = (kind: ExperimentStatement['kind']): boolean =>
    experiment.statements.some((each) => each.kind === kind)
  if (says('Present') && !says('Data') && !context.lost.has('data')) {
    const { name, span } = experiment.item.name
    context.report(
      'missingStatement',
      span,
      { experiment: name, statement: 'data' },
      { hint: 'say where the examples come from, as in `data digits`' },
    )
  }
  for (const phase of model.phases) for (const setting of phase.settings) check.setting(setting)
}

class ExperimentNames {
  readonly #context: Context
  readonly #model: Model
  readonly #scope: Experiment['scope']
  readonly #elements: Elements
  readonly #dataset: DatasetItem | undefined

  constructor(context: Context, model: Model, experiment: Experiment) {
    this.#context = context
    this.#model = model
    this.#scope = experiment.scope
    this.#elements = elementsOf(model)
    const data = experiment.statements.find((each) => each.kind === 'Data')
    const name = data?.kind === 'Data' ? data.dataset.name : undefined
    this.#dataset =
      name && resolveDefinition(context, this.#scope, name.name, name.span, 'dataset')?.item
  }

  statement(statement: ExperimentStatement): void {
    switch (statement.kind) {
      case 'Present':
        for (const { target, value } of statement.bindings) {
          this.#input(target)
          this.#presented(value)
        }
        return
      case 'Optimise': {
        for (const target of statement.targets) this.#learner(target)
        const { name, span } = statement.optimiser.name
        if (!optimisers.includes(name)) this.#unknown(span, 'optimiser', name, optimisers)
        return
      }
      case 'Measure':
        for (const { value } of statement.measures) this.#measure(value)
        return
      case 'Protocol':
        for (const part of statement.phases) this.#protocol(part)
        return
      // What is recorded was bound.
      case 'Record':
      // What a run stops for is known once its measures are.
      case 'Stop':
      case 'Data':
      case 'Augment':
      case 'Value':
      case 'Setting':
        return
    }
  }

  #protocol(part: ProtocolStatement['phases'][number]): void {
    if (part.kind === 'ProtocolRepeat') {
      for (const inner of part.phases) this.#protocol(inner)
      return
    }
    for (const setting of part.settings) {
      if (setting.kind === 'Setting') {
        this.setting(setting)
        continue
      }
      for (const target of setting.targets) this.#learner(target)
      const by = setting.by?.name
      if (by && !perturbations.includes(by.name))
        this.#unknown(by.span, 'perturbation', by.name, perturbations)
    }
  }

  /** `teacher off`: of the phases of a protocol, and of those of the model. */
  setting({ name }: Setting): void {
    if (name.name === 'plasticity') return
    const names = this.#model.params.map((param) => param.name)
    if (!names.includes(name.name) && !this.#scope.knows(name.name)) {
      this.#context.report(
        'unknownName',
        name.span,
        { kind: 'parameter', name: name.name },
        { hint: didYouMean(name.name, names) },
      )
    }
  }

  // --- what is presented -----------------------------------------------------------------------

  #input(target: Expression): void {
    const member = target.kind === 'Member' ? target.member : undefined
    const populations = this.#populations(target.kind === 'Member' ? target.object : target)
    const [population] = populations ?? []
    if (!population) return
    const inputs = population.cell.inputs.map((each) => each.name)
    if (member ? inputs.includes(member.name) : inputs.length === 1) return
    const name = member?.name ?? population.name
    const known = inputs.length > 0 ? `its inputs are ${inputs.join(', ')}` : undefined
    this.#context.report(
      'notPresentable',
      target.span,
      { name },
      { hint: didYouMean(name, inputs) ?? known },
    )
  }

  #presented(value: Expression): void {
    const dataset = this.#dataset
    if (!dataset) return
    const fields = dataset.fields.map((field) => field.name.name)
    walk(value, (node, parent) => {
      if (node.kind !== 'Name' || (parent?.kind === 'Call' && parent.callee === node)) return
      const { name, span } = node
      if (fields.includes(name) || this.#scope.knows(name)) return
      if (lookUpUnit(name) || builtinNames.has(name)) return
      this.#context.report(
        'unknownField',
        span,
        { dataset: dataset.name.name, name },
        { hint: didYouMean(name, fields) ?? `its fields are ${fields.join(', ')}` },
      )
    })
  }

  // --- what is optimised, measured, recorded -----------------------------------------------------

  /** A weight, or a bias of one population or of all. */
  #learner(target: Expression): void {
    if (findElements(this.#elements, this.#scope, target)) return
    const biases = new Set(
      this.#model.populations.flatMap(({ cell }) => cell.biases.map((each) => each.name)),
    )
    if (target.kind === 'Name' && biases.has(target.name)) return
    if (target.kind === 'Name' && this.#context.brokenCells) return
    if (target.kind === 'Member') {
      const populations = this.#populations(target.object)
      if (!populations) return
      const own = populations.flatMap(({ cell }) => cell.biases.map((each) => each.name))
      if (own.includes(target.member.name)) return
    }
    const name = familyName(target) ?? 'this'
    this.#unknown(target.span, 'weight or bias', name, [...this.#elements.keys(), ...biases])
  }

  #measure(value: Expression): void {
    const call = value.kind === 'Call' ? value : undefined
    const callee = call?.callee ?? value
    const name = callee.kind === 'Name' ? callee.name : ''
    if (!measures.includes(name)) {
      this.#context.report(
        'unknownName',
        callee.span,
        { kind: 'measure', name: name || 'this' },
        { hint: didYouMean(name, measures) ?? measureHint(value, measures) },
      )
      return
    }
    for (const { value: argument } of call?.args ?? []) {
      if (comparisons.includes(name)) this.#weights(argument)
    }
  }

  /** `W`, `-Q`, `update(W)`, `backprop(W = Y)`. */
  #weights(expression: Expression): void {
    if (expression.kind === 'Unary') return this.#weights(expression.operand)
    if (expression.kind === 'Name' && expression.name === 'backprop') return
    if (expression.kind === 'Call') {
      for (const { name, value } of expression.args) {
        if (name && !findElements(this.#elements, this.#scope, { ...name, kind: 'Name' })) {
          this.#unknown(name.span, 'weight', name.name, [...this.#elements.keys()])
        }
        if (value.kind !== 'NumberLiteral') this.#weights(value)
      }
      return
    }
    if (expression.kind !== 'Name' && expression.kind !== 'Member' && expression.kind !== 'Index')
      return
    if (findElements(this.#elements, this.#scope, expression)) return
    const name = familyName(expression)
    if (name === undefined && expression.kind === 'Index') return this.#weights(expression.object)
    this.#unknown(expression.span, 'weight', name ?? 'this', [...this.#elements.keys()])
  }

  // --- names -----------------------------------------------------------------------------------

  /** The populations that an expression names; undefined after a report. */
  #populations(expression: Expression): readonly Population[] | undefined {
    if (this.#isPhase(expression)) return undefined
    if (expression.kind === 'Member') {
      // `predict.h`, `fb.sst1`, or a compartment of a population.
      const inner = evaluate(new Context(), this.#scope, expression.object)
      if (inner?.kind === 'population' || inner?.kind === 'populations') return undefined
    }
    const value = evaluate(this.#context, this.#scope, expression)
    if (value?.kind === 'population') return [value.population]
    return value?.kind === 'populations' ? value.elements : undefined
  }

  #isPhase(expression: Expression): boolean {
    return splitPhase(expression, this.#model.phases) !== undefined || this.#namesPhase(expression)
  }

  #namesPhase(expression: Expression): boolean {
    const name = expression.kind === 'Name' ? expression.name : undefined
    return this.#model.phases.some((phase) => phase.name.name === name)
  }

  #unknown(span: Expression['span'], kind: string, name: string, known: readonly string[]): void {
    if (kind !== 'optimiser' && kind !== 'perturbation' && this.#context.isBroken(name)) return
    const all =
      kind === 'optimiser' || kind === 'perturbation'
        ? `the ${kind}s are ${known.join(', ')}`
        : undefined
    this.#context.report(
      'unknownName',
      span,
      { kind, name },
      { hint: didYouMean(name, known) ?? all },
    )
  }
}
