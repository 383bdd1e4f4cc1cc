/**
 * Element-wise functions over a single row whose addresses are known but for host scalars, as circuits with
 * a past have them: over all of it, or over the synapses of cells that have an event.
 */
import type { Body } from './body.ts'
import { BodyEmitter, type Position, type TableOf } from './body-emitter.ts'
import { emitActive, type EventTables } from './events.ts'
import type { Lanes } from './lanes.ts'
import { frame, type KnownAddresses } from './loops.ts'
import type { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import { ListWriter, type ListPlace } from './sent-lists.ts'
import { usualOf, type Test } from './usual.ts'
import type { VectorValues } from './vector-values.ts'
import {
  access,
  add,
  br,
  brIf,
  get,
  int,
  mul,
  op,
  select,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from './tree.ts'

/** Values of a loop so short that its end would take a good part of the time. */
const SHORT = 6
/** Vectors since the last unusual one below which more go alone, twice as many each time. */
const NEAR = 16

/**
 * The function of element-wise functions over a single row, whose addresses are known but for host
 * scalars: nothing is left to be computed of an address in the loop.
 */
export function rowFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  name: string,
  body: Body,
  known: KnownAddresses,
  {
    tables,
    lists,
  }: {
    readonly tables: TableOf
    /** Of own values that are listed. */
    readonly lists: ReadonlyMap<number, ListPlace>
  },
): FunctionType {
  const f = frame(name, body, known, tables)
  const { fn } = f
  const emitter = new BodyEmitter(module, fn, lanes, body, f)
  emitter.hoist()
  const at = fn.define('at', mul(get(f.from), int(lanes.bytes)))
  const end = fn.define('end', mul(get(f.to), int(lanes.bytes)))
  const here = (): Code => get(at)
  const none = (): Code => int(0)
  const place = (shift: number): Position => ({
    full: here,
    row: here,
    column: none,
    rowNumber: none,
    shift,
  })
  const together = body.own.length <= SHORT ? 4 : 2
  const rest = fn.define('rest', sub(get(end), int((together - 1) * lanes.vectorBytes)))
  const places = Array.from({ length: together }, (_, i) => place(i * lanes.vectorBytes))
  const all = groupOf(fn, lanes, emitter, body, places)
  const forGroups = (leave?: string): void => {
    fn.continueCount(at, get(rest), together * lanes.vectorBytes, () => {
      fn.push(...all.tested)
      if (leave !== undefined) fn.push(brIf(leave, op('lanes.any', all.unusual!)))
      fn.push(...all.rest)
    })
  }
  const writers = [...lists].map(([own, list]) => ({
    own,
    writer: new ListWriter(fn, lanes, list, f.from),
  }))
  const next = (): void => {
    const values = emitter.at(place(0))
    for (const own of body.own.keys()) values.compute(own)
    emitter.write(values.known, place(0))
    const cell = op('int.div', get(at), int(lanes.bytes))
    for (const { own, writer } of writers) writer.note(values.mask({ own }), cell)
    fn.set(at, add(get(at), int(lanes.vectorBytes)))
  }
  const isAtEnd = (): Code => op('int.ge', get(at), get(end))
  // Where groups are left again and again, as by cells that spike in most steps, more and more vectors go alone.
  const left = fn.define('left', sub(get(at), int(NEAR * lanes.vectorBytes)))
  const alone = fn.local('int', 'alone')
  const until = fn.local('int', 'until')
  fn.block((done) =>
    fn.loop((again) => {
      // Left where an argument is unusual: that vector is computed by the code for the last one.
      fn.block((leave) => {
        forGroups(all.unusual && leave)
        fn.push(brIf(done, isAtEnd()))
      })
      if (all.unusual) {
        const isNear = op('int.lt', sub(get(at), get(left)), int(NEAR * lanes.vectorBytes))
        fn.set(alone, select(mul(get(alone), int(2)), int(lanes.vectorBytes), isNear))
        fn.set(until, add(get(at), get(alone)))
        fn.set(until, select(get(until), get(end), op('int.lt', get(until), get(end))))
        fn.while(() => op('int.lt', get(at), get(until)), next)
        fn.set(left, get(at))
      } else next()
      fn.push(br(again))
    }),
  )
  for (const { writer } of writers) writer.close(f.from, f.to)
  return module.add(fn.build())
}

/** Statements for some vectors: up to what tells whether all of them are as usual, and what follows if they are. */
interface Group {
  readonly tested: readonly Code[]
  /** Not 0 where a vector is unusual; none where nothing can be. */
  readonly unusual?: Code
  readonly rest: readonly Code[]
}

function groupOf(
  fn: FunctionBuilder,
  lanes: Lanes,
  emitter: BodyEmitter,
  body: Body,
  places: readonly Position[],
): Group {
  const { body: shorter, tests, tested, rest } = usualOf(body)
  const usual = emitter.for(shorter)
  const vectors = places.map((position) => usual.at(position))
  const unusual: Code[] = []
  const before = vectors.map((values) =>
    fn.collect(() => {
      for (const own of tested) values.compute(own, unusual)
      for (const test of tests) unusual.push(fails(lanes, values, test))
    }),
  )
  const after = vectors.map((values, i) =>
    fn.collect(() => finish(usual, shorter, values, rest, places[i]!)),
  )
  return {
    tested: inTurn(before),
    ...(unusual.length > 0 && { unusual: unusual.reduce((a, b) => op('lanes.or', a, b)) }),
    rest: inTurn(after),
  }
}

/** Statement by statement of each, so that none waits for itself. */
function inTurn(each: readonly (readonly Code[])[]): readonly Code[] {
  const longest = Math.max(...each.map(({ length }) => length))
  return Array.from({ length: longest }, (_, i) =>
    each.map((statements) => statements[i]).filter((statement) => statement !== undefined),
  ).flat()
}

/** Bits that are set where a test fails: a finite number less itself is 0, all others are NaN then. */
function fails(lanes: Lanes, values: VectorValues, test: Test): Code {
  if (test.kind === 'untrue') return values.mask({ own: test.own })
  const x = values.number(test.reference)
  return lanes.binary('sub', x, x)
}

/** Computes the rest, and writes each result as soon as nothing is to be read any more where it lies. */
function finish(
  emitter: BodyEmitter,
  { written, computed }: Body,
  values: VectorValues,
  rest: readonly number[],
  position: Position,
): void {
  const isDone = written.map(() => false)
  const readLater = (from: number): readonly number[] =>
    [
      ...rest.slice(from).flatMap((own) => computed[own]?.references ?? []),
      ...written.flatMap(({ as }, output) => (isDone[output] ? [] : [as])),
    ].flatMap((each) => ('source' in each && !values.hasLoaded(each.source) ? [each.source] : []))
  const isReady = ({ as }: Body['written'][number]): boolean =>
    'own' in as ? values.known.has(as.own) : true
  const write = (from: number): void => {
    written.forEach((each, output) => {
      if (isDone[output] || !isReady(each)) return
      const needed = readLater(from).some(
        (source) =>
          !('source' in each.as && each.as.source === source) && emitter.mayBe(source, output),
      )
      if (needed) return
      isDone[output] = true
      emitter.writeOne(output, values.number(each.as), position)
    })
  }
  rest.forEach((own, i) => {
    values.compute(own)
    write(i + 1)
  })
  write(rest.length)
  // What lies where another result is to be written is read before.
  const left = written.flatMap((each, output) => (isDone[output] ? [] : [{ each, output }]))
  const last = left.map(({ each, output }) => ({ output, value: values.number(each.as) }))
  for (const { output, value } of last) emitter.writeOne(output, value, position)
}

/**
 * The same over synapses, of which only those are visited whose cells have an event: first the rows of
 * pre cells, then what post cells have beside. Where `visitAll` says so, all of them are.
 */
export function activeFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  name: string,
  body: Body,
  addresses: { readonly known: KnownAddresses; readonly tables: TableOf },
  events: EventTables,
): FunctionType {
  const f = frame(name, body, addresses.known, addresses.tables)
  const { fn } = f
  const emitter = new BodyEmitter(module, fn, lanes, body, f)
  emitter.hoist()
  const at = fn.local('int', 'at')
  const position = {
    full: () => get(at),
    row: () => get(at),
    column: () => int(0),
    rowNumber: () => int(0),
  }
  const values = (more: Partial<Position> = {}): ReadonlyMap<number, Local> =>
    emitter.values(0, body.own.length, new Map(), { ...position, ...more })
  fn.branch(
    access('int.load', events.visitAll, int(0)),
    () => {
      const end = fn.define('end', mul(get(f.to), int(lanes.bytes)))
      fn.count(at, mul(get(f.from), int(lanes.bytes)), get(end), lanes.vectorBytes, () =>
        emitter.write(values(), position),
      )
    },
    () =>
      emitActive({ fn, lanes, from: f.from, to: f.to, at }, events, {
        vector: (cells) => emitter.write(values({ cells }), position),
        first: (cells, count) =>
          emitter.writeFirst(values({ cells, single: count === undefined }), position, count),
      }),
  )
  return module.add(fn.build())
}
