/**
 * Element-wise functions over a single row whose addresses are known but for host scalars, as circuits with
 * a past have them: over all of it, or over the synapses of cells that have an event.
 */
import type { Body } from './body.ts'
import { BodyEmitter, type TableOf } from './body-emitter.ts'
import { emitActive, type EventTables } from './events.ts'
import type { Lanes } from './lanes.ts'
import { frame, type KnownAddresses } from './loops.ts'
import type { ModuleBuilder } from './module.ts'
import { access, get, int, mul, sub, type Code, type FunctionType, type Local } from './tree.ts'

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
  const visit = (shift: number): void => {
    const position = { full: here, row: here, column: none, rowNumber: none, shift }
    emitter.write(emitter.values(0, body.own.length, new Map(), position), position)
  }
  const pair = [0, lanes.vectorBytes].map((offset) => fn.collect(() => visit(offset)))
  const rest = fn.define('rest', sub(get(end), int(lanes.vectorBytes)))
  fn.continueCount(at, get(rest), 2 * lanes.vectorBytes, () => {
    const [first = [], second = []] = pair
    for (let i = 0; i < Math.max(first.length, second.length); i++) {
      const both = [first[i], second[i]].filter((each) => each !== undefined)
      fn.push(...both)
    }
  })
  fn.continueCount(at, get(end), lanes.vectorBytes, () => visit(0))
  return module.add(fn.build())
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
  const values = (): ReadonlyMap<number, Local> =>
    emitter.values(0, body.own.length, new Map(), position)
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
        vector: () => emitter.write(values(), position),
        first: (count) => emitter.writeFirst(values(), position, count),
      }),
  )
  return module.add(fn.build())
}
