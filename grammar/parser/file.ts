/**
 * The whole file: its header and its items. This class completes the grammar and analyses it.
 */
import { EOF } from 'chevrotain'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Identifier, Item, SourceFile, StringLiteral } from '../ast.ts'
import { contextual, keywords, marks } from '../tokens.ts'
import type { Input, Rule } from './base.ts'
import { RefinementParser } from './refinements.ts'

/** `model NAME extends "base.ccn"`. */
interface Header {
  readonly name: Identifier
  readonly base?: StringLiteral
}

/** The parser of CCN files; one instance reads any number of files, one after the other. */
export class FileParser extends RefinementParser {
  /** @param validate check the grammar itself, which only the specs need */
  constructor(validate = false) {
    super(validate)
    this.performSelfAnalysis()
  }

  /** Reads a file that the lexer has cut. */
  read(input: Input): {
    file: SourceFile
    diagnostics: readonly Diagnostic[]
    lost: ReadonlySet<string>
  } {
    this.colonStartsChange = false
    this.inExperiment = this.inSweep = false
    this.wordsAreOptions = false
    const items: Item[] = []
    const [header, diagnostics] = this.run(
      input,
      () => this.file(items),
      () => undefined,
    )
    const { path, text, lexed } = input
    const file: SourceFile = {
      kind: 'SourceFile',
      path,
      text,
      ...header,
      ...(lexed.docs.file === undefined ? {} : { doc: lexed.docs.file }),
      items,
      comments: lexed.comments,
      span: { file: path, start: 0, end: text.length },
    }
    return { file, diagnostics, lost: this.lost }
  }

  private readonly file: Rule<Header | undefined, [items?: Item[]]> = this.RULE(
    'file',
    (items: Item[] = []): Header | undefined => {
      if (this.RECORDING_PHASE) {
        this.OPTION(() => this.SUBRULE(this.header))
        this.MANY(() => this.SUBRULE(this.item))
        return undefined
      }
      const header = this.at(contextual.model)
        ? this.guarded(() => this.SUBRULE1(this.header))
        : undefined
      while (this.LA(1).tokenType !== EOF) {
        const next = this.LA(1)
        if (next.tokenType === marks.RBrace) {
          this.complain('a declaration', next, { hint: 'no block is open that this could close' })
          while (this.at(marks.RBrace)) this.SKIP_TOKEN()
          continue
        }
        const item = this.guarded(() => {
          if (next.tokenType === contextual.model) {
            this.fail('a declaration', next, '`model` stands once, at the head of the file')
          }
          return this.SUBRULE1(this.item)
        })
        if (item !== undefined) items.push(item)
      }
      return header
    },
  )

  private readonly header: Rule<Header> = this.RULE('header', (): Header => {
    this.CONSUME(contextual.model)
    const name = this.SUBRULE(this.plainName)
    const base = this.OPTION(() => {
      this.CONSUME(keywords.extends)
      return this.SUBRULE(this.string)
    })
    return { name, ...(base && { base }) }
  })

  private readonly item: Rule<Item> = this.RULE('item', (): Item =>
    this.OR<Item>({
      ERR_MSG: 'a declaration',
      DEF: [
        { ALT: () => this.SUBRULE(this.importItem) },
        { ALT: () => this.SUBRULE(this.paramItem) },
        { ALT: () => this.SUBRULE(this.constItem) },
        { ALT: () => this.SUBRULE(this.functionItem) },
        { ALT: () => this.SUBRULE(this.cellItem) },
        { ALT: () => this.SUBRULE(this.stpItem) },
        { ALT: () => this.SUBRULE(this.synapseItem) },
        { ALT: () => this.SUBRULE(this.plasticityItem) },
        { ALT: () => this.SUBRULE(this.datasetItem) },
        { ALT: () => this.SUBRULE(this.motifItem) },
        { ALT: () => this.SUBRULE(this.phaseItem) },
        { ALT: () => this.SUBRULE(this.claimItem) },
        {
          GATE: () => this.refinementFollows(),
          ALT: () => this.SUBRULE(this.refinementItem),
        },
        { ALT: () => this.SUBRULE(this.variantItem) },
        { ALT: () => this.SUBRULE(this.experimentItem) },
        { ALT: () => this.SUBRULE(this.sweepItem) },
        { ALT: () => this.SUBRULE(this.circuitItem) },
      ],
    }),
  )
}
