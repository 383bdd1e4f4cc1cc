/**
 * A check after an edit compiles the forms that the edit can change, and tells what a check of the same text without a
 * past tells: findings, order and places to the letter.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diskHost } from '../../project/disk-host.ts'
import { memoryHost } from '../../project/memory-host.ts'
import { checkAll, type Checked, type CheckHistory } from '../../service/check-all.ts'
import { KeptRuns, type KeptCheck } from '../../service/kept-runs.ts'
import { ParsedFiles } from '../../service/parsed-files.ts'
import { randomOf } from '../helpers/random.ts'
import { root } from '../helpers/repository.ts'

const path = '/project/main.ccn'
const main = `model m
import { Input } from "std/cells"
import { Unit } from "parts"
param rate = 0.1 in 0..
param tried = 1
param cells = 2
population x[3] : Input
population h[cells] : Unit
connect x.e -> h.x as W { learn R }
plasticity R { dw = post.e * pre.e / tried }
dataset d {
  field input[3]
  train teacher_network(count = 8, inputs = 3, hidden = 2, outputs = 1, seed = 1)
  test teacher_network(count = 8, inputs = 3, hidden = 2, outputs = 1, seed = 2)
}
variant held { W: init 0.25 }
variant twice extends held { set tried = 2 }
experiment first { data d  present x = input  batch 4  epochs 1  optimise W with sgd(rate = rate) }
experiment second extends first { epochs 2  measure norm(W)  every 2 steps }
experiment third { data d  present x = input  epochs 7  optimise nothing with sgd(rate = 1) }
sweep s { experiment second  vary tried in [1, 2] }
`
const parts = 'cell Unit { input x  event e = x }\n'

/** A circuit of which checks ask much about numbers: steps, delays, signs, phases, a limit. */
const clocked = `model clocked
import { Leaky, Steady } from "parts"
property dale
param dt   = 0.5 ms in 0 ms < ..
param tau  = 10 ms in 0 ms < ..
param gain = 0.5 in 0..
param top  = 2
param lag  = 1 ms in 0 ms..
param p    = 0.3 in 0..1
param still = 0
population a[3] : Leaky(tau, 1 + gain * still)
population c[2] : Steady(gain)
population b[2] : Leaky(2 * tau, if still > 0 then p else gain)
connect a.s -> b.x as W { sign excitatory  delay lag  init uniform(0, top)  learn R }
connect c.e -> b.x as U { init top  fixed }
connect b.s -> a.x as V { init gain - p  fixed }
plasticity R { dw = post.s * pre.s * p }
variant slow { set tau = 20 ms * top }
slow refines clocked when settled { over 1 ms, 2 ms, 3 ms  run go against go  b.v = b.v }
experiment go {
  step dt
  optimise W with sgd(rate = gain, momentum = still, decay = gain * 0.01)
  protocol { phase rest 5 ms { set p = 0.1 } phase taught 10 ms }
  measure mean(b.v), norm(W)  every 2 steps
}
`
const clockedParts = `cell Steady(level = 1) { event e = level }
cell Leaky(tau = 5 ms, drive = 1) {
  input x
  state v = 0 : tau * dv/dt = -v + x + drive + normal()
  spike s when v > 1 { v = 0 }
}
`

/** Checks texts of one file after one another, and counts what was compiled for the last. */
function editor(file: string, hostOf: (text: string) => ReturnType<typeof memoryHost>) {
  let compiled = 0
  class Counting extends KeptRuns<never> {
    override begin(...args: Parameters<KeptRuns<never>['begin']>): KeptCheck<never> {
      const check = super.begin(...args)
      const run = check.run.bind(check)
      check.run = (options, make) =>
        run(options, (...given) => {
          compiled++
          return make(...given)
        })
      return check
    }
  }
  const historyOf = () =>
    ({ parse: new ParsedFiles().parse, runs: new Counting() }) as unknown as CheckHistory
  const history = historyOf()
  const known = new Map<string, { readonly fresh: Checked; readonly most: number }>()
  const freshOf = (text: string) => {
    compiled = 0
    const fresh = checkAll(file, hostOf(text), historyOf())
    return { fresh, most: compiled }
  }
  return (text: string) => {
    const key = `${text}\n${hostOf(text).read('/project/parts.ccn') ?? ''}`
    const { fresh, most } = known.get(key) ?? freshOf(text)
    known.set(key, { fresh, most })
    compiled = 0
    const found = checkAll(file, hostOf(text), history)
    expect(found).toEqual(fresh)
    expect([...found.sources.keys()]).toEqual([...fresh.sources.keys()])
    return compiled === 0 ? 'none' : compiled < most ? 'some' : 'all'
  }
}

describe('a check after an edit', () => {
  // What one edit leaves behind is there at the next one, as in an editor.
  const check = editor(path, (text) => memoryHost({ 'main.ccn': text, 'parts.ccn': parts }))
  const checkClocked = editor(path, (text) =>
    memoryHost({ 'main.ccn': text, 'parts.ccn': clockedParts }),
  )

  /** What is edited, and whether nothing, some forms or all are compiled. */
  it.each<[string, 'none' | 'some' | 'all', (text: string) => string]>([
    ['a comment at the head', 'none', (text) => `// one\n// two\n${text}`],
    ['a comment at the end', 'none', (text) => `${text}// end`],
    ['a comment between', 'none', (text) => text.replace('variant held', '\n// no\nvariant held')],
    ['a number of one experiment', 'some', (text) => text.replace('epochs 7', 'epochs 8')],
    ['an experiment that others extend', 'some', (text) => text.replace('epochs 1', 'epochs 3')],
    ['a number of a variant', 'some', (text) => text.replace('init 0.25', 'init 0.5')],
    ['a name that means nothing', 'some', (text) => text.replace('norm(W)', 'norm(V)')],
    ['a unit that does not fit', 'some', (text) => text.replace('init 0.25', 'init 1 mV')],
    ['a parameter', 'none', (text) => text.replace('= 0.1', '= 0.2')],
    [
      'two of them, and a comment',
      'none',
      (text) => `//\n${text.replace(/= 0.1/, '= 0.02').replace('tried = 1', 'tried = 4')}`,
    ],
    ['a parameter out of its range', 'all', (text) => text.replace('= 0.1', '= -1')],
    ['a parameter that no precision holds', 'some', (text) => text.replace('= 0.1', '= 1e-60')],
    ['a parameter of another unit', 'all', (text) => text.replace('= 0.1', '= 0.1 mV')],
    ['a rate as it is written', 'none', (text) => text.replace('rate = 1)', 'rate = 0.5)')],
    ['a rate below 0', 'some', (text) => text.replace('rate = 1)', 'rate = -1)')],
    ['what a variant sets', 'none', (text) => text.replace('tried = 2', 'tried = 5')],
    ['a variant that divides by 0', 'some', (text) => text.replace('tried = 2', 'tried = 0')],
    ['what decides a size', 'all', (text) => text.replace('cells = 2', 'cells = 3')],
    ['what is divided by', 'some', (text) => text.replace('tried = 1', 'tried = 0')],
    ['a rule', 'all', (text) => text.replace('dw = post', 'dw = 2 * post')],
    ['the name', 'all', (text) => text.replace('model m', 'model n')],
    ['what only an experiment used', 'all', (text) => text.replace('rate = rate', 'rate = 1')],
    [
      'a phase that sets a parameter',
      'all',
      (text) => `${text}experiment p { protocol { once { set rate = 0 } } }`,
    ],
    ['one name twice', 'all', (text) => `${text}experiment first { seed 2 }`],
    ['what cannot be read', 'all', (text) => text.replace('epochs 7', 'epochs ,')],
    ['an experiment more', 'all', (text) => `${text}experiment more extends second { seed 2 }`],
    ['the order', 'all', (text) => text.replace(/(param rate.*\n)(param tried.*\n)/, '$2$1')],
  ])('compiles after %s: %s', (_, extent, edit) => {
    check(main)
    expect(check(edit(main))).toBe(extent)
  })

  it('reads again the files that others may have changed', () => {
    let text = parts
    const check = editor(path, (of) => memoryHost({ 'main.ccn': of, 'parts.ccn': text }))
    check(main)
    text = parts.replace('event e = x', 'event e = 2 * x')
    expect(check(main)).toBe('all')
    text = ''
    expect(check(main)).toBe('all')
    expect(check(main)).toBe('none')
  })

  it.each([
    ['what a condition asks', 'all', 'still = 0', 'still = 0.5'],
    ['what keeps its sign', 'none', 'gain = 0.5', 'gain = 0.6'],
    ['what changes a sign', 'all', 'gain = 0.5', 'gain = 1.5'],
    ['one end of draws', 'none', 'top  = 2', 'top  = 3'],
    ['the order of the ends', 'all', 'top  = 2', 'top  = -2'],
    ['a time constant', 'none', 'tau  = 10 ms', 'tau  = 12 ms'],
    ['a time constant that the step is too long for', 'some', 'tau  = 10 ms', 'tau  = 0.1 ms'],
    ['the step', 'all', 'dt   = 0.5 ms', 'dt   = 0.25 ms'],
    ['a comment', 'none', '\ngain', '\n// gain'],
  ] as const)('compiles a circuit with a past after %s: %s', (_, extent, from, to) => {
    checkClocked(clocked)
    expect(checkClocked(clocked.replace(from, to))).toBe(extent)
  })

  it.each([1, 2])('finds what there is after any edits of two files, seed %i', (seed) => {
    const random = randomOf(seed)
    const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    let second = clockedParts
    let text = clocked
    const check = editor(path, (of) => memoryHost({ 'main.ccn': of, 'parts.ccn': second }))
    const numbers = ['0', '1', '3', '0.25', '7.5', '1e-60', '1e39', '40', '0.5 mV', '-1', '2 ms']
    const edited = (of: string): string => {
      const places = [...of.matchAll(random() < 0.7 ? /(?<=param.*= )[\d.]+/g : /\w+|[^\s\w]/g)]
      const place = oneOf(places)
      if (!place) return `${of}// more`
      const by = /^\d/.test(place[0]) ? oneOf(numbers) : oneOf(['', `${place[0]} ${place[0]}`])
      return of.slice(0, place.index) + by + of.slice(place.index + place[0].length)
    }
    for (let i = 0; i < 12; i++) {
      if (random() < 0.3) [text, second] = [clocked, clockedParts]
      else if (random() < 0.8) text = edited(text)
      else second = edited(second)
      check(text)
    }
  })

  it.each(['xor', 'spiking_xor'])('finds in %s.ccn what there is, edit by edit', (name) => {
    const file = join(root, 'examples', `${name}.ccn`)
    const text = readFileSync(file, 'utf8')
    const disk = diskHost(file)
    const check = editor(file, (of) => ({
      ...disk,
      read: (each) => (each === file ? of : disk.read(each)),
    }))
    check(text)
    const last = text.lastIndexOf('\nexperiment ')
    const inLast = (edit: (part: string) => string) => text.slice(0, last) + edit(text.slice(last))
    expect(check(`// moved\n${text}`)).toBe('none')
    check(inLast((part) => part.replace(/ \d+/, ' 3')))
    check(inLast((part) => part.replace(/measure \w+/, 'measure nonsense')))
    check(text.replace(/(\nparam[^=]*= )/, '$11'))
  })
})
