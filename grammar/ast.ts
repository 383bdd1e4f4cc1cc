/**
 * The abstract syntax of CCN: what a `.ccn` file says, before any name is looked up.
 *
 * Nodes are readonly interfaces in discriminated unions on `kind`. Every node carries the span of
 * source text it came from (UTF-16 offsets, end exclusive). The tree is never mutated; facts found
 * later live in the model. A broken file still yields a tree, with `ErrorExpression` where an
 * expression could not be read and broken items left out.
 */
import type {
  ClaimItem,
  ConnectItem,
  ForItem,
  IfItem,
  InitItem,
  LetItem,
  MatrixItem,
  MotifItem,
  ModulatorItem,
  PatternItem,
  PhaseItem,
  PopulationItem,
  RefinementItem,
  Setting,
  UseItem,
  VariantItem,
} from './circuit-ast.ts'
import type { SweepItem } from './sweep-ast.ts'

export type * from './circuit-ast.ts'
export type * from './sweep-ast.ts'

export interface Span {
  readonly file: string
  readonly start: number
  readonly end: number
}

export interface Node {
  readonly span: Span
}

export interface Identifier extends Node {
  readonly kind: 'Identifier'
  readonly name: string
}

/** `//`, `///` or block comment; kept so that the formatter loses none. */
export interface Comment extends Node {
  readonly kind: 'Comment'
  readonly style: 'line' | 'doc' | 'block'
  /** The text as written, with its markers. */
  readonly text: string
}

export interface SourceFile extends Node {
  readonly kind: 'SourceFile'
  readonly path: string
  readonly text: string
  /** `model NAME` at the head of the file. */
  readonly name?: Identifier
  /** The file that this one extends, `model NAME extends "base.ccn"`. */
  readonly base?: StringLiteral
  readonly doc?: string
  readonly items: readonly Item[]
  readonly comments: readonly Comment[]
}

// ---------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | NameExpression
  | MemberExpression
  | IndexExpression
  | CallExpression
  | UnaryExpression
  | BinaryExpression
  | ConditionalExpression
  | ListExpression
  | SpreadExpression
  | RangeExpression
  | ErrorExpression

/** `0.5`, `1e12`, `10 mV`. `value` is the number as written, before its unit is applied. */
export interface NumberLiteral extends Node {
  readonly kind: 'NumberLiteral'
  readonly value: number
  readonly text: string
  readonly unit?: Identifier
}

export interface StringLiteral extends Node {
  readonly kind: 'StringLiteral'
  readonly value: string
}

/** `true`, `false`, and their synonyms for switches, `on` and `off`. */
export interface BooleanLiteral extends Node {
  readonly kind: 'BooleanLiteral'
  readonly value: boolean
  readonly text: 'true' | 'false' | 'on' | 'off'
}

export interface NameExpression extends Node {
  readonly kind: 'Name'
  readonly name: string
}

/** `post.e`, `h.apical` */
export interface MemberExpression extends Node {
  readonly kind: 'Member'
  readonly object: Expression
  readonly member: Identifier
}

/** `h[0]`, `W[0..2]` (a `RangeExpression` as index is a slice, both ends included) */
export interface IndexExpression extends Node {
  readonly kind: 'Index'
  readonly object: Expression
  readonly index: Expression
}

export interface Argument extends Node {
  readonly kind: 'Argument'
  readonly name?: Identifier
  /** `each normal(20 ms, 3 ms)`: of a population's cell, a value for each unit. */
  readonly each?: true
  readonly value: Expression
}

export interface CallExpression extends Node {
  readonly kind: 'Call'
  readonly callee: Expression
  readonly args: readonly Argument[]
}

export interface UnaryExpression extends Node {
  readonly kind: 'Unary'
  readonly operator: '-' | 'not'
  readonly operand: Expression
}

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '@' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or'

/** `@` is the matrix product of two weights, read [post, pre]. */
export interface BinaryExpression extends Node {
  readonly kind: 'Binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** `if test then a else b` */
export interface ConditionalExpression extends Node {
  readonly kind: 'Conditional'
  readonly test: Expression
  readonly then: Expression
  readonly otherwise: Expression
}

/** `[x, ...h, y]` */
export interface ListExpression extends Node {
  readonly kind: 'List'
  readonly elements: readonly Expression[]
}

/** `...h`, only inside a list */
export interface SpreadExpression extends Node {
  readonly kind: 'Spread'
  readonly operand: Expression
}

/** `0..1`, `1..`, `..5`, and with open ends `0 < .. < 1`. Only after `in`, `bounds`, in an index. */
export interface RangeExpression extends Node {
  readonly kind: 'Range'
  readonly from?: Expression
  readonly to?: Expression
  /** The lower end itself is excluded (`0 < ..`). */
  readonly fromOpen: boolean
  /** The upper end itself is excluded (`.. < 1`). */
  readonly toOpen: boolean
}

/** Where the parser recovered; a diagnostic has been given already. */
export interface ErrorExpression extends Node {
  readonly kind: 'ErrorExpression'
}

// ---------------------------------------------------------------------------------------------
// Items: what stands at the top level of a file
// ---------------------------------------------------------------------------------------------

/** Items that build circuit; they also stand in `for`, `if`, `motif` and `variant` bodies. */
export type CircuitItem =
  | PopulationItem
  | PatternItem
  | ModulatorItem
  | ConnectItem
  | MatrixItem
  | InitItem
  | LetItem
  | ForItem
  | IfItem
  | UseItem

export type Item =
  | ImportItem
  | ParamItem
  | ConstItem
  | FunctionItem
  | CellItem
  | StpItem
  | SynapseItem
  | PlasticityItem
  | DatasetItem
  | MotifItem
  | PhaseItem
  | ClaimItem
  | RefinementItem
  | VariantItem
  | ExperimentItem
  | SweepItem
  | CircuitItem

/** A declaration's doc text: `///` lines above it, or one `///` at the end of its line. */
export interface Documented {
  readonly doc?: string
}

export interface ImportName extends Node {
  readonly kind: 'ImportName'
  readonly name: Identifier
  readonly alias?: Identifier
}

/** `import { A, B as C } from "std/burstccn"` */
export interface ImportItem extends Node, Documented {
  readonly kind: 'Import'
  readonly names: readonly ImportName[]
  readonly source: StringLiteral
}

/** `param p0 = 0.5 in 0 < .. < 1   /// baseline burst probability` */
export interface ParamItem extends Node, Documented {
  readonly kind: 'Param'
  readonly name: Identifier
  readonly value: Expression
  readonly range?: RangeExpression
}

export interface ConstItem extends Node, Documented {
  readonly kind: 'Const'
  readonly name: Identifier
  readonly value: Expression
}

/** A parameter of a cell, motif, rule, ...: `p0`, or with a default `p0 = 0.5`. */
export interface Parameter extends Node {
  readonly kind: 'Parameter'
  readonly name: Identifier
  readonly value?: Expression
}

/** One `name = expression` line. */
export interface Binding extends Node, Documented {
  readonly kind: 'Binding'
  readonly name: Identifier
  readonly value: Expression
}

/**
 * `function relu(z) = max(z, 0)  pullback(g) = g * (z > 0)`, or with a body
 * `function f(z) { a = max(z, 0)  return a / sqrt(mean(a * a)) }`.
 * A pullback replaces the derivative: it maps the gradient `g` of the result to that of the
 * (single) argument, and may read the argument and the body's bindings.
 */
export interface FunctionItem extends Node, Documented {
  readonly kind: 'Function'
  readonly name: Identifier
  readonly parameters: readonly Parameter[]
  readonly bindings: readonly Binding[]
  readonly result: Expression
  readonly pullback?: Pullback
}

/** `pullback(g) = expr`, or `pullback(g) { r = g / size  return r * (c > 0) }` */
export interface Pullback extends Node {
  readonly kind: 'Pullback'
  readonly gradient: Identifier
  readonly bindings: readonly Binding[]
  readonly result: Expression
}

// --- cells -----------------------------------------------------------------------------------

/** `cell Pyramidal(p0 = 0.5) extends Base(p0) { ... }` */
export interface CellItem extends Node, Documented {
  readonly kind: 'Cell'
  readonly name: Identifier
  readonly parameters: readonly Parameter[]
  readonly base?: {
    readonly name: Identifier
    readonly args: readonly Argument[]
    readonly span: Span
  }
  readonly members: readonly CellMember[]
}

export type CellMember =
  CompartmentMember | InputMember | BiasMember | StateMember | EquationMember | ReactionMember

/** `compartment soma, apical`, `compartment apical[branches]`, `compartment soma { state v : ... }` */
export interface CompartmentMember extends Node, Documented {
  readonly kind: 'Compartment'
  readonly names: readonly Identifier[]
  /** Number of dendritic branches (of a single name). */
  readonly branches?: Expression
  readonly members: readonly CellMember[]
}

/** `input target`, `input above : scalar = 1`: what an experiment presents or a wire delivers. */
export interface InputMember extends Node, Documented {
  readonly kind: 'Input'
  readonly name: Identifier
  readonly scalar: boolean
  readonly value?: Expression
}

/** `bias k = 0 learn BurstDependentBias` */
export interface BiasMember extends Node, Documented {
  readonly kind: 'Bias'
  readonly name: Identifier
  /** One value for each channel (the first axis of the population's shape), not for each unit. */
  readonly perChannel: boolean
  readonly value?: Expression
  readonly learn?: RuleReference
}

/** `state v = E_L : tau * dv/dt = -v + input` */
export interface StateMember extends Node, Documented {
  readonly kind: 'State'
  readonly name: Identifier
  /** `per example`: it goes on where the same example of the data set left it. */
  readonly perExample?: true
  readonly initial?: Expression
  readonly derivative: Derivative
}

/** `FACTOR * dNAME/dt = rhs` */
export interface Derivative extends Node {
  readonly kind: 'Derivative'
  readonly variable: Identifier
  /** What multiplies the derivative on the left, if anything. */
  readonly factor?: Expression
  readonly value: Expression
}

/** What a variable is to the outside. `signal` marks an emitted variable of no special role. */
export type SignalRole = 'event' | 'burst' | 'spike' | 'signal' | 'loss'

/**
 * `p = expr`; emitted: `event e = expr`; detected: `burst b when expr refractory 2 ms { v = -70 mV }`,
 * where the block resets variables at the moment of detection.
 */
export interface EquationMember extends Node, Documented {
  readonly kind: 'Equation'
  readonly role?: SignalRole
  /** Of a loss: its gradient ends at what arrives from other populations. */
  readonly local?: boolean
  readonly name: Identifier
  /** The value, or for `when` the condition. */
  readonly value: Expression
  readonly detected: boolean
  /** Of a detection by a comparison: what its gradient is at the difference of the two sides. */
  readonly pullback?: Pullback
  /** Of a detection: how long nothing more is detected. */
  readonly refractory?: RefractoryClause
  readonly resets: readonly Assignment[]
}

/** `refractory 2 ms holding v`: states that stand still meanwhile. */
export interface RefractoryClause extends Node {
  readonly kind: 'Refractory'
  readonly time: Expression
  readonly holding: readonly Identifier[]
}

/** `v = -70 mV`, `w += eta * pre.e` */
export interface Assignment extends Node {
  readonly kind: 'Assignment'
  readonly target: Identifier
  readonly operator: '=' | '+=' | '-='
  readonly value: Expression
}

/** `on post.burst { w += ... }`, `on spike { u += f * (1 - u) }` */
export interface ReactionMember extends Node, Documented {
  readonly kind: 'Reaction'
  readonly trigger: Expression
  readonly assignments: readonly Assignment[]
}

// --- synapses and plasticity -----------------------------------------------------------------

/** `stp depressing passes event`, or with dynamics `stp TM(U) { state x ... passes spike as u * x }` */
export interface StpItem extends Node, Documented {
  readonly kind: 'Stp'
  readonly name: Identifier
  readonly parameters: readonly Parameter[]
  readonly passes: Identifier
  /** What arrives for each unit passed; without it the signal itself. */
  readonly amplitude?: Expression
  readonly members: readonly CellMember[]
}

/** `synapse Depressing { stp depressing  sign excitatory  delay 1 step }` */
export interface SynapseItem extends Node, Documented {
  readonly kind: 'Synapse'
  readonly name: Identifier
  readonly parameters: readonly Parameter[]
  readonly members: readonly SynapseMember[]
}

export type SynapseMember =
  | StpProperty
  | SignProperty
  | TransmitProperty
  | DelayProperty
  | BoundsProperty
  | LearnProperty
  | FixedProperty

/** `stp depressing`, `stp TsodyksMarkram(U = 0.9)` */
export interface StpProperty extends Node {
  readonly kind: 'StpProperty'
  readonly reference: RuleReference
}

export interface SignProperty extends Node {
  readonly kind: 'SignProperty'
  readonly sign: 'excitatory' | 'inhibitory' | 'unsigned'
}

/** `transmit signal + noise * normal()`: what the terminal releases, from what the cell emits. */
export interface TransmitProperty extends Node {
  readonly kind: 'TransmitProperty'
  readonly value: Expression
}

export interface DelayProperty extends Node {
  readonly kind: 'DelayProperty'
  readonly value: Expression
}

export interface BoundsProperty extends Node {
  readonly kind: 'BoundsProperty'
  readonly range: RangeExpression
}

/** A name with arguments: a plasticity rule, an STP type, a cell type, a synapse type. */
export interface RuleReference extends Node {
  readonly kind: 'Reference'
  readonly name: Identifier
  readonly args: readonly Argument[]
}

export interface LearnProperty extends Node {
  readonly kind: 'LearnProperty'
  readonly rule: RuleReference
}

/** `fixed`: the weight does not learn. */
export interface FixedProperty extends Node {
  readonly kind: 'FixedProperty'
}

/** `plasticity BurstDependent { dw = (post.p - post.p0) * post.e * pre.e }` */
export interface PlasticityItem extends Node, Documented {
  readonly kind: 'Plasticity'
  readonly name: Identifier
  readonly parameters: readonly Parameter[]
  /** `nonlocal plasticity ...`: may read what a synapse cannot sense. */
  readonly nonlocal: boolean
  /** Local bindings and traces; `dw = ...` is the binding of that name. */
  readonly members: readonly (EquationMember | StateMember | ReactionMember | BoundsProperty)[]
}

// --- data and experiments --------------------------------------------------------------------

/**
 * `dataset mnist { field image[28, 28] mean 0.131 std 0.308  field label class 10
 *  train idx("images", "labels")  test idx(...) }`
 */
export interface DatasetItem extends Node, Documented {
  readonly kind: 'Dataset'
  readonly name: Identifier
  readonly fields: readonly DatasetField[]
  readonly parts: readonly DatasetPart[]
}

export interface DatasetField extends Node, Documented {
  readonly kind: 'DatasetField'
  readonly name: Identifier
  readonly shape: readonly Expression[]
  /** Number of classes of a label. */
  readonly classes?: Expression
  /** Of a field along time: the field that says how many rows each example has. */
  readonly lasts?: Identifier
  /** Constants for `standardise`; without them they are measured on the training part. */
  readonly mean?: Expression
  readonly std?: Expression
}

/** `train idx("a", "b")`: which reader makes a part, and from what. */
export interface DatasetPart extends Node {
  readonly kind: 'DatasetPart'
  readonly part: 'train' | 'test'
  readonly reader: RuleReference
}

export interface ExperimentItem extends Node, Documented {
  readonly kind: 'Experiment'
  readonly name: Identifier
  readonly base?: Identifier
  readonly statements: readonly ExperimentStatement[]
}

export type ExperimentStatement =
  | DataStatement
  | PresentStatement
  | AugmentStatement
  | ValueStatement
  | OptimiseStatement
  | MeasureStatement
  | RecordStatement
  | StopStatement
  | BestStatement
  | ReplicateStatement
  | ProtocolStatement
  | EvaluateStatement
  | Setting

/** `data mnist { standardise  validation 10000  smoothing 0.05 }` */
export interface DataStatement extends Node {
  readonly kind: 'Data'
  readonly dataset: RuleReference
  readonly options: readonly { readonly name: Identifier; readonly value?: Expression }[]
}

/** `present x = image, y.target = one_hot(label) for 8 s once` */
export interface PresentStatement extends Node {
  readonly kind: 'Present'
  readonly bindings: readonly { readonly target: Expression; readonly value: Expression }[]
  readonly duration?: Expression
  /** `once`: after the last example nothing is presented. */
  readonly once: boolean
  /** How the rows of a field along time fill the presentation; one a step without it. */
  readonly fit?: 'stretched' | 'padded'
}

/** `augment crop(32, padding = 4), flip()` */
export interface AugmentStatement extends Node {
  readonly kind: 'Augment'
  readonly steps: readonly RuleReference[]
}

/** `batch 32`, `epochs 100`, `seed 1`, `replicate 8 seeds`, `step 0.1 s`, `solver rk4`, `evaluate 1000`, `precision f64` */
export interface ValueStatement extends Node {
  readonly kind: 'Value'
  readonly name: Identifier
  readonly value: Expression
}

/** `optimise W, Y with sgd(rate = 0.15, decay = 5e-5, schedule = cosine(warmup = 2))` */
export interface OptimiseStatement extends Node {
  readonly kind: 'Optimise'
  readonly targets: readonly Expression[]
  readonly optimiser: RuleReference
}

/** `measure error, angle(W, backprop), spread = std(h.apical)  every 200 steps` */
export interface MeasureStatement extends Node {
  readonly kind: 'Measure'
  readonly measures: readonly { readonly name?: Identifier; readonly value: Expression }[]
  readonly every?: Expression
}

/** `record h.e, y.e every 10 steps` */
export interface RecordStatement extends Node {
  readonly kind: 'Record'
  readonly targets: readonly Expression[]
  readonly every?: Expression
}

/** `stop when loss < 0.01 for 3 epochs`, `stop when error stalls for 5 epochs` */
export interface StopStatement extends Node {
  readonly kind: 'Stop'
  readonly condition: Expression
  readonly stalls?: true
  readonly lasts?: Expression
}

/** `replicate with g = [1, 2]`, `replicate 4 seeds with g = [1, 2], tau = [5 ms, 10 ms]`; without values it is a `Value`. */
export interface ReplicateStatement extends Node {
  readonly kind: 'Replicate'
  readonly seeds?: Expression
  readonly values: readonly { readonly name: Identifier; readonly value: Expression }[]
}

/** `best by loss`, `best by highest mean(y.right)`: which evaluation is the best one. */
export interface BestStatement extends Node {
  readonly kind: 'Best'
  readonly figure: Expression
  /** Better is higher; else lower. */
  readonly highest?: true
}

/** `evaluate every 500 presentations { phase free 21 steps { nudged off }  measure error over last 5 steps }` */
export interface EvaluateStatement extends Node {
  readonly kind: 'Evaluate'
  readonly every?: Expression
  readonly members: readonly (ProtocolPhase | EvaluateMeasures | EvaluateKeep)[]
}

/** `measure error where y.mask, r = mean(h.e) over last 5 steps`, in an `evaluate` block. */
export interface EvaluateMeasures extends Node {
  readonly kind: 'EvaluateMeasures'
  readonly measures: readonly {
    readonly name?: Identifier
    readonly value: Expression
    readonly where?: Expression
  }[]
  readonly over?: Expression
}

/** `keep e.theta`: states that test examples take over from training. */
export interface EvaluateKeep extends Node {
  readonly kind: 'EvaluateKeep'
  readonly targets: readonly Expression[]
}

/** `protocol { phase settle 1000 s { teacher off }  phase teach 5 epochs { plasticity on } }` */
export interface ProtocolStatement extends Node {
  readonly kind: 'Protocol'
  readonly phases: readonly (ProtocolPhase | ProtocolRepeat)[]
}

/** `repeat 100 { phase learn 1 epoch  phase align 781 batches }` */
export interface ProtocolRepeat extends Node, Pick<ProtocolStatement, 'phases'> {
  readonly kind: 'ProtocolRepeat'
  readonly count: Expression
}

export interface ProtocolPhase extends Node, Documented {
  readonly kind: 'ProtocolPhase'
  readonly name: Identifier
  readonly duration?: Expression
  readonly settings: readonly (Setting | ProtocolAction)[]
}

/** `freeze W` for as long as the phase lasts, `perturb Y by flip(0.001)` when it begins. */
export interface ProtocolAction extends Node {
  readonly kind: 'ProtocolAction'
  readonly action: 'freeze' | 'perturb'
  readonly targets: readonly Expression[]
  readonly by?: RuleReference
}
