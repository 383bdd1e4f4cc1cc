/** Lists of spikes as data: `spikes("in.csv", time = t, cell = i)` drives a population, step by step. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
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

  it.each([
    ['t,i\n-1,0\n', 'line 2: a spike at the time -1; times are 0 or above'],
    ['t,i\n1,4\n', 'line 2: a spike of cell 4; the field s has the cells 0 to 3'],
    ['t,i\n1,0.5\n', 'line 2: a spike of cell 0.5'],
    ['t,i\n1,0\nnan,0\n', 'line 3: "nan" is no number'],
    ['t,i\n1\n', 'line 2: 1 fields where the first row has 2'],
    ['time,i\n1,0\n', 'has no column t; its header row reads: time, i'],
    ['', 'is empty: it has no header row'],
    ['t,i\n1e12,0\n', 'do not fit into memory'],
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
    [
      circuit(reader, undefined, 'batch 2'),
      'CCN6008 The batch that `played`, a list of spikes, drives must be 1, but is 2.',
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
      { unit: 1, step: 0.1 },
      { dataset: 'd', fields: [{ name: 's', shape: [2] }] },
      String,
    )
    expect(part.count).toBe(12)
    expect([...part.fields['s']!.subarray(20)]).toEqual([2, 0, 0, 1])
  })
})
