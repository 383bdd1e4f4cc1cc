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
import { withUsual } from './math/index.ts'
import type { ModuleBuilder } from './module.ts'
import {
  access,
  add,
  br,
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
  tables: TableOf,
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
  const all = groupOf(fn, emitter, body, places)
  const forGroups = (leave?: string): void => {
    fn.continueCount(at, get(rest), together * lanes.vectorBytes, () => {
      fn.push(...all.values)
      if (leave !== undefined) fn.push(brIf(leave, op('lanes.any', all.unusual!)))
      fn.push(...all.writes)
    })
  }
  const next = (): void => {
    emitter.write(emitter.values(0, body.own.length, new Map(), place(0)), place(0))
    fn.set(at, add(get(at), int(lanes.vectorBytes)))
  }
  const isAtEnd = (): Code => op('int.ge', get(at), get(end))
  fn.block((done) =>
    fn.loop((again) => {
      // Left where an argument is unusual: that vector is computed by the code for the last one.
      fn.block((leave) => {
        forGroups(all.unusual && leave)
        fn.push(brIf(done, isAtEnd()))
      })
      next()
      fn.push(br(again))
    }),
  )
  return module.add(fn.build())
}

/**
 * Statements for some vectors, turn by turn, so that none waits for itself; and where their functions have
 * shorter code for usual arguments, the mask of what is none of these.
 */
function groupOf(
  fn: FunctionBuilder,
  emitter: BodyEmitter,
  body: Body,
  places: readonly Position[],
): { readonly values: Code[]; readonly writes: Code[]; readonly unusual?: Code } {
  const hasUsual = body.computed.some((each) => each && withUsual.has(each.fn))
  const unusual: Code[] = []
  const writes: Code[] = []
  const each = places.map((position) =>
    fn.collect(() => {
      const masks = hasUsual ? unusual : undefined
      const known = emitter.values(0, body.own.length, new Map(), position, masks)
      writes.push(...fn.collect(() => emitter.write(known, position)))
    }),
  )
  const longest = Math.max(...each.map(({ length }) => length))
  const values = Array.from({ length: longest }, (_, i) =>
    each.map((statements) => statements[i]).filter((statement) => statement !== undefined),
  ).flat()
  if (unusual.length === 0) return { values, writes }
  return { values, writes, unusual: unusual.reduce((a, b) => op('lanes.or', a, b)) }
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
