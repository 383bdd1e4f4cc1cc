/** Lists of spikes as data: `spikes("in.csv", time = t, cell = i)` drives a population, step by step. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { writtenOut } from '../../runtime/data/sparse-rows.ts'
import { spikesByStep, stepOf } from '../../runtime/data/spikes.ts'
import { decodeNpz, encodeNpz } from '../../runtime/node/io/npz.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { Workplace } from './run-cli.ts'

const circuit = (reader: string, present = 'present e.n = s once', more = ''): string => `
dataset played {
  field s[4]
  train ${reader}
}
cell Source { input n  spike s = n }
cell T { compartment soma  state v = 0 : 5 ms * dv/dt = -v + soma }
population e[4] : Source
population o[1] : T
connect e.s -> o.soma as W { init 1 }
experiment run {
  data played
  ${present}
  step 0.1 ms  duration 10 ms  ${more}
  record times(e.s)
}`

const inMs = 't,i\n0,0\n0.3,1\n1.25,2\n1.25,2\n2.0000000001,3\n4.99999999,0\n'
const place = new Workplace({
  'a.ccn': circuit('spikes("a.csv", time = t, cell = i, unit = ms)'),
  'again.ccn': circuit('spikes("a.csv", time = t, cell = "i", unit = "ms")', 'present e.n = s'),
  'z.ccn': circuit('spikes("z.npz", time = times, cell = ids)'),
  'nwb.ccn': circuit('spikes("z.npz", time = spike_times, index = spike_times_index)'),
})
const array = (values: readonly number[]) => ({
  shape: [values.length],
  data: Float64Array.from(values),
})
afterAll(() => place.remove())

const events = (run: string): readonly (readonly number[])[] => {
  const part = decodeNpz(readFileSync(place.path(`runs/${run}/records/part-0001.npz`)), 'part')
  const cells = part.get('cell(times(e.s))')!.data
  return [...part.get('step(times(e.s))')!.data].map((step, i) => [step, cells[i]!])
}
const expected = [
  [0, 0],
  [3, 1],
  [12, 2],
  [12, 2],
  [20, 3],
  [50, 0],
]

describe('a list of spikes', () => {
  it.each(['a', 'z', 'nwb'])('drives a population in the steps of its times: %s', async (name) => {
    place.write('a.csv', inMs)
    const archive = new Map([
      ['times', array([0, 3e-4, 1.25e-3, 1.25e-3, 2e-3, 5e-3])],
      ['ids', array([0, 1, 2, 2, 3, 0])],
      ['spike_times', array([0, 5e-3, 3e-4, 1.25e-3, 1.25e-3, 2e-3])],
      ['spike_times_index', array([2, 3, 5, 6])],
    ])
    place.write('z.npz', encodeNpz(archive))
    const { err } = await place.run(`train ${name}.ccn --name ${name} --data-dir .`)
    expect(err).toBe('')
    expect(events(name)).toEqual(expected)
  })

  it('begins again after its last step, unless it is presented once', async () => {
    place.write('a.csv', inMs)
    const { err } = await place.run('train again.ccn --name again --data-dir .')
    expect(err).toBe('')
    const again = expected.map(([step = 0, cell = 0]) => [step + 51, cell])
    expect(events('again')).toEqual([...expected, ...again].filter(([step = 0]) => step < 100))
  })

  it('drives the examples of a batch, each with its own spikes or all with all', async () => {
    place.write('a.csv', 't,i,k\n0,0,1\n0.3,1,0\n0.3,2,1\n9.9,3,1\n')
    const batch = (reader: string): string => circuit(reader, undefined, 'batch 2')
    place.write('own.ccn', batch('spikes("a.csv", time = t, cell = i, example = k, unit = ms)'))
    place.write('all.ccn', batch('spikes("a.csv", time = t, cell = i, unit = ms)'))
    const examples = async (name: string): Promise<readonly (readonly number[])[]> => {
      const { err } = await place.run(`train ${name}.ccn --name ${name} --data-dir .`)
      expect(err).toBe('')
      const part = decodeNpz(readFileSync(place.path(`runs/${name}/records/part-0001.npz`)), 'part')
      const of = part.get('example(times(e.s))')!.data
      return events(name).map((each, i) => [...each, of[i]!])
    }
    expect(await examples('own')).toEqual([
      [0, 0, 1],
      [3, 1, 0],
      [3, 2, 1],
      [99, 3, 1],
    ])
    const both = [[0, 0], [3, 1], [3, 2], [99, 3]] as const // prettier-ignore
    expect((await examples('all')).toSorted()).toEqual(
      both.flatMap(([step, cell]) => [[step, cell, 0], [step, cell, 1]]).toSorted(), // prettier-ignore
    )
    place.write('a.csv', 't,i,k\n0,0,2\n')
    const { err } = await place.run('train own.ccn --name own --force --data-dir .')
    expect(err).toContain('line 2: a spike of example 2; there are the examples 0 to 1.')
  })

  it('may be an archive with the times of each cell', async () => {
    place.write('trains.ccn', circuit('spikes("trains.npz")'))
    const trains = [[0, 5e-3], [3e-4], [1.25e-3, 1.25e-3], [2e-3]]
    for (const before of ['', 'arr_']) {
      const arrays = trains.map((train, cell) => [`${before}${cell}`, array(train)] as const)
      place.write('trains.npz', encodeNpz(new Map(arrays.toReversed())))
      const { err } = await place.run('train trains.ccn --name trains --force --data-dir .')
      expect(err).toBe('')
      expect(events('trains')).toEqual(expected)
    }
  })

  it.each([
    [['arr_1', '1'], 'has two arrays of cell 1: arr_1 and 1'],
    [
      ['0', 'arr_99999999'],
      'cell 99999999: a spike of cell 99999999; the field s has the cells 0 to 3',
    ],
  ])('of an archive of cells is refused: %j', async (names, message) => {
    place.write('trains.npz', encodeNpz(new Map(names.map((name) => [name, array([0])]))))
    const { err } = await place.run('train trains.ccn --name trains --force --data-dir .')
    expect(err).toContain(message)
  })

  it('is not standardised, and may be played in part', async () => {
    place.write('a.csv', inMs)
    const said = 'spikes("a.csv", time = t, cell = i, unit = ms, skip = 10)'
    place.write('part.ccn', circuit(said))
    await place.run('train part.ccn --name part --data-dir .')
    expect(events('part')).toEqual([[2, 2], [2, 2], [10, 3], [40, 0]]) // prettier-ignore
    place.write('part.ccn', circuit(said).replace('data played', 'data played { standardise }'))
    const { err } = await place.run('train part.ccn --name part --force --data-dir .')
    expect(err).toContain('a list of spikes is not standardised')
  })

  it.each([
    ['t,i\n-1,0\n', 'line 2: a spike at the time -1; times are 0 or above'],
    ['t,i\n1,4\n', 'line 2: a spike of cell 4; the field s has the cells 0 to 3'],
    ['t,i\n1,0.5\n', 'line 2: a spike of cell 0.5'],
    ['t,i\n1,0\nnan,0\n', 'line 3: "nan" is no number'],
    ['t,i\n1\n', 'line 2: 1 fields where the first row has 2'],
    ['time,i\n1,0\n', 'has no column t; its header row reads: time, i'],
    ['t,i,t\n1,0,2\n', 'has two columns t: give them names of their own'],
    ['', 'is empty: it has no header row'],
    ['t,i\n1e12,0\n', 'are more than can be played'],
  ])('is refused: %j', async (text, message) => {
    place.write('a.csv', text)
    const { err, code } = await place.run('train a.ccn --name bad --force --data-dir .')
    expect(code).not.toBe(0)
    expect(err).toContain(message)
  })

  it.each([
    [{ times: array([0, 1]), ids: array([0]) }, 'has 2 times, but 1 cells'],
    [{ times: array([0, 1]) }, 'has no array ids, only: times'],
    [
      { times: { shape: [2, 2], data: new Float64Array(4) }, ids: array([0, 1, 2, 3]) },
      'array times is [2, 2], and no list',
    ],
  ])('in an archive is refused: %#', async (arrays, message) => {
    place.write('z.npz', encodeNpz(new Map(Object.entries(arrays))))
    const { err, code } = await place.run('train z.ccn --name bad --force --data-dir .')
    expect(code).not.toBe(0)
    expect(err).toContain(message)
  })

  it.each([
    [[0, 1, 5, 6], 'the index says that the spikes of cell 3'],
    [[0, 1, 0, 5], 'the index says that the spikes of cell 2 end at 0'],
    [[0, 1, 2, 3], 'the index ends at spike 3, but there are 5'],
  ])('with a wrong index is refused: %j', async (index, message) => {
    const arrays = { spike_times: array([0, 0, 0, 0, 0]), spike_times_index: array(index) }
    place.write('z.npz', encodeNpz(new Map(Object.entries(arrays))))
    const { err, code } = await place.run('train nwb.ccn --name bad --force --data-dir .')
    expect(code).not.toBe(0)
    expect(err).toContain(message)
  })
})

describe('what a list of spikes needs', () => {
  const reader = 'spikes("a.csv", time = t, cell = i)'
  it.each([
    [circuit('spikes("a.csv", time = 3)'), 'CCN6008 `time` must be a name, but is 3.'],
    [
      circuit('spikes("a.csv", unit = minutes)'),
      'CCN6008 `unit` must be `s`, `ms`, `us`, but is "minutes".',
    ],
    [circuit('spikes()'), 'CCN2006 `spikes` needs a value for `file`.'],
    [circuit('spikes("a.csv", tiem = t)'), 'CCN2005 `spikes` has no option named `tiem`.'],
    [
      circuit(reader, 'present e.n = s for 1 ms'),
      'CCN6008 What `played`, a list of spikes, is presented for must be one step, but is 10 steps.',
    ],
  ])('%#', (text, message) => {
    expect(errorsOf(compileText(text))).toEqual([expect.stringContaining(message)])
  })
})

describe('the step of a time', () => {
  it.each([
    [0, 0],
    [2.9999999, 3],
    [3, 3],
    [3.5, 3],
    [3.999, 3],
    [1e6 - 0.005, 1e6],
    [1e6 - 0.02, 1e6 - 1],
  ])('%d', (steps, step) => expect(stepOf(steps)).toBe(step))

  it('is where several spikes of a cell are counted', () => {
    const part = spikesByStep(
      { times: [1, 1.05, 1.1], cells: [0, 0, 1] },
      { unit: 1, step: 0.1, examples: 1 },
      { dataset: 'd', fields: [{ name: 's', shape: [2] }] },
      String,
    )
    expect(part.count).toBe(12)
    expect([...writtenOut(part.sparse!['s']!, [10, 11, 3])]).toEqual([2, 0, 0, 1, 0, 0])
  })

  it('takes as much memory as there are spikes, however long it is', () => {
    const count = 200_000
    const at = (k: number): number => (k * 7919) % count
    const part = spikesByStep(
      {
        times: Float64Array.from({ length: count }, (_, k) => at(k) * 5e-4),
        cells: Uint32Array.from({ length: count }, (_, k) => at(k) % 1000),
      },
      { unit: 1, step: 1e-4, examples: 1 },
      { dataset: 'd', fields: [{ name: 's', shape: [1000] }] },
      String,
    )
    expect(part.count).toBe(5 * (count - 1) + 1)
    const { rows, places } = part.sparse!['s']!
    expect([rows.length, places.length]).toEqual([count, count])
    expect(rows.every((row, k) => row === 5 * k)).toBe(true)
    const written = writtenOut(part.sparse!['s']!, [5 * 123_456])
    expect([written.length, written.indexOf(1)]).toEqual([1000, 456])
  })
})
