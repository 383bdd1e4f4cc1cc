/** Between synapses and a matrix [post, pre]: done by one thread, as when a network is made. */
import { access, add, get, int, mul, op, type Code, type Local } from '../../tree.ts'
import { entry, elementAt, type SynapseSite } from './site.ts'

/** The matrix with what each synapse has, 0 elsewhere; repeats add up in their order. */
export function emitToMatrix(site: SynapseSite): void {
  const { fn, lanes, node, given, stride } = site
  const size = mul(int(node.pattern.post), stride(-1))
  fn.push(op('memory.fill', get(given.result), int(0), size))
  const at = fn.local('int', 'at')
  forEach(site, (s, place) => {
    fn.set(at, add(get(given.result), place(stride(-1))))
    const before = access(lanes.scalarLoad, 0, get(at))
    const value = access(lanes.scalarLoad, 0, elementAt(lanes, given.first, get(s)))
    const sum = op(`${lanes.precision}.add`, before, value)
    fn.push(access(lanes.scalarStore, 0, get(at), sum))
  })
}

/** The entry of each synapse. */
export function emitFromMatrix(site: SynapseSite): void {
  const { fn, lanes, given, stride } = site
  forEach(site, (s, place) => {
    const value = access(lanes.scalarLoad, 0, add(get(given.first), place(stride(0))))
    fn.push(access(lanes.scalarStore, 0, elementAt(lanes, given.result, get(s)), value))
  })
}

/** Each synapse, with where its pair is in a matrix whose rows are so many bytes apart. */
function forEach(
  { fn, lanes, node, tables }: SynapseSite,
  build: (synapse: Local, place: (stride: Code) => Code) => void,
): void {
  const j = fn.local('int', 'j')
  const s = fn.local('int', 's')
  const end = fn.local('int', 'end')
  fn.count(j, int(0), int(node.pattern.pre), 1, () => {
    fn.set(end, entry(lanes, tables.starts + lanes.intBytes, get(j)))
    fn.count(s, entry(lanes, tables.starts, get(j)), get(end), 1, () =>
      build(s, (stride) =>
        add(mul(entry(lanes, tables.targets, get(s)), stride), mul(get(j), int(lanes.bytes))),
      ),
    )
  })
}
