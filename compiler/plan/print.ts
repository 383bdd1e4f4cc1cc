/**
 * The plans of a module's programs as text, for people: kernels in the order in which they run, what is
 * computed together in each, how threads share it, where they wait for each other, and where every value
 * lies (after `->`; what has no place lives in registers).
 *
 *     program step
 *       product NT [batch, 4], columns shared
 *         reads x (input), W[0] (storage W[0])
 *         h.soma = matmul(x, W[0]) ; connect x.event -> h.soma as W : Depressing
 *         h.e = sigmoid(h.soma) -> example + 16 ; event e = sigmoid(soma)
 *       -- threads wait for each other
 */
import { lineComment } from '../../contract/escape.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Dim, Graph, ValueId } from '../ir/ir.ts'
import { formatShape } from '../ir/shapes.ts'
import { writeNumber } from '../ir/text.ts'
import type { PlacedPattern, Precision } from '../../contract/artifact.ts'
import type { MemoryMap } from './memory-map.ts'
import { formOf } from './product-form.ts'
import type { Planned } from './programs.ts'
import { producerOf, type Kernel } from './kernels.ts'
import { readsOf } from './accesses.ts'
import { shareOf } from './barriers.ts'
import type { TapeSize } from './tape.ts'
import { PIECE } from './pieces.ts'
import type { Place } from './schedule.ts'
import type { Work } from './values.ts'
import type { WorkId } from '../ir/ids.ts'

/** What is printed. */
export interface PlanText {
  readonly name: string
  readonly precision: Precision
  readonly programs: readonly Planned[]
  readonly map: MemoryMap
  /** What was decided before there was a plan, a line each. */
  readonly notes: readonly string[]
  /** Of what learns through time. */
  readonly tape?: TapeSize
}

/** The text of the plans; ends with a newline. */
export function printPlans({ name, precision, programs, map, notes, tape }: PlanText): string {
  const bytes = precision === 'f32' ? 4 : 8
  const ofStorage = [...map.storages].map(
    ([storage, address]) =>
      `  ${address} ${storage}${map.tables.ones.has(storage) ? ', one number' : ''}`,
  )
  const ofInput = [...map.inputs].map(([input, offset]) => `  example + ${offset} ${input}`)
  const lines = [
    `circuit ${name}, ${precision}`,
    ...(notes.length > 0 ? ['', ...notes.map(lineComment)] : []),
    '',
    `memory, in bytes: ${map.exampleBase} always, ${map.exampleBytes} for each example`,
    ...ofStorage,
    ...(tape ? [`  of these the ${tapeText(tape)}`] : []),
    ...(programs.some(({ lists }) => lists.size > 0) ? [`  ${map.listBase} lists of cells`] : []),
    `  ${map.programBase} values of a program`,
    ...ofInput,
    ...[...map.tables.patterns.values()].map(patternText),
    `  example + ${map.exampleStart} values of a program`,
    ...programs.flatMap((planned) => ['', ...new ProgramText(planned, map, bytes).lines()]),
  ]
  return `${lines.join('\n')}\n`
}

/** A pattern that is kept by synapse. */
function patternText({
  name,
  pre,
  post,
  capacity,
  targets,
  sources,
  postStarts,
}: PlacedPattern): string {
  const tables = [
    'post cells by synapse',
    ...(sources === undefined ? [] : ['pre cells by synapse']),
    ...(postStarts === undefined ? [] : ['synapses by post cell']),
  ]
  const size = `${pre} x ${post} cells, room for ${capacity} synapses`
  return `  ${targets} pattern ${name}: ${size}; ${tables.join(', ')}`
}

class ProgramText {
  readonly #planned: Planned
  readonly #work: Work
  readonly #map: MemoryMap
  readonly #bytes: number

  constructor(planned: Planned, map: MemoryMap, bytes: number) {
    this.#planned = planned
    this.#work = planned.work
    this.#map = map
    this.#bytes = bytes
  }

  lines(): string[] {
    const { name, schedule } = this.#planned
    const waits = schedule.steps.filter(({ barrier }) => barrier).length
    const counts = `${plural(schedule.steps.length, 'kernel')}, ${plural(waits, 'barrier')}`
    const copies = schedule.copies.map(
      ({ from, to }) =>
        `  copy ${this.#named(from)} to ${'name' in to ? to.name : this.#place(to)}, by the first thread`,
    )
    return [
      `program ${name}: ${counts}`,
      ...schedule.steps.flatMap(({ kernel, barrier, together }) => [
        ...(barrier ? ['  -- threads wait for each other'] : []),
        ...(together !== undefined
          ? [`  -- the next ${together} together, ${PIECE} elements at a time`]
          : []),
        ...this.#kernel(kernel),
      ]),
      ...copies,
    ]
  }

  #kernel(kernel: Kernel): string[] {
    const { kind, space, producer, inner, members } = kernel
    const share = shareOf(this.#work, kernel)
    const isActive = this.#planned.active.has(kernel) ? ', where cells have events' : ''
    const how = share === 'first thread' ? 'by the first thread' : `${share} shared${isActive}`
    const reads = [...new Set(readsOf(this.#work, kernel).map(({ operand }) => operand.value))]
    const own = [...inner, ...(producer === undefined ? [] : [producer]), ...members]
    return [
      `  ${this.#kind(kernel)} ${formatShape([space.rows, space.columns] satisfies Dim[])}, ${how}`,
      ...(reads.length > 0 ? [`    reads ${reads.map((id) => this.#read(id)).join(', ')}`] : []),
      ...own.map((id) => `    ${this.#value(id, kind)}`),
    ]
  }

  #kind(kernel: Kernel): string {
    const { kind } = kernel
    if (kind === 'map') return kind
    const { making } = nodeAt(this.#work.values, producerOf(kernel))
    if (kind === 'product' && making.kind === 'other' && making.node.op === 'matmul') {
      return `product ${formOf(making.node)}`
    }
    if ((kind === 'single' || kind === 'convolution') && making.kind === 'other')
      return making.node.op
    return `reduction to ${kind === 'total' ? 'a number' : kind}`
  }

  #value(id: WorkId, kind: Kernel['kind']): string {
    const { making, args, origin } = nodeAt(this.#work.values, id)
    const names = args.map(({ value }) => this.#named(value))
    const text =
      making.kind === 'map'
        ? mapText(making.fn, names)
        : making.kind === 'other'
          ? `${making.node.op === 'reduce' ? making.node.fn : making.node.op}(${names.join(', ')})`
          : kind
    const place = this.#lies(id)
    return `${this.#named(id)} = ${text}${place === undefined ? '' : ` -> ${place}`}${origin ? ` ; ${lineComment(origin.text)}` : ''}`
  }

  #read(id: WorkId): string {
    const place = this.#planned.schedule.places[id]
    if (!place || place.region === 'host') return this.#named(id)
    return `${this.#named(id)} (${this.#lies(id)})`
  }

  /** Where a value is kept: in memory, as a list of cells, or as both. */
  #lies(id: WorkId): string | undefined {
    const place = this.#planned.schedule.places[id]
    const list = this.#planned.lists.get(id)
    if (!list) return place && this.#place(place)
    return place && !list.alone ? `${this.#place(place)} and a list of cells` : 'a list of cells'
  }

  #named(id: WorkId): string {
    const { making, name } = nodeAt(this.#work.values, id)
    switch (making.kind) {
      case 'host':
        return hostText(this.#work.graph, making.node)
      case 'input':
      case 'storage':
        return making.name
      case 'recall':
        return `${making.name} ${plural(making.lag, 'step')} ago`
      case 'map':
      case 'other':
        return name ?? `%${id}`
    }
  }

  #place(place: Place): string {
    switch (place.region) {
      case 'host':
        return `scalar ${place.slot}`
      case 'input':
        return 'input'
      case 'storage':
        return `storage ${place.name}`
      case 'ring':
        return `ring ${place.name}`
      case 'piece':
        return 'a piece'
      case 'program':
        return String(this.#map.programBase + place.offset * this.#bytes)
      case 'example':
        return `example + ${this.#map.exampleStart + place.offset * this.#bytes}`
    }
  }
}

function mapText(fn: string, names: readonly string[]): string {
  return fn === 'copy' ? (names[0] ?? '?') : `${fn}(${names.join(', ')})`
}

/** A host scalar, as it is computed. */
function hostText(graph: Graph, id: ValueId): string {
  const node = nodeAt(graph.nodes, id)
  switch (node.op) {
    case 'const':
      return writeNumber(node.value)
    case 'scalar':
      if (node.source === 'batch') return 'batch'
      return node.source === 'rate' ? `rate(${node.name})` : node.name
    case 'map':
      return `${node.fn}(${node.args.map((arg) => hostText(graph, arg)).join(', ')})`
    default:
      return `%${id}`
  }
}

/** `tape of 7 steps for the gradient through time: 3 values of each, 336 bytes in all`. */
function tapeText({ steps, kept, bytes, copies }: TapeSize): string {
  const more = copies
    ? `; a window is gone back through in segments of as many, with copies of ${plural(copies.kept, 'value')} at the beginning of each, ${plural(copies.bytes, 'byte')} in all, and all but its last segment are done twice`
    : ''
  return `tape of ${plural(steps, 'step')} for the gradient through time: ${plural(kept, 'value')} of each, ${plural(bytes, 'byte')} in all${more}`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
