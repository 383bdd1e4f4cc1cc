/**
 * Plans for machines that there are no targets for: longer vectors, longer addresses. What a plan says of
 * memory follows the machine; what it says of kernels does not.
 */
import { describe, expect, it } from 'vitest'
import { Lanes } from '../../../compiler/code/lanes.ts'
import { ModuleBuilder } from '../../../compiler/code/module.ts'
import { fillFunction } from '../../../compiler/code/random.ts'
import { loopFunction } from '../../../compiler/code/loops.ts'
import { bodyOf } from '../../../compiler/code/body.ts'
import type { Code } from '../../../compiler/code/tree.ts'
import { wasmMachine } from '../../../compiler/emit/wasm/machine.ts'
import { nodeAt } from '../../../compiler/ir/operands.ts'
import { optimise } from '../../../compiler/passes/index.ts'
import { operationsIn } from '../../../compiler/plan/cost.ts'
import type { Machine } from '../../../compiler/plan/machine.ts'
import { memoryMap } from '../../../compiler/plan/memory-map.ts'
import { planPrograms, streamsOf } from '../../../compiler/plan/programs.ts'
import { burst } from '../emit/networks/burst.ts'

/** Eight lanes of f32, addresses of 64 bits. */
const wide: Machine = {
  ...wasmMachine,
  rowUnit: 8,
  vectorBytes: 32,
  addressBytes: 8,
  lineBytes: 128,
  control: { keys: 2048, keyBytes: 32, gatherBytes: 32 },
}

const module = optimise(burst())

function planFor(machine: Machine) {
  const programs = planPrograms(module, machine)
  const map = memoryMap(module, streamsOf(programs), programs, { machine, bytes: 4 })
  return { programs, map }
}

describe('a plan for another machine', () => {
  const narrow = planFor(wasmMachine)
  const other = planFor(wide)

  it('has the same kernels in the same order', () => {
    const kernels = ({ programs }: typeof other) =>
      programs.map(({ schedule }) => schedule.steps.map(({ kernel }) => kernel))
    expect(kernels(other)).toEqual(kernels(narrow))
  })

  it('pads rows to its unit', () => {
    for (const { schedule } of other.programs) {
      expect(schedule.programElements % 8).toBe(0)
      expect(schedule.exampleElements % 8).toBe(0)
      for (const place of schedule.places) {
        if (place?.region !== 'program' && place?.region !== 'example') continue
        expect(place.offset % 8).toBe(0)
      }
    }
    expect([...other.map.inputs.values()].every((bytes) => bytes % 32 === 0)).toBe(true)
    expect(other.map.exampleBytes).toBeGreaterThan(narrow.map.exampleBytes)
  })

  it('begins what lies in memory at lines of its cache, behind a control block of its size', () => {
    const storages = [...other.map.storages.values()]
    expect(storages.every((address) => address % 128 === 0)).toBe(true)
    expect(Math.min(...storages)).toBe(
      other.map.gather + Math.ceil((module.inputs.length * 32) / 128) * 128,
    )
    expect(Math.min(...other.map.keys.values(), other.map.gather)).toBe(2048)
  })

  it('takes no more values at once than it has addresses for', () => {
    const few = planFor({ ...wasmMachine, mostAddresses: 2 })
    const count = ({ programs }: typeof few) =>
      programs.reduce((sum, { kernels }) => sum + kernels.kernels.length, 0)
    expect(count(few)).toBeGreaterThan(count(narrow))
  })

  it('counts the padding that it computes', () => {
    const work = ({ programs }: typeof other) => operationsIn(nodeAt(programs, 1)).perExample
    expect(work(other)).toBeGreaterThan(work(narrow))
  })
})

describe('loop code for another machine', () => {
  const lanes = new Lanes(wide, 'f32', true)

  it('steps by its vectors', () => {
    expect([lanes.count, new Lanes(wide, 'f64', true).count]).toEqual([8, 4])
    const planned = planFor(wide).programs.find(({ name }) => name === 'step')!
    const { work, kernels } = planned
    const kernel = kernels.kernels.find(({ kind }) => kind === 'map')!
    const builder = new ModuleBuilder()
    loopFunction(builder, lanes, 'map', 'loop', bodyOf(work, kernels, kernel), undefined, () => 0)
    expect(stepsOf(builder.build().functions.at(-1)!.body)).toContain(32)
  })

  it('says so where it is written lane by lane', () => {
    expect(() => fillFunction(new ModuleBuilder(), lanes, 'uniform')).toThrow(
      'this code is written for 4 lanes, not for 8',
    )
  })
})

/** What counters are increased by. */
function stepsOf(body: readonly Code[]): readonly number[] {
  return body.flatMap((code): readonly number[] => {
    if (code.kind === 'block' || code.kind === 'loop') return stepsOf(code.body)
    if (code.kind !== 'set' || code.value.kind !== 'op') return []
    const [, by] = code.value.args
    return by?.kind === 'const' ? [Number(by.value)] : []
  })
}
