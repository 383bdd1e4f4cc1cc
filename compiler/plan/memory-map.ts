/** Where everything lies in a program's memory: addresses of places, for all programs of a module. */
import type { IrModule } from '../ir/ir.ts'
import { gatherBytes, keyBytes, keys } from '../../contract/control.ts'
import { layoutOf, padded, sizeOf } from './layout.ts'
import type { Schedule } from './schedule.ts'

/** Cache lines. */
const LINE = 64

export interface MemoryMap {
  readonly storages: ReadonlyMap<string, number>
  /** What `init` reads from files. */
  readonly files: ReadonlyMap<string, number>
  /** Bytes for each example from the start of the examples' memory. */
  readonly inputs: ReadonlyMap<string, number>
  readonly keys: ReadonlyMap<string, number>
  readonly gather: number
  readonly programBase: number
  readonly exampleBase: number
  /** Where, after the inputs, the values of programs begin, for each example. */
  readonly exampleStart: number
  readonly exampleBytes: number
}

export function memoryMap(
  module: IrModule,
  streams: readonly string[],
  schedules: readonly Schedule[],
  bytes: 4 | 8,
): MemoryMap {
  let at = keys
  const take = (size: number): number => {
    const start = at
    at = Math.ceil((at + size) / LINE) * LINE
    return start
  }
  const keyBase = take(streams.length * keyBytes)
  const gather = take(module.inputs.length * gatherBytes)
  const storages = new Map(
    module.storages.map(({ name, shape }) => [
      name,
      take(padded(sizeOf(layoutOf(shape)).elements) * bytes),
    ]),
  )
  const files = new Map(
    (module.files ?? []).map(({ name, shape }) => [
      name,
      take(padded(sizeOf(layoutOf(shape)).elements) * bytes),
    ]),
  )
  const most = (size: (schedule: Schedule) => number): number => Math.max(0, ...schedules.map(size))
  const programBase = take(most((schedule) => schedule.programElements) * bytes)
  let perExample = 0
  const inputs = new Map(
    module.inputs.map(({ name, shape }) => {
      const start = perExample
      perExample += padded(sizeOf(layoutOf(shape)).elements) * bytes
      return [name, start]
    }),
  )
  return {
    storages,
    files,
    inputs,
    keys: new Map(streams.map((stream, i) => [stream, keyBase + i * keyBytes])),
    gather,
    programBase,
    exampleBase: at,
    exampleStart: perExample,
    exampleBytes: perExample + most((schedule) => schedule.exampleElements) * bytes,
  }
}
