/**
 * Lists of spikes in files: `spikes("in.csv", time = t, cell = i)`, columns of a CSV file or arrays of an .npz
 * archive (.npz also as `index = spike_times_index`, where the times of one cell follow those of the one before
 * and its end stands in the index, as NWB keeps them, or with an array of times for each cell).
 */
import { forEachCsvRow } from '../../io/csv.ts'
import { spikesByStep, timeUnits, type SpikeList } from '../../data/spikes.ts'
import { argumentError, fileNames, type Reader, type ReaderContext } from '../../data/reader.ts'
import { DataError } from '../../data/types.ts'
import type { ReaderPlan } from '../../../contract/dataset.ts'
import { textOf } from '../io/formats.ts'
import { openNpz } from '../io/npz.ts'
import { readDataFiles, withDataFiles } from './files.ts'
import { columnNamed, rowFound } from './header.ts'
import { onlyThese, short } from '../../io/names.ts'

/** What a spike of a list is called in messages. */
interface Found extends SpikeList {
  readonly at: (k: number) => string
}

export const spikes: Reader = {
  async read(plan, context) {
    const { step, named, examples = 1 } = plan
    if (step === undefined) throw argumentError(plan, context, 'needs a run by a clock')
    const unit = timeUnits[String(named['unit'] ?? 's')] ?? 1
    const [file = ''] = fileNames(plan)
    const found = /\.npz(\.gz)?$/i.test(file)
      ? await fromArchive(plan, context)
      : await fromTable(plan, context)
    return spikesByStep(found, { unit, step, examples }, context, found.at)
  },
}

type Argument = 'time' | 'cell' | 'example'

const nameOf = ({ named }: ReaderPlan, argument: Argument): string =>
  String(named[argument] ?? argument)

/** What is read of each spike: its example where that is named. */
const wantedOf = ({ named }: ReaderPlan): readonly Argument[] =>
  named['example'] === undefined ? ['time', 'cell'] : ['time', 'cell', 'example']

async function fromTable(plan: ReaderPlan, context: ReaderContext): Promise<Found> {
  if (plan.named['index'] !== undefined)
    throw argumentError(plan, context, 'has an index only in an .npz archive')
  const [file] = await readDataFiles(fileNames(plan), context)
  const { path, bytes } = file!
  let text: string
  try {
    text = textOf(bytes, path)
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'IoError') throw error
    throw new DataError(`${path} is too large for a CSV file: save it as .npz.`)
  }
  const wanted = wantedOf(plan)
  const values = wanted.map((): number[] => [])
  const lines: number[] = []
  let columns: readonly number[] | undefined
  forEachCsvRow(text, path, (row, line) => {
    if (!columns) {
      const header = row.map((name) => name.trim())
      columns = wanted.map((argument) => {
        const name = nameOf(plan, argument)
        const at = columnNamed(name, header, path)
        if (at !== undefined) return at
        throw new DataError(`${path} has no column ${name}; ${rowFound(header)}.`)
      })
      return
    }
    for (const [k, column] of columns.entries()) {
      const value = row[column]!.trim() === '' ? Number.NaN : Number(row[column])
      if (!Number.isFinite(value))
        throw new DataError(`${path}, line ${line}: "${short(row[column])}" is no number.`)
      values[k]!.push(value)
    }
    lines.push(line)
  })
  if (!columns) throw new DataError(`${path} is empty: it has no header row.`)
  const [times = [], cells = [], examples] = values
  return { times, cells, examples, at: (k) => `${path}, line ${lines[k]}` }
}

async function fromArchive(plan: ReaderPlan, context: ReaderContext): Promise<Found> {
  const [found] = await withDataFiles(fileNames(plan), context, (source, path): Found => {
    const { names, read } = openNpz(source, path)
    const list = (name: string): Float64Array => {
      if (!names.includes(name))
        throw new DataError(`${path} has no array ${name}, ${onlyThese(names)}.`)
      const { shape, data } = read(name, () => false)
      if (shape.filter((size) => size !== 1).length > 1)
        throw new DataError(`${path}, array ${name} is [${shape.join(', ')}], and no list.`)
      return Float64Array.from(data)
    }
    const trains = trainsIn(plan, names, path)
    if (trains)
      return together(
        [...trains].map(([cell, name]) => [cell, list(name)]),
        path,
      )
    const times = list(nameOf(plan, 'time'))
    const at = (k: number): string => `${path}, spike ${k}`
    const { index } = plan.named
    if (index !== undefined)
      return { times, cells: cellsOf(list(String(index)), times.length, path), at }
    const [, cells, examples] = wantedOf(plan).map((argument) => list(nameOf(plan, argument)))
    for (const [what, each] of Object.entries({ cells, examples })) {
      if (each && each.length !== times.length)
        throw new DataError(`${path} has ${times.length} times, but ${each.length} ${what}.`)
    }
    return { times, cells: cells ?? [], examples, at }
  })
  return found!
}

/**
 * The arrays of an archive that has one of times for each cell, by the number in their names, as `np.savez(file,
 * *trains)` and `np.savez(file, **{"0": train, ...})` write them; undefined for another one. Cells that have none do not spike.
 */
function trainsIn(
  { named }: ReaderPlan,
  names: readonly string[],
  path: string,
): ReadonlyMap<number, string> | undefined {
  if (['time', 'cell', 'index'].some((each) => named[each] !== undefined)) return undefined
  const numbers = names.map((name) => /^(?:arr_)?(\d{1,8})$/.exec(name)?.[1])
  if (names.length === 0 || numbers.includes(undefined)) return undefined
  const byCell = new Map<number, string>()
  for (const [k, name] of names.entries()) {
    const cell = Number(numbers[k])
    const other = byCell.get(cell)
    if (other !== undefined)
      throw new DataError(`${path} has two arrays of cell ${cell}: ${other} and ${name}.`)
    byCell.set(cell, name)
  }
  return new Map([...byCell].toSorted(([a], [b]) => a - b))
}

/** The times of one cell after the other as one list. */
function together(trains: readonly (readonly [number, Float64Array])[], path: string): Found {
  const count = trains.reduce((sum, [, { length }]) => sum + length, 0)
  const times = new Float64Array(count)
  const cells = new Float64Array(count)
  let from = 0
  for (const [cell, train] of trains) {
    times.set(train, from)
    cells.fill(cell, from, from + train.length)
    from += train.length
  }
  return { times, cells, at: (k) => `${path}, cell ${cells[k]}` }
}

/** The cell of each spike, where `ends` says behind which spike those of a cell end. */
function cellsOf(ends: Float64Array, count: number, path: string): Float64Array {
  const cells = new Float64Array(count)
  let from = 0
  for (const [cell, end] of ends.entries()) {
    if (!(Number.isInteger(end) && end >= from && end <= count)) {
      throw new DataError(
        `${path}: the index says that the spikes of cell ${cell} end at ${end}, of ${from} to ${count}.`,
      )
    }
    cells.fill(cell, from, end)
    from = end
  }
  if (from < count)
    throw new DataError(`${path}: the index ends at spike ${from}, but there are ${count}.`)
  return cells
}
