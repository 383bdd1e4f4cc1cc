/**
 * The symbolic reading of a graph, one example at a time: every value as a power series in what is small.
 *
 * The axis of examples is left out, so that a product over the examples is an outer product, and a sum over
 * them is the example itself. Variables of the circuit that do not vary are symbols with a definition, as soon
 * as they are more than a product of other names; what varies is written out.
 */
import type { Graph, IrNode, ValueId } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Algebra } from './algebra.ts'
import { atomOf, NotClosed, type Expression, type Shape } from './expressions.ts'
import { mapNode, readStructure, type Read } from './node-series.ts'
import { atRest, constant, varies, type Series } from './series.ts'
import { total } from './structures.ts'

/** Where the axis of the examples stands in a value of the graph. */
export type Rows = 'first' | 'last' | 'none'

/** A value of the graph. */
export interface Reading {
  readonly series: Series
  readonly rows: Rows
}

export interface ReadOptions {
  /** What a value is read as instead of what its node says. */
  readonly given?: (value: ValueId, node: IrNode) => Reading | undefined
  /** Numbers that host scalars are read as; those without one stay symbols. */
  readonly numbers?: ReadonlyMap<string, number>
  /** Weights that are one number everywhere. */
  readonly fixed?: ReadonlyMap<string, number>
  /** Names of weights; other loads are states. */
  readonly weights: ReadonlySet<string>
  /** What a state is read as; without it a state is not closed. */
  readonly state?: (storage: string, shape: Shape) => Reading | undefined
  /** Called with the value at rest of every named variable; what it gives stands instead. */
  readonly settle?: (name: string, value: Expression) => Expression
  /** A name without the phase that it is of; used where nothing else has it. */
  readonly plainName?: (name: string) => string
  /** Values that get no name of their own. */
  readonly unnamed?: (value: Expression) => boolean
  /** Whether what seems to vary does not: a series of an unknown that turned out to be 0. */
  readonly unmoved?: () => boolean
  /** Whether the circuit has a past: its one example is an axis of size 1. */
  readonly clocked?: boolean
  /** Whether named variables are symbols without more ado, as the file writes them. */
  readonly surface?: boolean
}

/** Reads values of one graph when they are asked for, each once. */
export class GraphReader {
  readonly algebra: Algebra
  readonly graph: Graph
  readonly #options: ReadOptions
  readonly #known = new Map<ValueId, Reading>()
  readonly #symbols = new Map<number, Expression>()
  readonly #taken = new Set<string>()

  constructor(algebra: Algebra, graph: Graph, options: ReadOptions) {
    this.algebra = algebra
    this.graph = graph
    this.#options = options
  }

  /** The series of a value. Throws NotClosed where it cannot be followed. */
  read(value: ValueId): Reading {
    const known = this.#known.get(value)
    if (known) return known
    const made = this.#read(value)
    this.#known.set(value, made)
    return made
  }

  #read(value: ValueId): Reading {
    const node = nodeAt(this.graph.nodes, value)
    const given = this.#options.given?.(value, node)
    if (given) return given
    if (this.#options.surface) {
      const named = this.#surface(node)
      if (named) return named
    }
    const reading = this.#node(node)
    return node.name !== undefined && node.section === 'circuit' && isComputed(node)
      ? this.#named(node.name, reading)
      : reading
  }

  #surface(node: IrNode): Reading | undefined {
    if (node.name === undefined || node.section !== 'circuit' || !isComputed(node)) return undefined
    // Of a circuit in time there is one example.
    const isOne = this.#options.clocked === true && node.shape.length > 1 && node.shape[0] === 1
    const rows = node.shape[0] === 'batch' || isOne ? 'first' : 'none'
    const shape = node.shape.slice(rows === 'first' ? 1 : 0)
    if (!shape.every((size) => typeof size === 'number')) return undefined
    const plain = shape.length === 1 && shape[0] === 1 && rows === 'first' ? [] : shape
    const value = this.algebra.symbol(node.name, 'variable', plain)
    return { series: constant(this.algebra, value), rows }
  }

  /** A variable: a symbol, where it is more than names. */
  #named(name: string, reading: Reading): Reading {
    const { algebra } = this
    const { series, rows } = reading
    const rest = atRest(series)
    if (this.#options.unnamed?.(rest)) return reading
    const settled = this.#options.settle?.(name, rest) ?? rest
    const symbol = isCompound(settled) ? this.#symbol(name, settled, varies(series)) : settled
    if (symbol === rest) return reading
    const coefficients = series.coefficients.with(0, algebra.shaped(symbol, rest.shape))
    return { series: { ...series, coefficients }, rows }
  }

  /** What a variable is without teaching has its name. */
  #symbol(name: string, definition: Expression, moves: boolean): Expression {
    const { algebra } = this
    const sum = definition.shape.length === 1 ? total(algebra, definition) : undefined
    const whole = sum && sum === algebra.one ? 1 : undefined
    const known = this.#symbols.get(definition.id)
    if (known) return known
    const plainName = this.#options.plainName?.(name) ?? name
    const mine = this.#taken.has(plainName) ? name : plainName
    this.#taken.add(mine)
    const more = whole === undefined ? { definition } : { definition, total: whole }
    const isMoved = moves && this.#options.unmoved?.() !== true
    const symbol = algebra.symbol(isMoved ? `${mine}₀` : mine, 'variable', definition.shape, more)
    this.#symbols.set(definition.id, symbol)
    const atom = atomOf(symbol)
    if (atom?.kind === 'symbol') algebra.abbreviate(atom)
    return symbol
  }

  #node(node: IrNode): Reading {
    const { algebra } = this
    const plain = (value: Expression, rows: Rows = 'none'): Reading => ({
      series: constant(algebra, value),
      rows,
    })
    switch (node.op) {
      case 'const':
        return plain(algebra.number(node.value))
      case 'scalar': {
        if (node.source === 'batch') return plain(algebra.one)
        const number = this.#options.numbers?.get(node.name)
        if (number !== undefined) return plain(algebra.number(number))
        if (node.source === 'step') throw new NotClosed('the time of the run')
        return plain(algebra.symbol(node.name, node.source === 'rate' ? 'rate' : 'parameter', []))
      }
      case 'input':
        return plain(algebra.symbol(node.name, 'input', sizes(node.shape.slice(1))), 'first')
      case 'load': {
        const fixed = this.#options.fixed?.get(node.storage)
        if (fixed !== undefined) return plain(algebra.number(fixed, sizes(node.shape)))
        if (this.#options.weights.has(node.storage)) {
          return plain(algebra.symbol(node.storage, 'weight', sizes(node.shape)))
        }
        const shape = sizes(node.shape)
        const state = this.#options.state?.(node.storage, shape)
        if (state) return state
        throw new NotClosed('states that move in time')
      }
      case 'random':
        throw new NotClosed('random draws')
      case 'recall':
        throw new NotClosed('delays')
      case 'factor':
        throw new NotClosed('a factorisation')
      case 'stop':
      case 'custom':
        return this.read(node.args[0])
      case 'map':
        if (isMaskedShare(this.graph, node)) return this.read(node.args[1]!)
        return mapNode(this.#tools(node), node)
      case 'reduce':
        // Cells take it over the examples, of which one is followed.
        if (node.section === 'circuit' && node.fn === 'mean' && node.axes[0] === 0 && !node.keep)
          throw new NotClosed('a mean over the examples of a batch')
        return readStructure(this.#tools(node), node)
      default:
        return readStructure(this.#tools(node), node)
    }
  }

  #tools(node: IrNode): Read {
    const where = variableIn(node)
    return {
      algebra: this.algebra,
      read: (value) => this.read(value),
      ...(where !== undefined && { where }),
    }
  }
}

/** The name that the equation of a node defines: `lift` of `lift = p0 * tanh(...)`. */
function variableIn({ origin }: IrNode): string | undefined {
  return /^(?:event |burst |signal |state |loss )?(\w+)\s*[=:]/.exec(origin?.text ?? '')?.[1]
}

const isComputed = ({ op }: IrNode): boolean => !['const', 'scalar', 'input', 'load'].includes(op)

/**
 * Whether a node is `if g then g f else 0`, as gradients are written where f may be infinite: that is g f wherever f
 * is finite, where g rests at 0 too.
 */
function isMaskedShare(
  { nodes }: Graph,
  { fn, args }: Extract<IrNode, { readonly op: 'map' }>,
): boolean {
  if (fn !== 'select') return false
  const [g, share, other] = args as readonly [ValueId, ValueId, ValueId]
  const isOf = (value: ValueId): boolean => {
    if (value === g) return true
    const node = nodeAt(nodes, value)
    if (node.op !== 'map') return false
    if (node.fn === 'mul') return node.args.some(isOf)
    return (node.fn === 'div' || node.fn === 'neg') && isOf(node.args[0]!)
  }
  const zero = nodeAt(nodes, other)
  return zero.op === 'const' && zero.value === 0 && isOf(share)
}

/** Whether a value is more than a product of names. */
const isCompound = ({ terms }: Expression): boolean =>
  terms.some(({ factors }) =>
    factors.some(({ atom }) => {
      if (atom.kind === 'symbol') return false
      return atom.kind !== 'group' || isCompound(atom.sum)
    }),
  )

function sizes(shape: readonly unknown[]): Shape {
  return shape.map((size) => {
    if (typeof size !== 'number') throw new NotClosed('values of single synapses')
    return size
  })
}
