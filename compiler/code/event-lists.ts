/**
 * Lists of events: at the end of a step that records, what is not 0 of each signal is noted as an entry of a list in
 * memory, in the order of signals and elements. The host reads the list after many steps, and the loop over steps
 * ends when it might not hold what another step adds. One thread does it, when all have done their parts.
 */
import { eventBytes } from '../../contract/artifact.ts'
import type { Operand } from '../plan/values.ts'
import { layoutOf } from '../plan/layout.ts'
import type { ProgramFrame } from './frame.ts'
import { job } from '../../contract/control.ts'
import { forListed } from './sent-lists.ts'
import { access, add, f64, get, int, mul, op, sub, type Code, type Local } from './tree.ts'

/** Vectors that are looked at together. */
const TOGETHER = 8

/** Emits the lists of a program once, as soon as threads have met after all signals, while these are in the nearest memory. */
export class EventListing {
  readonly #frame: ProgramFrame
  #isDone: boolean

  constructor(frame: ProgramFrame) {
    this.#frame = frame
    this.#isDone = frame.planned.name !== 'recorded' || !frame.shared.map.events
  }

  /** Before the kernel of that number, where threads have just met. */
  afterMeeting(number: number): void {
    const { kernels, schedule, work } = this.#frame.planned
    const done = new Set(schedule.steps.slice(0, number).map(({ kernel }) => kernel))
    const isReady = (signal: string): boolean => {
      const output = work.outputs.find(({ name }) => name === signal)
      const index = output && kernels.kernelOf[output.operand.value]
      const kernel = index === undefined ? undefined : kernels.kernels[index]
      return kernel !== undefined && done.has(kernel)
    }
    const signals = this.#frame.shared.map.events?.signals ?? []
    if (!this.#isDone && signals.every(({ name }) => isReady(name))) this.#emit()
  }

  atEnd(): void {
    if (this.#isDone) return
    this.#frame.meet()
    this.#emit()
  }

  #emit(): void {
    this.#isDone = true
    emitEventLists(this.#frame)
  }
}

function emitEventLists(frame: ProgramFrame): void {
  const { events } = frame.shared.map
  const { work } = frame.planned
  if (!events) return
  frame.onFirstThread(() => {
    const { fn } = frame
    const done = fn.define('done', sub(frame.step, access('int.load', job.firstStep, int(0))))
    // A job begins a new list. The host must not: other threads may still look at the count of the last job.
    const count = fn.define('events', int(0))
    fn.branch(get(done), () => fn.set(count, access('int.load', events.count, int(0))))
    let first = 0
    for (const signal of events.signals) {
      const output = work.outputs.find((each) => each.name === signal.name)
      if (!output) throw new Error(`the signal ${signal.name} is no output`)
      emitSignal(frame, output.operand, { count, step: done, first, entries: events.entries })
      first += signal.elements
    }
    fn.push(access('int.store', events.count, int(0), get(count)))
    fn.push(access('int.store', events.done, int(0), add(get(done), int(1))))
  })
}

interface List {
  readonly count: Local
  /** Number of the step in the job. */
  readonly step: Local
  /** Number of the signal's first element among those of all signals. */
  readonly first: number
  readonly entries: number
}

function emitSignal(frame: ProgramFrame, operand: Operand, list: List): void {
  const { fn } = frame
  const { lanes } = frame.shared
  const cells = operand.from ? undefined : frame.listOf(operand.value)
  if (cells) {
    // The loop that found them has listed them.
    forListed(fn, lanes, cells, { first: 0, count: cells.cells }, (cell) =>
      emitEntry(frame, list, add(get(cell), int(list.first)), f64(1)),
    )
    return
  }
  const { rows, columns } = layoutOf(operand.shape)
  const [height, width] = [Number(rows), Number(columns)]
  const base = fn.define('signal', frame.operand(operand))
  const stride = fn.define('stride', frame.stride(layoutOf(frame.value(operand.value).shape)))
  const [row, cell, last] = ['row', 'cell', 'last'].map((each) => fn.local('int', each)) as [
    Local,
    Local,
    Local,
  ]
  const number = fn.local(lanes.precision, 'number')
  const at = (vector: number): Code =>
    access(
      'lanes.load',
      vector * lanes.vectorBytes,
      add(get(base), mul(get(cell), int(lanes.bytes))),
    )
  const group = TOGETHER * lanes.count
  fn.count(row, int(0), int(height), 1, () => {
    fn.set(cell, int(0))
    // Whole groups, then what is left, element by element.
    const whole = Math.floor(width / group) * group
    const note = (): void => {
      const address = add(get(base), mul(get(cell), int(lanes.bytes)))
      fn.set(number, access(lanes.scalarLoad, 0, address))
      fn.branch(op(`${lanes.precision}.ne`, get(number), lanes.scalar(0)), () => {
        const element = add(add(mul(get(row), int(width)), get(cell)), int(list.first))
        const value = lanes.precision === 'f32' ? op('f64.ofF32', get(number)) : get(number)
        emitEntry(frame, list, element, value)
      })
    }
    fn.continueCount(cell, int(whole), group, () => {
      // Bits of a number that is 0 are none but for its sign.
      const any = Array.from({ length: TOGETHER }, (_, i) => at(i)).reduce((a, b) =>
        op('lanes.or', a, b),
      )
      fn.branch(op('lanes.any', any), () => {
        fn.set(last, add(get(cell), int(group)))
        fn.continueCount(cell, get(last), 1, note)
        fn.set(cell, sub(get(cell), int(group)))
      })
    })
    fn.continueCount(cell, int(width), 1, note)
    fn.set(base, add(get(base), get(stride)))
  })
}

/** An entry: step, element, value. */
function emitEntry({ fn }: ProgramFrame, list: List, element: Code, value: Code): void {
  const entry = fn.define('entry', mul(get(list.count), int(eventBytes)))
  fn.push(access('int.store', list.entries, get(entry), get(list.step)))
  fn.push(access('int.store', list.entries + 4, get(entry), element))
  fn.push(access('f64.store', list.entries + 8, get(entry), value))
  fn.set(list.count, add(get(list.count), int(1)))
}
