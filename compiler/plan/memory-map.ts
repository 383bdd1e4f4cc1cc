/**
 * Where everything lies in a program's memory: addresses of places, for all programs of a module, whose
 * elements have so many bytes.
 */
import { eventBytes, type EventLists } from '../../contract/artifact.ts'
import { synapseDim } from '../../contract/pattern.ts'
import type { IrModule, Shape } from '../ir/ir.ts'
import { layoutOf, sizeOf } from './layout.ts'
import { padded, type Machine } from './machine.ts'
import type { Planned } from './programs.ts'
import type { Schedule } from './schedule.ts'
import { listBytes } from './sent-lists.ts'
import { placeTables, surroundingsOf, type Tables } from './tables.ts'

export interface MemoryMap {
  readonly storages: ReadonlyMap<string, number>
  /** What `init` reads from files. */
  readonly files: ReadonlyMap<string, number>
  /** Bytes for each example from the start of the examples' memory. */
  readonly inputs: ReadonlyMap<string, number>
  readonly keys: ReadonlyMap<string, number>
  readonly gather: number
  readonly tables: Tables
  readonly events?: EventLists
  /** Lists of detections, of the program that runs. */
  readonly listBase: number
  readonly programBase: number
  readonly exampleBase: number
  /** Where, after the inputs, the values of programs begin, for each example. */
  readonly exampleStart: number
  readonly exampleBytes: number
}

/** What `init` is given: arrays of files, and values of the pairs of patterns. */
export function givenTo({ files = [], pairValues = [] }: IrModule): readonly {
  readonly name: string
  readonly shape: Shape
}[] {
  return [
    ...files,
    ...pairValues.map(({ name, pattern }) => ({ name, shape: [synapseDim(pattern)] })),
  ]
}

export function memoryMap(
  module: IrModule,
  streams: readonly string[],
  programs: readonly Planned[],
  { machine, bytes }: { readonly machine: Machine; readonly bytes: number },
): MemoryMap {
  const { control, lineBytes } = machine
  const { capacities } = surroundingsOf(module)
  const schedules = programs.map(({ schedule }) => schedule)
  const bytesOf = (shape: Shape): number =>
    padded(machine, sizeOf(machine, layoutOf(shape), capacities).elements) * bytes
  let at = control.keys
  const take = (size: number): number => {
    const start = at
    at = Math.ceil((at + size) / lineBytes) * lineBytes
    return start
  }
  const keyBase = take(streams.length * control.keyBytes)
  const gather = take(module.inputs.length * control.gatherBytes)
  const tables = placeTables(module, { programs, machine }, (words) =>
    take(padded(machine, words) * machine.addressBytes),
  )
  const storages = new Map(module.storages.map(({ name, shape }) => [name, take(bytesOf(shape))]))
  const events = eventLists(module, programs, take)
  const files = new Map(givenTo(module).map(({ name, shape }) => [name, take(bytesOf(shape))]))
  const most = (size: (schedule: Schedule) => number): number => Math.max(0, ...schedules.map(size))
  const listBase = take(Math.max(0, ...programs.map(({ lists }) => listBytes(machine, lists))))
  const programBase = take(most((schedule) => schedule.programElements) * bytes)
  let perExample = 0
  const inputs = new Map(
    module.inputs.map(({ name, shape }) => {
      const start = perExample
      perExample += bytesOf(shape)
      return [name, start]
    }),
  )
  return {
    storages,
    files,
    inputs,
    keys: new Map(streams.map((stream, i) => [stream, keyBase + i * control.keyBytes])),
    gather,
    tables,
    ...(events && { events }),
    listBase,
    programBase,
    exampleBase: at,
    exampleStart: perExample,
    exampleBytes: perExample + most((schedule) => schedule.exampleElements) * bytes,
  }
}

/** Entries that a list has room for beside those of one step. */
const MOST_EVENTS = 8192

/** Where events are listed, if any are, of signals whose size is known. */
function eventLists(
  { listed = [] }: IrModule,
  programs: readonly Planned[],
  take: (bytes: number) => number,
): EventLists | undefined {
  const recorded = programs.find(({ name }) => name === 'recorded')
  const signals = listed.flatMap((name) => {
    const shape = recorded?.work.outputs.find((each) => each.name === name)?.operand.shape ?? [
      'batch',
    ]
    const numbers = shape.filter((dim) => typeof dim === 'number')
    const elements = numbers.reduce((product, dim) => product * dim, 1)
    return numbers.length < shape.length ? [] : [{ name, shape: numbers, elements }]
  })
  if (signals.length === 0 || signals.length < listed.length) return undefined
  const atOnce = signals.reduce((sum, { elements }) => sum + elements, 0)
  return {
    signals,
    count: take(4),
    done: take(4),
    entries: take((MOST_EVENTS + atOnce) * eventBytes),
    most: MOST_EVENTS,
  }
}
