/**
 * A circuit under construction: what was made so far, which families it belongs to, which changes of
 * variants were applied; and the few questions that all parts of the expansion ask.
 */
import type {
  DropChange,
  Expression,
  ForItem,
  Identifier,
  InitItem,
  PatchChange,
  Span,
  UseItem,
} from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { didYouMean, evaluate } from './evaluate.ts'
import type {
  Connection,
  Let,
  Matrix,
  Modulator,
  Pattern,
  Population,
  Scope,
  Value,
  WeightEntry,
} from './model.ts'
import type { MutableScope } from './scope.ts'
import { counted, describeEntry } from './values.ts'

/** The largest numbers of things a circuit may have; beyond them a description is a mistake. */
export const limits = {
  units: 16_777_216,
  weights: 268_435_456,
  /** Rows of a matrix whose eigenvalues are computed, which takes minutes. */
  eigenvalues: 2000,
  populations: 10_000,
  connections: 50_000,
  /** Everything that is expanded: a pass of a loop is a part, a cell's member a tenth of one. */
  parts: 120_000,
  depth: 64,
}

/** Changes that variants make, in order. */
export interface Changes {
  readonly drops: readonly { readonly change: DropChange; readonly scope: Scope }[]
  readonly patches: readonly { readonly change: PatchChange; readonly scope: Scope }[]
}

/** Collects what the expansion makes. */
export class Circuit {
  readonly populations: Population[] = []
  readonly connections: Connection[] = []
  readonly matrices: Matrix[] = []
  readonly lets: Let[] = []
  readonly modulators: Modulator[] = []
  readonly patterns: Pattern[] = []
  readonly biasSettings: { readonly item: InitItem; readonly scope: Scope }[] = []
  /** Items that variants add: what they say wins over what the circuit says. */
  readonly added: ReadonlySet<object>
  readonly context: Context
  readonly changes: Changes
  /** Families made so far: how many elements, and by which declaration. */
  readonly #families = new Map<string, { count: number; span: Span; loop: Expansion['loop'] }>()
  readonly #applied = new Set<object>()
  /** How many connections without a name join the same places. */
  readonly #unnamed = new Map<string, number>()
  #parts = 0

  constructor(context: Context, changes: Changes, added: readonly object[] = []) {
    this.context = context
    this.added = new Set(added)
    this.changes = changes
  }

  /** Whether `parts` more may be made at `span`; reports the first that may not. */
  affords(parts: number, span: Span): boolean {
    if (this.isExhausted) return false
    this.#parts += parts
    if (!this.isExhausted) return true
    this.stop()
    this.context.report('tooLarge', span, {
      what: 'The circuit',
      count: `more than ${counted(limits.parts, 'part')}`,
      limit: limits.parts.toLocaleString('en-US'),
    })
    return false
  }

  /** Nothing more is made, and nothing is said of what is missing. */
  stop(): void {
    this.#parts = Number.POSITIVE_INFINITY
    this.context.brokenUnknown = true
  }

  /** Whether nothing more may be made. */
  get isExhausted(): boolean {
    return this.#parts > limits.parts
  }

  /**
   * The next element of a family; undefined (reported) if another declaration made it. Only the
   * branches of an `if` inside of one loop may take turns in making the elements of one family.
   */
  claim(
    name: Identifier,
    family: string,
    { loop }: Pick<Expansion, 'loop'>,
  ): { readonly index?: number } | undefined {
    const known = this.#families.get(family)
    const isOther =
      known && (known.span.start !== name.span.start || known.span.file !== name.span.file)
    const takesTurns = loop && known?.loop?.item === loop.item && known.loop.turn !== loop.turn
    if (isOther && !takesTurns) {
      return this.context.report(
        'duplicateName',
        name.span,
        { name: name.name },
        {
          related: [{ span: known.span, message: 'It is declared here first.' }],
        },
      )
    }
    if (!known) {
      this.#families.set(family, { count: 1, span: name.span, loop })
      return loop ? { index: 0 } : {}
    }
    if (!loop) {
      return this.context.report('duplicateName', name.span, { name: name.name })
    }
    known.span = name.span
    known.loop = loop
    return { index: known.count++ }
  }

  /** A name that no other connection between the same places has. */
  nameBetween(from: string, to: string): string {
    const name = `${from} -> ${to}`
    const count = (this.#unnamed.get(name) ?? 0) + 1
    this.#unnamed.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  }

  isDropped(family: string): boolean {
    let dropped = false
    for (const { change } of this.changes.drops) {
      if (familyName(change.target) === family) {
        this.#applied.add(change)
        dropped = true
      }
    }
    return dropped
  }

  patchesFor(family: string): readonly { readonly change: PatchChange; readonly scope: Scope }[] {
    return this.changes.patches.filter(({ change }) => {
      if (familyName(change.target) !== family) return false
      this.#applied.add(change)
      return true
    })
  }

  /** Reports changes whose target was never made. */
  reportUnapplied(): void {
    const all = [...this.changes.drops, ...this.changes.patches]
    for (const { change } of all) {
      if (this.#applied.has(change)) continue
      const name = familyName(change.target) ?? 'this'
      if (this.context.isBroken(name)) continue
      this.context.report(
        'unknownName',
        change.target.span,
        { kind: 'connection or population', name },
        { hint: didYouMean(name, [...this.#families.keys()]) },
      )
    }
  }
}

/** `Y`, `fb.Y`: the family that an expression names, without looking it up. */
export function familyName(expression: Expression): string | undefined {
  if (expression.kind === 'Name') return expression.name
  if (expression.kind !== 'Member') return undefined
  const object = familyName(expression.object)
  return object === undefined ? undefined : `${object}.${expression.member.name}`
}

/** Where a body is expanded. */
export interface Expansion {
  readonly scope: MutableScope
  /** The innermost loop around it, and which of its turns this is. */
  readonly loop?: { readonly item: ForItem; readonly turn: number }
  readonly depth: number
  /** The motifs that it is a part of, from the outside in. */
  readonly uses: readonly UseItem[]
}

/** Full name, family and scope entry of something declared at a site. */
export function register(
  site: Expansion,
  name: Identifier,
  index: number | undefined,
): { readonly name: string; readonly family: string; readonly entry: WeightEntry } {
  const family = site.scope.prefix + name.name
  return {
    name: index === undefined ? family : `${family}[${index}]`,
    family,
    entry: { kind: 'weight', family, ...(index === undefined ? {} : { index }) },
  }
}

/** Says of a unit of measurement, where a population is meant, that nothing else has its name. */
export function reportUnit(
  context: Context,
  scope: Scope,
  expression: Expression,
  value: Value,
): boolean {
  if (value.kind !== 'number' || expression.kind !== 'Name' || scope.knows(expression.name))
    return false
  const { name, span } = expression
  const hint = didYouMean(name, scope.names()) ?? `\`${name}\` is a unit of measurement alone`
  context.report('unknownName', span, { kind: 'population', name }, { hint })
  return true
}

export function expectPopulation(
  context: Context,
  scope: Scope,
  expression: Expression,
): Population | undefined {
  const value = evaluate(context, scope, expression)
  if (!value) return undefined
  if (value.kind === 'population') return value.population
  if (reportUnit(context, scope, expression, value)) return undefined
  return context.report(
    'expectedNumber',
    expression.span,
    { expected: 'population', found: describeEntry(value) },
    {
      hint:
        value.kind === 'populations'
          ? 'choose one, as in `h[0]`, or write a `for` over them'
          : undefined,
    },
  )
}
