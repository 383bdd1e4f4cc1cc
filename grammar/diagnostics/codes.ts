/**
 * Every diagnostic of CCN: stable code, severity, message template. `{name}` stands for a
 * parameter. Numbers are grouped by stage and never used again for another meaning:
 * 1xxx syntax, 2xxx names and kinds, 3xxx shapes, 4xxx units and ranges, 5xxx circuit rules
 * (cycles, locality, signs, phases, transport), 6xxx experiments and data, 7xxx lowering,
 * 8xxx unused or suspicious.
 */
import type { Severity } from './diagnostic.ts'

export interface DiagnosticKind<T extends string = string> {
  readonly code: string
  readonly severity: Severity
  readonly template: T
}

const error = <const T extends string>(code: string, template: T): DiagnosticKind<T> => ({
  code,
  severity: 'error',
  template,
})
const warning = <const T extends string>(code: string, template: T): DiagnosticKind<T> => ({
  code,
  severity: 'warning',
  template,
})
const remark = <const T extends string>(code: string, template: T): DiagnosticKind<T> => ({
  code,
  severity: 'remark',
  template,
})

export const codes = {
  // 1xxx syntax
  unexpectedCharacter: error('CCN1001', 'The character {found} has no meaning here.'),
  unexpectedToken: error('CCN1002', 'Expected {expected}, but found {found}.'),
  unterminatedString: error('CCN1003', 'This string is not closed before the end of its line.'),
  unterminatedComment: error('CCN1004', 'This comment is not closed before the end of the file.'),
  tooDeep: error('CCN1005', 'This is nested more than {limit} levels deep.'),
  numberTooLarge: error('CCN1007', 'The number {found} is too large to be represented.'),
  tooLong: error('CCN1006', 'The file has {found} characters; the limit is {limit}.'),
  foreignMark: error('CCN1010', 'The language has no {found}.'),
  numberForm: error('CCN1011', 'The number {found} is not written so.'),
  unknownUnit: error('CCN1012', 'There is no unit named `{name}`.'),

  // 2xxx names and kinds
  unknownName: error('CCN2001', 'There is no {kind} named `{name}` here.'),
  duplicateName: error('CCN2002', '`{name}` is declared twice.'),
  wrongKind: error('CCN2003', '`{name}` is {found}, but {expected} is needed here.'),
  unknownMember: error('CCN2004', '{owner} has no {kind} named `{name}`.'),
  unknownOption: error('CCN2005', '{owner} has no option named `{name}`.'),
  missingArgument: error('CCN2006', '{owner} needs a value for `{name}`.'),
  tooManyArguments: error('CCN2007', '{owner} takes {expected} arguments, but got {found}.'),
  importNotFound: error('CCN2008', 'There is no file `{path}` to import from.'),
  importOutside: error('CCN2009', 'The import `{path}` lies outside the project folder.'),
  importCycle: error('CCN2010', 'These files import each other: {cycle}.'),
  importMissing: error('CCN2011', '`{path}` declares nothing named `{name}`.'),
  importNotAllowed: error(
    'CCN2012',
    '`{name}` is {kind}; only definitions can be imported, not parts of a circuit.',
  ),
  definitionCycle: error('CCN2013', 'These definitions depend on each other: {cycle}.'),
  unreadable: error('CCN2014', 'Cannot read `{path}`: {reason}.'),
  notConstant: error('CCN2015', 'This must be known when the model is compiled, but {reason}.'),
  indexOutOfRange: error(
    'CCN2016',
    '`{name}` has {count} elements, so there is none numbered {index}.',
  ),
  listLength: error(
    'CCN2017',
    'This list holds {found} values, but needs {expected}, one for each element of `{name}`.',
  ),
  noElements: error('CCN2018', '`{name}` cannot have {found} elements.'),
  expectedNumber: error('CCN2019', 'A {expected} is needed here, but this is {found}.'),
  misplacedMember: error('CCN2020', 'The compartment `{outer}` cannot hold {what}.'),
  repeatedRole: error(
    'CCN2021',
    'The cell `{cell}` has two variables marked `{role}`, `{first}` and `{second}`.',
  ),
  unknownProperty: error(
    'CCN2070',
    'There is no property named `{name}` that a model could state.',
  ),
  modulatorPlace: error(
    'CCN2110',
    'The modulator `{name}` is one for the whole circuit: it stands outside of loops and motifs.',
  ),
  placedArgument: error(
    'CCN2180',
    '{owner} takes its arguments in order, so that none can be named `{name}` here.',
  ),
  saidTwice: error('CCN2041', '{what} is said twice.'),
  wrongExpression: error('CCN2040', 'This is {found}, but {expected} is needed here.'),
  givenName: error('CCN2030', '`{name}` is {what} here, so nothing else can have this name.'),

  // 3xxx shapes
  sizeMismatch: error(
    'CCN3001',
    '{left} has {leftSize} units, but {right} has {rightSize}; {connectivity} needs equal sizes.',
  ),
  shapeMismatch: error('CCN3002', '{left} is {leftShape}, but {right} is {rightShape}.'),
  tooLarge: error('CCN3003', '{what} would have {count}; the limit is {limit}.'),
  emptyShape: error(
    'CCN3004',
    'A population needs a positive number of units, but this is {found}.',
  ),
  presentSize: error(
    'CCN3005',
    '`{input}` has {units} units, but `{field}` of `{dataset}` holds {values} values.',
  ),
  scalarExpected: error(
    'CCN3006',
    '`{name}` takes one number for all units, but `{source}` is a value for each unit.',
  ),
  branchCount: error(
    'CCN3007',
    '{target} has {branches} branches, but hears of only {inputs} units; each branch needs one.',
  ),
  kernelMisfit: error('CCN3008', 'A {kernel} kernel does not fit {shape}: {reason}.'),

  unitOutOfRange: error(
    'CCN3050',
    '`{name}` has {count} units, so there is none numbered {index}.',
  ),
  tooFewPairs: error('CCN3051', 'There cannot be {asks}: there are only {most}.'),
  selfApart: error(
    'CCN3052',
    '`no_self` is of units of one population, but `{source}` and `{target}` are parts of two.',
  ),
  patternApart: error(
    'CCN3053',
    'The pattern `{name}` joins `{source}` and `{target}`, not `{pre}` and `{post}`.',
  ),
  withoutPositions: error('CCN3054', 'The units of `{name}` have no positions.'),
  spacesDiffer: error(
    'CCN3055',
    'There is no distance between `{source}` and `{target}`: the space of the one begins again {sourcePeriod}, that of the other {targetPeriod}.',
  ),

  withoutSynapses: error('CCN3056', '`{name}` is of single synapses, but {reason}.'),
  mixedDelays: error('CCN3057', 'The synapses of `{name}` have delays of their own, but {reason}.'),
  partOfMatrix: error(
    'CCN3060',
    '{what} is of a whole matrix, but `{name}` has a part of its synapses alone.',
  ),
  notSquare: error('CCN3061', 'A spectral radius is that of a square matrix, but this is {found}.'),
  noChannels: error('CCN3180', '`{population}` has no channels: it is one row of units ({units}).'),
  sameChance: warning('CCN3090', 'The probability of `{name}` is {value} for every pair: {what}.'),

  // 4xxx units and ranges
  unitMismatch: error(
    'CCN4001',
    '{operation} needs the same unit on both sides, but one side has {left} and the other {right}.',
  ),
  outOfRange: error('CCN4002', '`{name}` is {found}, but must be {range}.'),
  unitExpected: error('CCN4003', '{what} needs {expected}, but this has {found}.'),
  longStep: warning(
    'CCN4021',
    '`{name}` is advanced by {method} in steps of {step}, too long for its time constant of {constant}: {consequence}.',
  ),

  unitIsName: error(
    'CCN4080',
    '`{name}` is a unit in `{unit}`, but what is called `{name}` here may be meant.',
  ),
  noiseSolver: error('CCN4082', 'The noise `xi` has no meaning under the solver `{solver}`.'),
  powerOfUnit: warning(
    'CCN6120',
    '`{found}` is {number} times `1 {unit}`: the power is that of the unit, not of the number.',
  ),
  noiseForm: error('CCN4083', 'The noise `xi` can only be added, times a factor.'),
  areaOrPower: error(
    'CCN4081',
    '`{power}` may be a number of `{unit}`, or a power of `{quantity}`.',
  ),

  delayBounds: error(
    'CCN4070',
    'The delays of `{name}` may be {found}, but each must be known to be {expected}.',
  ),

  // 5xxx circuit rules
  signalMismatch: error('CCN5001', '`{stp}` passes {passes} signals, but `{source}` is {found}.'),
  cycle: error('CCN5002', 'These depend on each other within one step: {cycle}.'),
  notLocal: error('CCN5003', 'The rule `{rule}` reads `{name}`, which a synapse cannot sense.'),
  batchPlace: error('CCN5180', '`{name}` is of what cells compute in each step.'),
  averagePlace: error('CCN5181', '`running` is not the whole right side of an equation.'),
  averageOfExamples: error(
    'CCN5182',
    '`running` takes one value for all examples, but this differs between them.',
  ),
  batchRead: error(
    'CCN5183',
    'The rule `{rule}` reads `{name}`, which is made of the other examples of the batch by `{statistic}`.',
  ),
  batchAnswers: warning(
    'CCN5184',
    'What is told of test examples depends on which of them share a batch, by `{statistic}`.',
  ),
  examplePlace: error(
    'CCN5185',
    'The state `{name}` is none of a cell, so that no example could keep it for itself.',
  ),
  exampleDraw: error(
    'CCN5186',
    'The state `{name}` begins alike for every example, but this draws.',
  ),
  lateRead: warning(
    'CCN5170',
    '`{name}` is read as it is at the end of the step, when this block has changed `{state}`.',
  ),
  phaseCycle: error('CCN5189', 'These depend on each other within the phase `{phase}`: {cycle}.'),
  exampleLeft: error(
    'CCN5187',
    'Each example keeps the state `{name}`, which is made of {what}; that goes on from the presentation before, of another example.',
  ),
  exampleDelay: remark(
    'CCN5188',
    'Each example keeps the state `{name}`, which hears of the example presented before in the first step of a presentation: `{connection}` delays by one step.',
  ),
  weightTransport: remark(
    'CCN5004',
    '`{weight}` is a copy of the forward weights `{source}` (weight transport).',
  ),
  singlePhase: remark(
    'CCN5005',
    '`{model}` learns in a single phase: no variable is computed twice, and no weight waits for a phase.',
  ),
  learnsInTurns: remark(
    'CCN5030',
    '`{model}` learns in turns: its protocol repeats {count} phases ({phases}), and plasticity is on in {plastic}.',
  ),
  modulatorForm: error(
    'CCN5090',
    'A modulator is one number of each example, made of what cells have in this step, but `{name}` {reason}.',
  ),
  manyPhases: remark('CCN5006', '`{model}` needs {count} phases for each example ({phases}).'),
  negativeWeight: error(
    'CCN5007',
    'The weights of `{weight}` are {sign}, so they cannot be negative, but {reason}.',
  ),
  mixedSigns: remark(
    'CCN5008',
    "`{population}` breaks Dale's law: it both excites and inhibits ({weights}).",
  ),
  tiedLearns: warning(
    'CCN5009',
    '`{weight}` is tied to other weights, so it cannot learn by a rule of its own.',
  ),
  ruleWithoutChange: error(
    'CCN5010',
    'The rule `{rule}` says no `dw = ...`, and reacts to nothing, so it changes no weight.',
  ),
  noLoss: error('CCN5011', '{what} needs a loss, but no cell of the circuit declares one.'),
  withoutPartner: warning(
    'CCN5031',
    '`{measure}` leaves out `{element}`: no element of `{other}` joins the same two populations.',
  ),
  withoutFeedback: remark(
    'CCN5032',
    '`{measure}` is not of `{element}`: nothing of `{other}` joins `{source}`.',
  ),
  nonlocalRule: remark(
    'CCN5012',
    'The rule `{rule}` is nonlocal: it may read what a synapse cannot sense.',
  ),
  besideGradient: error(
    'CCN5080',
    'The rule `{rule}` follows the exact gradient, which is one number for each weight, but {what}.',
  ),
  noGradient: error(
    'CCN5081',
    'No loss depends on `{name}`, so that by the rule `{rule}` it would never change.',
  ),
  gradientOfDetection: error(
    'CCN5082',
    'The `pullback` of `{name}` is of the difference of two sides, but its condition compares none.',
  ),
  channelsMix: warning(
    'CCN5071',
    '`{stp}` mixes its channels at {rate}: bursts account for {share} of what it transmits, {mixing} off the nearer ideal filter, of which {most} is the limit.',
  ),
  claimFails: warning('CCN5070', '`{model}` states the property `{property}`, but {reason}.'),
  laterPhase: error(
    'CCN5013',
    'The phase `{phase}` reads a variable of `{later}`, which comes after it.',
  ),

  // 6xxx experiments and data
  unknownField: error('CCN6001', 'The data set `{dataset}` has no field `{name}`.'),
  notPresented: error('CCN6002', '`{input}` is never presented and has no default.'),
  notLearnable: warning(
    'CCN6003',
    '`{name}` has no plasticity rule, so there is nothing to optimise.',
  ),
  learnsWithoutOptimiser: warning(
    'CCN6004',
    '`{name}` has a plasticity rule, but the experiment `{experiment}` does not optimise it, so it stays as it is.',
  ),
  optimisedTwice: error('CCN6005', '`{name}` is optimised twice in `{experiment}`.'),
  missingStatement: error(
    'CCN6006',
    'The experiment `{experiment}` needs a `{statement}` statement.',
  ),
  repeatedStatement: error('CCN6007', '`{statement}` is said twice in `{experiment}`.'),
  badValue: error('CCN6008', '{what} must be {expected}, but is {found}.'),
  // CCN6009 was used once.
  notPresentable: error('CCN6010', '`{name}` takes nothing that an experiment could present.'),
  nothingFills: warning(
    'CCN6122',
    'Nothing fills the input `{input}` in the experiment `{experiment}`: only a program that steps the circuit itself can.',
  ),
  noEffect: warning('CCN6011', '`{statement}` has no effect: {reason}.'),
  setTogether: error(
    'CCN6121',
    'The phase `{phase}` sets `{name}` to what is made of `{other}`, which it sets too: which of the two values of `{other}` is meant cannot be told.',
  ),
  stopUnmeasured: error(
    'CCN6031',
    'A run stops for what is measured, but `{name}` is not measured in this experiment.',
  ),
  notFinite: error('CCN6030', 'This computes with a number that is {found} {when}: {reason}.'),

  tapeInSegments: remark(
    'CCN6190',
    'A tape of {length} would be {all}: it holds {steps}, the states are copied as often, together {values}, and each step but the last ones of a window is done twice.',
  ),
  plateauByClock: error(
    'CCN6170',
    'The schedule `plateau` looks at evaluations, but a run by a clock has none that an `evaluate` block does not say.',
  ),
  plateauUnmeasured: error(
    'CCN6171',
    'A learning rate follows what is measured, but `{name}` is not measured in this experiment.',
  ),
  seedsAndCopies: error(
    'CCN6172',
    'The sweep `{sweep}` says its seeds, and so does `replicate` in the experiment `{experiment}`.',
  ),
  saidAndVaried: warning(
    'CCN6110',
    'The sweep `{sweep}` says `{said}` and varies `{varied}` as well: {held} holds.',
  ),

  // 7xxx lowering
  noExamples: error(
    'CCN6181',
    'Each example of the data set keeps the state `{name}`, but `{experiment}` presents none.',
  ),
  noAnswer: error(
    'CCN6182',
    '`{label}` counts wrong answers, but `{population}` gives none: its cell `{cell}` has no `event`.',
  ),
  mixedNorm: warning(
    'CCN6186',
    '`clip` takes one norm of changes of different units: {one}, {other}.',
  ),
  batchOfOne: error('CCN6180', '`{statistic}` of a batch of one example is 0.'),
  stopUnit: error(
    'CCN6185',
    '`{comparison}` compares what is told in {told} with a number of {limit}.',
  ),
  unkeptRecord: error(
    'CCN6184',
    '`{name}` is recorded, but nothing is made of it, so that it is not kept.',
  ),
  bestUnmeasured: error(
    'CCN6183',
    'Evaluations are compared by `{name}`, but it is not measured in them.',
  ),
  notEvaluated: error('CCN6160', '`{measure}` cannot be measured so of test examples.'),
  noLowering: error('CCN7001', '{construct} cannot be run yet.'),
  ruleForm: error(
    'CCN7002',
    '`{name}` takes in a rule what lives on one side of the synapse, but this is made of {parts}.',
  ),

  // CCN7003 was used once.

  // 8xxx unused or suspicious
  unusedDeclaration: warning('CCN8001', 'The {kind} `{name}` is never used.'),
  unconnected: warning('CCN8002', 'Nothing connects to `{name}`, so it is always 0.'),
  unusedImport: warning('CCN8003', '`{name}` is imported but never used.'),
  neverSet: warning(
    'CCN8004',
    'The weights of `{weight}` have no `init`, no tie and no rule, so they are always 0.',
  ),
  vanishes: warning(
    'CCN8110',
    '{what} is 0 in single precision, whose smallest number is 1.4e-45.',
  ),
} satisfies Record<string, DiagnosticKind>

export type DiagnosticName = keyof typeof codes

/** The names in braces of a template. */
type Gaps<T extends string> = T extends `${string}{${infer Gap}}${infer Rest}`
  ? Gap | Gaps<Rest>
  : never

/** What a diagnostic of this name says in the gaps of its template. */
export type ParametersOf<N extends DiagnosticName> = Readonly<
  Record<Gaps<(typeof codes)[N]['template']>, string | number>
>
export { error, remark, warning }
