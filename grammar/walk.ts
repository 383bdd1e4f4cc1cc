/**
 * Visits syntax trees without knowing their node types.
 *
 * Children are found by looking at the fields of a node, so that a node type added to `ast.ts` is
 * visited without a word here. The walk is iterative: no tree is too high for it. Side records
 * without a kind (the options of a data statement, the base of a cell) are looked through.
 */
import type {
  AddChange,
  Argument,
  Assignment,
  Binding,
  CellMember,
  CellProperty,
  Comment,
  ConnectProperty,
  DatasetField,
  DatasetPart,
  Derivative,
  ExperimentStatement,
  Expression,
  Identifier,
  ImportName,
  Item,
  Parameter,
  EvaluateKeep,
  EvaluateMeasures,
  ProtocolAction,
  ProtocolPhase,
  ProtocolRepeat,
  Pullback,
  RefinementMember,
  RefractoryClause,
  RuleReference,
  Setting,
  SourceFile,
  SweepPart,
  SweepStatement,
  SynapseMember,
  SynapseProperty,
  VariantChange,
} from './ast.ts'

/** Every node of a syntax tree. */
export type AnyNode =
  | AddChange
  | Argument
  | Assignment
  | Binding
  | CellMember
  | CellProperty
  | Comment
  | ConnectProperty
  | DatasetField
  | DatasetPart
  | Derivative
  | ExperimentStatement
  | Expression
  | Identifier
  | ImportName
  | Item
  | Parameter
  | EvaluateKeep
  | EvaluateMeasures
  | ProtocolAction
  | ProtocolPhase
  | ProtocolRepeat
  | Pullback
  | RefinementMember
  | RefractoryClause
  | RuleReference
  | Setting
  | SourceFile
  | SweepPart
  | SweepStatement
  | SynapseMember
  | SynapseProperty
  | VariantChange

/** The name of a node type. */
export type NodeKind = AnyNode['kind']

/** The direct children of `node`, in the order of the text. Comments are not children. */
export function childrenOf(node: AnyNode): AnyNode[] {
  // Whoever walks a tree does not look at its numbers.
  if (node.kind === 'NumberLiteral') return node.unit ? [node.unit] : []
  const children: AnyNode[] = []
  for (const value of Object.values(node)) collect(value, children)
  return children.sort((a, b) => a.span.start - b.span.start)
}

function collect(value: unknown, into: AnyNode[]): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(element, into)
  } else if (isNode(value)) {
    if (value.kind !== 'Comment') into.push(value)
  } else if (typeof value === 'object' && value !== null && !isSpan(value)) {
    for (const inner of Object.values(value)) collect(inner, into)
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'span' in value
}

function isSpan(value: object): boolean {
  return 'start' in value && 'end' in value
}

/**
 * Calls `visit` for `root` and everything below it, parents before children, in the order of the
 * text. Where `visit` returns `false` the children are left out.
 */
export function walk(
  root: AnyNode,
  visit: (node: AnyNode, parent: AnyNode | undefined) => boolean | void,
): void {
  // Nodes that are to be visited, and their parents beside them: this is the loop that checks spend most time in.
  const nodes = [root]
  const parents: (AnyNode | undefined)[] = [undefined]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const parent = parents.pop()
    if (visit(node, parent) === false) continue
    const children = keptChildrenOf(node)
    for (let i = children.length - 1; i >= 0; i--) {
      nodes.push(children[i]!)
      parents.push(node)
    }
  }
}

/** Children of nodes that were walked: trees do not change, and a check walks the same ones for every form of a file. */
const kept = new WeakMap<AnyNode, readonly AnyNode[]>()

function keptChildrenOf(node: AnyNode): readonly AnyNode[] {
  const known = kept.get(node)
  if (known) return known
  const found = childrenOf(node)
  kept.set(node, found)
  return found
}

/** The nodes around `offset`, from the file inwards. */
export function nodesAt(file: SourceFile, offset: number): AnyNode[] {
  const path: AnyNode[] = []
  walk(file, (node) => {
    const inside = node.span.start <= offset && offset <= node.span.end
    if (inside) path.push(node)
    return inside
  })
  return path
}

/** All kinds of expressions: the compiler's type of the record sees to it that none is left out. */
const expressionKinds: Readonly<Record<Expression['kind'], true>> = {
  NumberLiteral: true,
  StringLiteral: true,
  BooleanLiteral: true,
  Name: true,
  Member: true,
  Index: true,
  Call: true,
  Unary: true,
  Binary: true,
  Conditional: true,
  List: true,
  Spread: true,
  Range: true,
  ErrorExpression: true,
}

/** Whether a node is an expression. */
export const isExpression = (node: { readonly kind: string }): node is Expression =>
  Object.hasOwn(expressionKinds, node.kind)
