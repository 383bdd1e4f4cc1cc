/** What an engine must know of the programs: host scalars, where inputs, outputs and draws lie. */
import type {
  HostOperation,
  PlacedDraw,
  PlacedTensor,
  Precision,
  ProgramInfo,
} from '../../contract/artifact.ts'
import { operationsIn } from './cost.ts'
import { hostScalarSteps } from './host-scalars.ts'
import type { MemoryMap } from './memory-map.ts'
import type { Planned } from './programs.ts'
import type { Place } from './schedule.ts'

/** What an engine must know of a program. */
export function programInfo(planned: Planned, map: MemoryMap, precision: Precision): ProgramInfo {
  const { work, schedule: planned_ } = planned
  const { steps, slots } = hostScalarSteps(work.graph, planned_.hosts)
  const placeOf = (value: number): Place => {
    const place = planned_.places[value]
    if (!place) throw new Error(`the value ${value} lies nowhere`)
    return place
  }
  const outputs = work.outputs.map(({ name, operand }): PlacedTensor => ({
    name,
    shape: operand.shape,
    place: artifactPlace(placeOf(operand.value), map, precision),
  }))
  const draws = work.values.flatMap(({ making, shape }, id): PlacedDraw[] => {
    if (making.kind !== 'other' || making.node.op !== 'random') return []
    const { stream } = making.node
    const key = map.keys.get(stream) ?? 0
    const place = placeOf(id)
    if (place.region === 'piece') return [{ name: stream, shape, key }]
    return [{ name: stream, shape, place: artifactPlace(place, map, precision), key }]
  })
  return {
    name: planned.name,
    scalars: steps,
    slots,
    outputs,
    draws,
    inputs: work.values.flatMap(({ making }) => (making.kind === 'input' ? [making.name] : [])),
    work: operationsIn(planned),
  }
}

function artifactPlace(place: Place, map: MemoryMap, precision: Precision): PlacedTensor['place'] {
  const bytes = precision === 'f32' ? 4 : 8
  switch (place.region) {
    case 'host':
      return { region: 'scalar', slot: place.slot }
    case 'storage':
      return { region: 'fixed', address: map.storages.get(place.name) ?? 0 }
    case 'ring':
      throw new Error('what is in a ring has no fixed place')
    case 'piece':
      throw new Error('of what goes piece by piece no more than a piece is kept')
    case 'input':
      return { region: 'example', bytes: map.inputs.get(place.name) ?? 0 }
    case 'program':
      return { region: 'fixed', address: map.programBase + place.offset * bytes }
    case 'example':
      return { region: 'example', bytes: map.exampleStart + place.offset * bytes }
  }
}

/** What the host computes in the middle of programs, and its number by program and value. */
export function hostOperations(
  programs: readonly Planned[],
  map: MemoryMap,
  precision: Precision,
): { readonly list: readonly HostOperation[]; readonly numbers: ReadonlyMap<string, number> } {
  const list: HostOperation[] = []
  const numbers = new Map<string, number>()
  for (const { name, work, schedule: planned } of programs) {
    const placed = (value: number, shape: PlacedTensor['shape']): PlacedTensor => {
      const place = planned.places[value]
      if (!place) throw new Error(`the value ${value} lies nowhere`)
      return { name: '', shape, place: artifactPlace(place, map, precision) }
    }
    work.values.forEach(({ making, args, shape }, id) => {
      if (making.kind !== 'other' || making.node.op !== 'factor') return
      const [operand] = args
      if (!operand) throw new Error('a factor is of a matrix')
      const { rank, side } = making.node
      numbers.set(`${name} ${id}`, list.length)
      list.push({
        operand: placed(operand.value, operand.shape),
        result: placed(id, shape),
        rank,
        side,
      })
    })
  }
  return { list, numbers }
}
