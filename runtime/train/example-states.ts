/**
 * States that each example of the data set keeps for itself. The network has those of the examples that are presented
 * together; where a presentation begins, theirs are put aside, and those of the next ones put in their places. What is
 * put aside is saved and loaded with all that the network stores, so that checkpoints and looks back have it.
 *
 * An example that was not presented yet has what the states were before the first step of the run.
 */
import type { ClockPlan, ExperimentPlan } from '../../contract/plan.ts'
import { DataError } from '../data/types.ts'
import type { NamedArray, Network } from '../engine/network.ts'
import type { Feed } from './feeds.ts'

type Storages = Readonly<Record<string, NamedArray>>

/** Numbers that may be kept so, in all. */
const MOST = 2 ** 28

const SUFFIX = ' of each example'

/** What of a checkpoint is of single examples, and no storage of the network. */
export const isOfExamples = (name: string): boolean => name.endsWith(SUFFIX)

/** A network with what each example keeps, and what is to be done before each step. */
export interface ExampleStates {
  readonly network: Network
  /** To be called once before each step, and before the first of several that are done at once. */
  readonly enter: (step: number) => void
  /** The step before which the next presentation is entered. */
  readonly next: (step: number) => number
}

/**
 * The states of each example; undefined where there are none. `begin` is what the run began with, `kept` what a run
 * that goes on has put aside. Throws DataError where there is no room.
 */
export function exampleStates(
  { clock }: Pick<ExperimentPlan, 'clock'>,
  network: Network,
  feed: Feed,
  { begin, kept }: { readonly begin?: Storages | undefined; readonly kept?: Storages | undefined },
): ExampleStates | undefined {
  const { perExample: names = [] } = clock ?? {}
  if (!clock || names.length === 0 || !feed.examples || feed.rows === undefined) return undefined
  const { rows } = feed
  const first = begin ?? network.save(names)
  const all = names.map((name) => [name, unitsOf(first[name])] as const)
  const values = rows * all.reduce((sum, [, units]) => sum + units, 0)
  if (values > MOST) {
    const count = (number: number): string => number.toLocaleString('en-US')
    throw new DataError(
      `The states of each example are ${count(values)} values (${count(rows)} examples); the limit is ${count(MOST)}.`,
    )
  }
  const aside = new Map(
    all.map(([name, units]): [string, NamedArray] => [
      name,
      kept?.[name + SUFFIX] ?? repeated(first[name], rows, units),
    ]),
  )
  const examplesAt = (number: number): Uint32Array => feed.examples?.(number) ?? new Uint32Array(0)
  return {
    next: (step) => (Math.floor(step / clock.hold) + 1) * clock.hold,
    enter: (step) => enter(network, aside, clock, step, examplesAt),
    network: withStored(network, aside),
  }
}

/** Puts the states of a presentation that is over aside, and those of the next in their places. */
function enter(
  network: Network,
  aside: ReadonlyMap<string, NamedArray>,
  { hold }: Pick<ClockPlan, 'hold'>,
  step: number,
  examplesAt: (number: number) => Uint32Array,
): void {
  if (step % hold !== 0) return
  const number = step / hold
  const present = network.save([...aside.keys()])
  const before = number > 0 ? examplesAt(number - 1).slice() : undefined
  const next = examplesAt(number).slice()
  const loaded: Record<string, NamedArray> = {}
  for (const [name, { data: all }] of aside) {
    const { shape, data } = present[name]!
    const units = unitsOf(present[name])
    before?.forEach((example, place) =>
      all.set(data.subarray(place * units, (place + 1) * units), example * units),
    )
    const own = data.slice()
    next.forEach((example, place) =>
      own.set(all.subarray(example * units, (example + 1) * units), place * units),
    )
    loaded[name] = { shape, data: own }
  }
  network.load(loaded)
}

const unitsOf = (array: NamedArray | undefined): number => array?.shape.at(-1) ?? 0

/** The first row, so many times. */
function repeated(array: NamedArray | undefined, rows: number, units: number): NamedArray {
  const source = array?.data ?? new Float32Array(0)
  const length = rows * units
  const data = source instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)
  for (let row = 0; row < rows; row++) data.set(source.subarray(0, units), row * units)
  return { shape: [rows, units], data }
}

/** The network, whose storages are also those of each example. */
function withStored(network: Network, aside: Map<string, NamedArray>): Network {
  const { steps, listedSteps, endWindow, recordedStep } = network
  return {
    get stepCount() {
      return network.stepCount
    },
    set stepCount(step) {
      network.stepCount = step
    },
    infer: (...of) => network.infer(...of),
    score: (...of) => network.score(...of),
    step: (...of) => network.step(...of),
    ...(steps && { steps: (block) => steps.call(network, block) }),
    ...(listedSteps && { listedSteps: (block) => listedSteps.call(network, block) }),
    ...(endWindow && { endWindow: (...of) => endWindow.call(network, ...of) }),
    ...(recordedStep && { recordedStep: (...of) => recordedStep.call(network, ...of) }),
    measuredStep: (...of) => network.measuredStep(...of),
    observe: (...of) => network.observe(...of),
    save: (names) => {
      const own = [...aside].map(([name, { shape, data }]): [string, NamedArray] => [
        name + SUFFIX,
        { shape, data: data.slice() },
      ])
      return { ...network.save(names), ...Object.fromEntries(names ? [] : own) }
    },
    load: (values) => {
      const own = Object.entries(values).filter(([name]) => isOfExamples(name))
      for (const [name, { shape, data }] of own)
        aside.set(name.slice(0, -SUFFIX.length), { shape, data: data.slice() })
      network.load(Object.fromEntries(Object.entries(values).filter(([n]) => !isOfExamples(n))))
    },
    derived: () => network.derived(),
    set: (...of) => network.set(...of),
    dispose: () => network.dispose(),
  }
}
