/**
 * Element-wise functions over a single row whose addresses are known but for host scalars, as circuits with
 * a past have them: over all of it, or over the synapses of cells that have an event.
 */
import { nodeAt } from '../ir/operands.ts'
import type { Body } from './body.ts'
import { BodyEmitter, type Position, type TableOf } from './body-emitter.ts'
import { emitActive, type EventTables } from './events.ts'
import type { Lanes } from './lanes.ts'
import { frame, type KnownAddresses } from './loops.ts'
import type { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import { ListWriter, type ListPlace } from './sent-lists.ts'
import { Strange } from './strange.ts'
import { detectingOf, independentOf, usualOf } from './usual.ts'
import type { VectorValues } from './vector-values.ts'
import {
  access,
  add,
  br,
  branch,
  brIf,
  get,
  int,
  mul,
  op,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from './tree.ts'

/** Values of a loop so short that its end would take a good part of the time. */
const SHORT = 6
/** Values after the test of a loop that is long. */
const LONG = 12

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
  const writers = [...lists].map(([own, list]) => ({
    own,
    writer: new ListWriter(fn, lanes, list, f.from),
  }))
  const note = (values: VectorValues, vector: number): void => {
    const cell = add(op('int.div', get(at), int(lanes.bytes)), int(vector * lanes.count))
    for (const { own, writer } of writers) writer.note(values.mask({ own }), cell)
  }
  const all = groupOf(fn, lanes, emitter, body, places, { own: [...lists.keys()], note })
  const { strange, detected } = all
  const isInside = all.isLong && lists.size === 0
  const unusual = strange && detected ? op('lanes.or', strange, detected) : (strange ?? detected)
  const any = (bits: Code | undefined): readonly Code[] => (bits ? [op('lanes.any', bits)] : [])
  const forGroups = (leave: string): void => {
    fn.continueCount(at, get(rest), together * lanes.vectorBytes, () => {
      fn.push(...all.tested)
      if (detected && isInside) {
        const leaving = any(strange).map((test) => brIf(leave, test))
        fn.push(branch(op('lanes.any', unusual!), [...leaving, ...all.detecting], all.rest))
      } else fn.push(...any(unusual).map((test) => brIf(leave, test)), ...all.rest)
    })
  }
  const next = (): void => {
    const values = emitter.at(place(0))
    for (const own of body.own.keys()) values.compute(own)
    emitter.write(values.known, place(0))
    note(values, 0)
    fn.set(at, add(get(at), int(lanes.vectorBytes)))
  }
  const isAtEnd = (): Code => op('int.ge', get(at), get(end))
  fn.block((done) =>
    fn.loop((again) => {
      // Left where something is strange: that vector is computed by the code for the last one.
      fn.block((leave) => {
        forGroups(leave)
        fn.push(brIf(done, isAtEnd()))
      })
      // Where something is detected, it goes on outside of the loop, which needs fewer registers so; but not where much
      // would have to be kept for it.
      if (detected && !isInside) {
        const isLeft = op('int.lt', get(at), get(rest))
        const isSound = any(strange).map((test) => op('int.isZero', test))
        const test = isSound.reduce((a, b) => op('int.and', a, b), isLeft)
        fn.branch(test, () => {
          fn.push(...all.detecting)
          fn.set(at, add(get(at), int(together * lanes.vectorBytes)))
          fn.push(br(again))
        })
      }
      next()
      fn.push(br(again))
    }),
  )
  for (const { writer } of writers) writer.close(f.from, f.to)
  return module.add(fn.build())
}

/** Statements for some vectors: up to what tells whether all of them are as usual, and what follows. */
interface Group {
  readonly tested: readonly Code[]
  /** Bits that are set where the shorter functions do not hold, or something is not finite; none where nothing can be so. */
  readonly strange?: Code
  /** Bits that are set where something is detected. */
  readonly detected?: Code
  /** What follows where all is as usual, and where something is detected. */
  readonly rest: readonly Code[]
  readonly detecting: readonly Code[]
  /** Whether much follows, for which much would have to be kept. */
  readonly isLong: boolean
}

function groupOf(
  fn: FunctionBuilder,
  lanes: Lanes,
  emitter: BodyEmitter,
  body: Body,
  places: readonly Position[],
  listed: {
    readonly own: readonly number[]
    readonly note: (values: VectorValues, vector: number) => void
  },
): Group {
  const { body: shorter, tests, tested, rest } = usualOf(body)
  const longer = detectingOf(body, listed.own)
  const [usual, detecting] = [emitter.for(shorter), emitter.for(longer.body)]
  const vectors = places.map((position) => usual.at(position))
  const strange = new Strange(lanes)
  const detected: Code[] = []
  const before = vectors.map((values) =>
    fn.collect(() => {
      for (const own of tested) values.compute(own, strange)
      for (const test of tests) {
        if (test.kind === 'untrue') detected.push(values.mask({ own: test.own }))
        else strange.notFinite(values.number(test.reference))
      }
    }),
  )
  const free = independentOf(body)
  const others = vectors.map((values) =>
    detecting.after(
      values,
      tested.filter((own) => free.has(own)),
    ),
  )
  const needed = [...longer.tested, ...longer.rest].sort((a, b) => a - b)
  const finished = (
    [by, { written, computed }]: readonly [BodyEmitter, Body],
    of: readonly VectorValues[],
    own: readonly number[],
  ): readonly Code[] =>
    inTurn(
      of.map((values, i) =>
        fn.collect(() => finish(by, { written, computed }, values, own, nodeAt(places, i))),
      ),
    )
  const either = (masks: readonly Code[]): Code | undefined =>
    masks.length === 0 ? undefined : masks.reduce((a, b) => op('lanes.or', a, b))
  const [odd, found] = [strange.bits(), either(detected)]
  const longerRest = finished(
    [detecting, longer.body],
    others,
    needed.filter((own) => !others.every((values) => values.has(own))),
  )
  const notes = others.flatMap((values, vector) => fn.collect(() => listed.note(values, vector)))
  return {
    tested: inTurn(before),
    ...(odd && { strange: odd }),
    ...(found && { detected: found }),
    rest: finished([usual, shorter], vectors, rest),
    detecting: [...longerRest, ...notes],
    isLong: rest.length > LONG,
  }
}

/** Statement by statement of each, so that none waits for itself. */
function inTurn(each: readonly (readonly Code[])[]): readonly Code[] {
  const longest = Math.max(...each.map(({ length }) => length))
  return Array.from({ length: longest }, (_, i) =>
    each.map((statements) => statements[i]).filter((statement) => statement !== undefined),
  ).flat()
}

/** Computes the rest, and writes each result as soon as nothing is to be read any more where it lies. */
function finish(
  emitter: BodyEmitter,
  { written, computed }: Pick<Body, 'written' | 'computed'>,
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
