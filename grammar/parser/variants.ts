/**
 * Variants: what they set, drop, add to a circuit, and change of what is there.
 */
import type {
  AddChange,
  CellProperty,
  ClaimItem,
  DropChange,
  Identifier,
  PatchChange,
  RuleReference,
  SetChange,
  SynapseProperty,
  VariantChange,
  VariantItem,
} from '../ast.ts'
import { contextual, keywords, marks, Name, Word } from '../tokens.ts'
import type { Rule } from './base.ts'
import { CircuitParser, circuitKeywords } from './circuit.ts'

type PatchProperty = PatchChange['properties'][number]

/** The rules for variants. */
export abstract class VariantParser extends CircuitParser {
  readonly variantItem: Rule<VariantItem> = this.RULE('variantItem', (): VariantItem => {
    const first = this.CONSUME(keywords.variant)
    const name = this.SUBRULE(this.plainName)
    const base = this.OPTION(() => {
      this.CONSUME(keywords.extends)
      return this.SUBRULE1(this.plainName)
    })
    this.ACTION(() => (this.colonStartsChange = true))
    try {
      const changes = this.SUBRULE(this.variantBody)
      return this.ACTION((): VariantItem => ({
        kind: 'Variant',
        name,
        ...(base === undefined ? {} : { base }),
        changes,
        ...this.declared(first),
      }))
    } finally {
      this.colonStartsChange = false
    }
  })

  readonly variantBody: Rule<VariantChange[]> = this.RULE('variantBody', (): VariantChange[] =>
    this.block(this.variantChange, circuitKeywords),
  )

  readonly variantChange: Rule<VariantChange> = this.RULE('variantChange', (): VariantChange =>
    this.OR<VariantChange>({
      ERR_MSG: 'a change such as `set`, `drop` or `W: ...`',
      DEF: [
        { ALT: () => this.SUBRULE(this.setChange) },
        { ALT: () => this.SUBRULE(this.dropChange) },
        { ALT: () => this.SUBRULE(this.claimItem) },
        { ALT: () => this.SUBRULE(this.addChange) },
        { ALT: () => this.SUBRULE(this.patchChange) },
      ],
    }),
  )

  readonly claimItem: Rule<ClaimItem> = this.RULE('claimItem', (): ClaimItem => {
    const first = this.CONSUME(contextual.property)
    const names: Identifier[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        const token = this.CONSUME(Name, { ERR_MSG: 'a property such as `local`' })
        this.ACTION(() => names.push(this.identifier(token)))
      },
    })
    return this.ACTION((): ClaimItem => ({ kind: 'Claim', names, ...this.declared(first) }))
  })

  readonly setChange: Rule<SetChange> = this.RULE('setChange', (): SetChange => {
    const first = this.CONSUME(contextual.set)
    const name = this.SUBRULE(this.plainName)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): SetChange => ({
      kind: 'SetChange',
      name,
      value,
      span: this.spanFrom(first),
    }))
  })

  readonly dropChange: Rule<DropChange> = this.RULE('dropChange', (): DropChange => {
    const first = this.CONSUME(contextual.drop)
    const target = this.SUBRULE(this.path)
    return this.ACTION((): DropChange => ({
      kind: 'DropChange',
      target,
      span: this.spanFrom(first),
    }))
  })

  readonly addChange: Rule<AddChange> = this.RULE('addChange', (): AddChange => {
    const first = this.LA(1)
    const item = this.SUBRULE(this.circuitItem)
    return this.ACTION((): AddChange => ({ kind: 'AddChange', item, span: this.spanFrom(first) }))
  })

  readonly patchChange: Rule<PatchChange> = this.RULE('patchChange', (): PatchChange => {
    const first = this.LA(1)
    const target = this.SUBRULE(this.path)
    this.CONSUME(marks.Colon)
    const properties: PatchProperty[] = []
    this.AT_LEAST_ONE({
      GATE: () => !this.initItemFollows() && !this.patternItemFollows(),
      ERR_MSG: 'a property such as `tied = W` or `learn Rule`',
      DEF: () => {
        properties.push(
          this.OR<PatchProperty>([
            { ALT: () => this.SUBRULE(this.connectProperty) },
            { ALT: () => this.SUBRULE(this.cellProperty) },
            { ALT: () => this.SUBRULE(this.synapseProperty) },
          ]),
        )
      },
    })
    return this.ACTION((): PatchChange => ({
      kind: 'PatchChange',
      target,
      properties,
      span: this.spanFrom(first),
    }))
  })

  readonly cellProperty: Rule<CellProperty> = this.RULE('cellProperty', (): CellProperty => {
    const first = this.CONSUME(keywords.cell)
    const reference: RuleReference = this.SUBRULE(this.cellReference)
    return this.ACTION((): CellProperty => ({
      kind: 'CellProperty',
      reference,
      span: this.spanFrom(first),
    }))
  })

  readonly synapseProperty: Rule<SynapseProperty> = this.RULE(
    'synapseProperty',
    (): SynapseProperty => {
      const first = this.CONSUME(keywords.synapse)
      const reference: RuleReference = this.SUBRULE(this.reference)
      return this.ACTION((): SynapseProperty => ({
        kind: 'SynapseProperty',
        reference,
        span: this.spanFrom(first),
      }))
    },
  )

  /** `init h.b = ...` starts another change; `init constant(0)` goes on with this one. */
  private initItemFollows(): boolean {
    if (!this.at(contextual.init)) return false
    const { tokens, partner } = this.origin.lexed
    let index = this.position + 1
    if (!this.at(Name, 2)) return false
    for (;;) {
      index++
      const next = tokens[index]?.tokenType
      if (next === marks.Eq) return true
      if (next === marks.LSquare && (partner[index] ?? -1) > 0) index = partner[index] ?? index
      else if (next === marks.Dot && this.isWord(index + 1)) index++
      else return false
    }
  }

  /** `pattern P = ...` starts another change; `pattern P` goes on with this one. */
  private patternItemFollows(): boolean {
    return this.at(contextual.pattern) && this.at(Name, 2) && this.at(marks.Eq, 3)
  }

  private isWord(index: number): boolean {
    const categories = this.origin.lexed.tokens[index]?.tokenType.CATEGORIES ?? []
    return categories.some((category) => category === Name || category === Word)
  }
}
