/**
 * Lists of pairs from files: columns `pre` and `post` (`columns.ts`), or a sparse matrix [post, pre] as
 * scipy.sparse.save_npz writes it (CSR, CSC or COO), whose entries are the synapses in the order of its
 * `data`, zeros too.
 */
import { IoError } from '../../io/errors.ts'
import type { PairList } from '../../patterns/list.ts'
import { openNpz, type NpzArchive } from '../io/npz.ts'
import type { ByteSource } from '../io/source.ts'
import { columnNames, isArchive, readColumns } from './columns.ts'

interface Expected {
  readonly pre: number
  readonly post: number
  /** At most so many. */
  readonly capacity: number
  readonly array?: string | undefined
}

/** Reads the pairs of a file that is open. Throws IoError for what is none, or too long. */
export function readPairs(source: ByteSource, path: string, expected: Expected): PairList {
  const limit = (count: number): void => {
    if (count <= expected.capacity) return
    const more = `it has more than the ${expected.capacity} pairs that were there when the model was compiled`
    throw new IoError('use', path, more)
  }
  if (isArchive(source)) {
    const archive = openNpz(source, path)
    const format = formatOf(archive, path)
    if (format !== undefined) return { path, ...fromMatrix(archive, format, path, expected, limit) }
  }
  const { array } = expected
  const columns = ['pre', 'post']
  const [pre = [], post = []] = readColumns(source, path, { columns, array, rows: limit })
  return { path, pre, post }
}

/**
 * The pairs that stand beside the values `name` of a file: those of the entries of a sparse matrix, or its
 * columns `pre` and `post`. Undefined where nothing says of which pairs the values are.
 */
export function pairsBeside(
  source: ByteSource,
  path: string,
  name: string,
  cells: { readonly pre: number; readonly post: number },
): PairList | undefined {
  const expected = { ...cells, capacity: Infinity }
  if (isArchive(source)) {
    const archive = openNpz(source, path)
    if (formatOf(archive, path) !== undefined)
      return name === 'data' ? readPairs(source, path, expected) : undefined
    const isListed = ['pre', 'post', name].every(
      (each) => archive.names.includes(each) && archive.shape(each).length === 1,
    )
    return isListed ? readPairs(source, path, expected) : undefined
  }
  if (!/\.csv$/i.test(path)) return undefined
  const names = columnNames(source, path)
  return names.includes('pre') && names.includes('post')
    ? readPairs(source, path, expected)
    : undefined
}

/** How many pairs a file has: of arrays from their headers, of a table by reading it. */
export function countPairs(source: ByteSource, path: string, array?: string): number {
  if (isArchive(source)) {
    const archive = openNpz(source, path)
    const named = array ?? (formatOf(archive, path) === undefined ? 'pre' : indicesOf(archive))
    const [alone] = archive.names
    const found = archive.names.includes(named) || alone === undefined ? named : alone
    return archive.shape(found)[0] ?? 0
  }
  let most = 0
  const rows = (count: number): void => void (most = Math.max(most, count))
  readColumns(source, path, { columns: ['pre', 'post'], rows })
  return most
}

const formats = ['csr', 'csc', 'coo'] as const
type Format = (typeof formats)[number]

/** How a sparse matrix is stored; undefined for an archive that is none. Throws for other ways to store one. */
function formatOf(archive: NpzArchive, path: string): Format | undefined {
  const { names } = archive
  if (!names.includes('shape') || !names.includes('data')) return undefined
  const written = archive.text('format')
  const known = formats.find((each) => each === written)
  if (known) return known
  if (written !== undefined) {
    const reason = `it is a sparse matrix in the format ${written}: save it as CSR, CSC or COO, as by .tocsr()`
    throw new IoError('use', path, reason)
  }
  // Without a word of it, as CSR: the one that is written mostly.
  return names.includes('indptr') && names.includes('indices') ? 'csr' : undefined
}

const indicesOf = ({ names }: NpzArchive): string => (names.includes('indices') ? 'indices' : 'row')

function fromMatrix(
  archive: NpzArchive,
  format: Format,
  path: string,
  { pre, post }: Expected,
  limit: (count: number) => void,
): Pick<PairList, 'pre' | 'post'> {
  const fail = (reason: string): never => {
    throw new IoError('use', path, reason)
  }
  const list = (name: string, length?: number): ArrayLike<number> =>
    archive.read(name, (shape) => {
      const [count = 0] = shape
      if (shape.length !== 1 || (length !== undefined && count !== length)) {
        fail(`its array ${name} is [${shape.join(', ')}], not [${length ?? 'entries'}]`)
      }
      if (name !== 'indptr' && name !== 'shape') limit(count)
      return false
    }).data
  const [rows, columns] = Array.from(list('shape', 2))
  if (rows !== post || columns !== pre) {
    const turned = rows === pre && columns === post ? ': transpose it' : ''
    fail(
      `its matrix is [${rows}, ${columns}], but [${post}, ${pre}], post by pre, is needed${turned}`,
    )
  }
  if (format === 'coo') {
    const targets = list('row')
    return { pre: list('col', targets.length), post: targets }
  }
  const indices = list('indices')
  const starts = list('indptr', (format === 'csr' ? post : pre) + 1)
  const others = new Int32Array(indices.length)
  for (let cell = 0; cell + 1 < starts.length; cell++) {
    const [from, to] = [starts[cell] ?? 0, starts[cell + 1] ?? 0]
    const isSound = Number.isInteger(from) && from >= 0 && to >= from && to <= indices.length
    if (!isSound) fail('its array indptr does not ascend from 0 to the number of entries')
    others.fill(cell, from, to)
  }
  if (starts[0] !== 0 || starts[starts.length - 1] !== indices.length) {
    fail('its array indptr does not ascend from 0 to the number of entries')
  }
  return format === 'csr' ? { pre: indices, post: others } : { pre: others, post: indices }
}
