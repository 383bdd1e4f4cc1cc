/**
 * What the syntax tree says about the tokens of a file, for their layout: which ones start a
 * statement, which stand close to their neighbour, where a line may break, what lines up.
 *
 * Everything is by token index. The layout prints tokens, not nodes, and so cannot lose one; a fact
 * that is missing here costs a space, never meaning.
 */
import type { IToken } from 'chevrotain'
import type { Expression, Item, SourceFile, Span } from '../ast.ts'
import { endOf, type Lexed } from '../lex.ts'
import { binaryLevel, isBinaryOperator, level } from '../precedence.ts'
import { walk, type AnyNode } from '../walk.ts'

/** What lines up under itself in consecutive lines. */
export type Column = 'equals' | 'range' | 'colon'

/** Facts about the tokens of one file. */
export interface Facts {
  /** Tokens that start a statement: an item, a member, a property. */
  readonly starts: ReadonlySet<number>
  /** Starts of statements that may stay on the line of the one before. */
  readonly values: ReadonlySet<number>
  /** No space before these. */
  readonly tight: ReadonlySet<number>
  /** No space behind these. */
  readonly tightBehind: ReadonlySet<number>
  /** Two spaces before these, which start a clause. */
  readonly clauses: ReadonlySet<number>
  /** A line of its own, indented, for the clause that starts here. */
  readonly lines: ReadonlySet<number>
  /** Operators between operands, with their level. */
  readonly operators: ReadonlyMap<number, number>
  readonly columns: ReadonlyMap<number, Column>
}

/** Gathers the facts about `file`, whose tokens are `lexed`; the file has no syntax errors. */
export function factsOf(file: SourceFile, lexed: Lexed): Facts {
  const gatherer = new Gatherer(lexed)
  if (file.name !== undefined) gatherer.start(file.name.span, -1)
  walk(file, (node) => gatherer.visit(node))
  return gatherer
}

class Gatherer implements Facts {
  readonly starts = new Set<number>()
  readonly values = new Set<number>()
  readonly tight = new Set<number>()
  readonly tightBehind = new Set<number>()
  readonly clauses = new Set<number>()
  readonly lines = new Set<number>()
  readonly operators = new Map<number, number>()
  readonly columns = new Map<number, Column>()
  private readonly tokens: readonly IToken[]
  private readonly partner: Int32Array
  private readonly byStart = new Map<number, number>()
  private readonly byEnd = new Map<number, number>()

  constructor(lexed: Lexed) {
    this.tokens = lexed.tokens
    this.partner = lexed.partner
    lexed.tokens.forEach((token, index) => {
      this.byStart.set(token.startOffset, index)
      this.byEnd.set(endOf(token), index)
    })
  }

  start(span: Span, shift = 0): void {
    this.starts.add(this.first(span) + shift)
  }

  visit(node: AnyNode): void {
    switch (node.kind) {
      case 'SourceFile':
        return this.startAll(node.items)
      case 'Cell':
        if (node.base !== undefined) this.closeTight(node.base.span, ')')
        this.openTight(this.first(node.name.span) + 1, '(')
        return this.startAll(node.members)
      case 'Synapse':
      case 'Plasticity':
        this.openTight(this.first(node.name.span) + 1, '(')
        return this.startAll(node.members)
      case 'Stp':
        this.startAll(node.members)
        return this.visitStp(node)
      case 'Motif':
        this.openTight(this.first(node.name.span) + 1, '(')
        return this.startAll(node.body)
      case 'For':
        return this.startAll(node.body)
      case 'If':
        this.startAll(node.then)
        return this.startElse(node.otherwise)
      case 'Function':
      case 'Pullback':
        return this.visitBody(node)
      case 'Compartment':
        this.openTight(this.last(node.names[0]?.span ?? node.span) + 1, '[')
        return this.startAll(node.members)
      case 'Equation':
        if (node.pullback !== undefined) this.clauses.add(this.first(node.pullback.span))
        if (node.refractory !== undefined) this.clauses.add(this.first(node.refractory.span))
        return this.startAll(node.resets)
      case 'Reaction':
        return this.startAll(node.assignments)
      case 'Connect':
        return this.startAll(node.properties)
      case 'Refinement':
        return this.startAll(node.members)
      case 'Variant':
        return this.startAll(node.changes)
      case 'Dataset':
        return this.startAll([...node.fields, ...node.parts])
      case 'Experiment':
        return this.startAll(node.statements)
      case 'Sweep':
        return this.startAll(node.statements)
      case 'Draw':
        return this.startAll(node.draws)
      case 'Data':
        return this.startAll(node.options.map((option) => option.name))
      case 'Protocol':
      case 'ProtocolRepeat':
        return this.startAll(node.phases)
      case 'Phase':
      case 'ProtocolPhase':
        return this.startAll(node.settings)
      case 'Value':
        this.values.add(this.first(node.span))
        return
      case 'ConnectivityProperty':
        // Options that do not fit on a line have one each.
        for (const { name } of node.options) this.operators.set(this.first(name.span), 0)
        for (const flag of node.flags) this.operators.set(this.first(flag.span), 0)
        if (node.when !== undefined)
          this.operators.set(this.back(this.first(node.when.span), 'when'), 0)
        return
      case 'Param':
        this.columns.set(this.first(node.name.span) + 1, 'equals')
        if (node.range !== undefined) this.clause(node.range.span, 'range')
        return
      case 'Const':
      case 'Binding':
        this.columns.set(this.first(node.name.span) + 1, 'equals')
        return
      case 'Bias':
        if (node.learn !== undefined) this.clause(node.learn.span)
        return
      case 'Measure':
      case 'Record':
        if (node.every !== undefined) this.clause(node.every.span)
        return
      case 'PatchChange':
        this.tight.add(this.last(node.target.span) + 1)
        for (const property of node.properties.slice(1)) {
          this.clauses.add(this.first(property.span))
        }
        return
      case 'Population':
        this.visitPopulation(this.first(node.name.span) + 1, this.first(node.cell.span) - 1)
        if (node.positions !== undefined) this.clause(node.positions.span)
        return
      case 'Matrix':
      case 'DatasetField':
        return this.openTight(this.first(node.name.span) + 1, '[')
      case 'Reference':
        return this.closeTight(node.span, ')')
      default:
        return this.visitExpression(node)
    }
  }

  private visitExpression(node: AnyNode): void {
    switch (node.kind) {
      case 'NumberLiteral':
        if (node.unit !== undefined) this.close(node.unit.span)
        return
      case 'Call':
        return this.closeTight(node.span, ')')
      case 'Index':
        return this.closeTight(node.span, ']')
      case 'Unary':
        if (node.operator === '-') this.tightBehind.add(this.first(node.span))
        return
      case 'Binary':
        return this.visitOperator(node.left, node.operator)
      case 'Conditional':
        this.operators.set(this.following(node.test, 'then'), level.conditional)
        this.operators.set(this.following(node.then, 'else'), level.conditional)
        return
      case 'Range': {
        if (node.fromOpen || node.toOpen) return
        const dots =
          node.from === undefined ? this.first(node.span) : this.following(node.from, '..')
        this.tight.add(dots)
        if (node.to !== undefined) this.tightBehind.add(dots)
        return
      }
      default:
    }
  }

  private visitOperator(left: Expression, operator: string): void {
    if (!isBinaryOperator(operator)) return
    this.operators.set(this.following(left, operator), binaryLevel[operator])
  }

  private visitPopulation(bracket: number, colon: number): void {
    this.openTight(bracket, '[')
    this.openTight((this.partner[bracket] ?? -1) + 1, '[')
    this.columns.set(colon, 'colon')
  }

  private visitStp(node: Extract<Item, { kind: 'Stp' }>): void {
    this.openTight(this.first(node.name.span) + 1, '(')
    const passes = this.first(node.passes.span) - 1
    const before = this.tokens[this.endOfHead(node.name.span) + 1]
    if (before?.image === '{') this.starts.add(passes)
    else this.clauses.add(passes)
  }

  private visitBody(node: Extract<AnyNode, { kind: 'Function' | 'Pullback' }>): void {
    const name = node.kind === 'Function' ? this.first(node.name.span) : this.first(node.span)
    this.openTight(name + 1, '(')
    const head = node.kind === 'Function' ? this.endOfHead(node.name.span) : name + 3
    const pullback = node.kind === 'Function' ? node.pullback : undefined
    if (this.tokens[head + 1]?.image === '{') {
      this.startAll(node.bindings)
      this.starts.add(this.back(this.first(node.result.span), 'return'))
      if (pullback !== undefined) this.start(pullback.span)
    } else if (pullback !== undefined) {
      this.lines.add(this.first(pullback.span))
    }
  }

  // --- helpers ---------------------------------------------------------------------------------

  private startAll(nodes: readonly { readonly span: Span }[]): void {
    for (const node of nodes) this.start(node.span)
  }

  /** `else if` goes on with the statement; anything else in the branch starts one. */
  private startElse(items: readonly Item[]): void {
    const only = items[0]
    if (only === undefined) return
    if (this.tokens[this.first(only.span) - 1]?.image !== 'else') this.startAll(items)
  }

  private clause(span: Span, column?: Column): void {
    let index = this.first(span) - 1
    while (this.tokens[index]?.image === '(') index--
    this.clauses.add(index)
    if (column !== undefined) this.columns.set(index, column)
  }

  /** The last token of a declaration's name and parameters. */
  private endOfHead(name: Span): number {
    const index = this.first(name)
    return this.tokens[index + 1]?.image === '(' ? (this.partner[index + 1] ?? index) : index
  }

  /** No spaces within: a compound unit. */
  private close(span: Span): void {
    for (let i = this.first(span) + 1; i <= this.last(span); i++) this.tight.add(i)
  }

  private openTight(index: number, image: '(' | '['): void {
    if (this.tokens[index]?.image === image) this.tight.add(index)
  }

  private closeTight(span: Span, image: ')' | ']'): void {
    const last = this.last(span)
    const open = this.partner[last] ?? -1
    if (this.tokens[last]?.image === image && open > this.first(span)) this.tight.add(open)
  }

  /** The token `image` behind `expression` and the parentheses around it. */
  private following(expression: Expression, image: string): number {
    let index = this.last(expression.span) + 1
    while (index < this.tokens.length && this.tokens[index]?.image !== image) index++
    return index
  }

  /** The token `image` before token `index` and the parentheses that open there. */
  private back(index: number, image: string): number {
    let i = index
    while (i > 0 && this.tokens[i]?.image !== image) i--
    return i
  }

  private first(span: Span): number {
    return this.byStart.get(span.start) ?? -1
  }

  private last(span: Span): number {
    return this.byEnd.get(span.end) ?? -1
  }
}
