/** A file that extends another: what stands in it, what takes the place of what, and that it is the same as if it were one file. */
import { describe, expect, it } from 'vitest'
import { format } from '../../../grammar/print.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const base = `model base
import { Input } from "std/cells"
param hidden = 4
param rate = 0.5
function f(z) = tanh(z)
cell H { compartment soma  event e = f(soma) }
cell Out extends H { input target  loss l = (e - target) ^ 2 }
nonlocal plasticity Exact { dw = backprop }
population x[2] : Input
population h[hidden] : H
population y[2] : Out
connect x.event -> h.soma as W { init 0.1  learn Exact }
connect h.e -> y.soma as V { init 0.2  learn Exact }
property single_phase
variant wide { set hidden = 8 }
experiment e { data two  present x = v, y.target = v  batch 4  epochs 5  optimise W, V with sgd(rate = rate) }
dataset two { field v[2]  train constant(v = 0.5)  test constant(v = 0.5) }
`
const own = `variant both extends wide { V: bounds -1..1 }
experiment mine extends e { set rate = 0.2  epochs 7 }
`
const files = { 'lab/base.ccn': base }
const mine = `model mine extends "lab/base"\n${own}`

describe('a file that extends another', () => {
  it('is what one file would be', () => {
    for (const options of [{}, { experiment: 'mine' }, { experiment: 'e', variants: ['both'] }]) {
      const found = compileText(mine, { experiment: 'mine', ...options }, files)
      const one = compileText(base + own, { experiment: 'mine', ...options })
      expect(errorsOf(found)).toEqual([])
      // Only places differ.
      const plain = (value: unknown): string =>
        JSON.stringify(value, (key, each: unknown) => (key === 'origin' ? undefined : each))
      expect(plain(found.ir!.graphs.step.nodes)).toBe(plain(one.ir!.graphs.step.nodes))
      expect(plain(found.plan?.optimisers)).toBe(plain(one.plan?.optimisers))
      expect(found.plan?.epochs).toBe(one.plan?.epochs)
    }
  })

  it('runs its own first experiment, and keeps its own name', () => {
    const { model, plan } = compileText(mine, {}, files)
    expect([model?.name, model?.source, plan?.epochs]).toEqual(['mine', 'main.ccn', 7])
    expect(compileText('model m extends "lab/base"', {}, files).plan?.epochs).toBe(5)
  })

  it('has its own definitions in the place of those of the other', () => {
    const text = `model mine extends "lab/base"
      param hidden = 6
      function f(z) = max(z, 0)
      property none
      experiment e { data two  present x = v, y.target = v  epochs 2  optimise W with sgd(rate = 1) }`
    const { ir, model, plan } = compileText(text, {}, files)
    expect(model?.populations.find(({ name }) => name === 'h')?.size).toBe(6)
    expect(model?.claims).toEqual([])
    const all = JSON.stringify(ir?.graphs.step.nodes)
    expect([all.includes('"tanh"'), all.includes('"max"')]).toEqual([false, true])
    expect(plan?.epochs).toBe(2)
  })

  it('may be extended itself, from another folder', () => {
    const more = { ...files, 'own/mine.ccn': mine.replace('"lab/', '"../lab/') }
    const { plan, model } = compileText('model third extends "own/mine"', {}, more)
    expect([plan?.epochs, model?.variants.map(({ name }) => name)]).toEqual([7, ['wide', 'both']])
  })

  it.each([
    ['"nowhere"', ['CCN2008 There is no file `nowhere` to import from.']],
    ['"main"', ['CCN2010 These files import each other: `main.ccn` -> `main.ccn`.']],
    ['"../../x"', ['CCN2009 The import `../../x` lies outside the project folder.']],
    ['base', ['CCN1002 Expected a string in double quotes, but found `base`.']],
    ['"lab/base" population x[3] : Input', ['CCN2002 `x` is declared twice.']],
  ])('extends %s', (what, errors) => {
    const text = `model mine extends ${what}\nvariant v { set gone = 3 }`
    expect(errorsOf(compileText(text, {}, files))).toEqual(errors)
  })

  it('warns of what it does not use itself alone', () => {
    const text = `model mine extends "lab/base"\nconst mine = 3\nfunction g(z) = z`
    const { diagnostics } = compileText(text, {}, { 'lab/base.ccn': `${base}const left = 3\n` })
    expect(
      diagnostics.filter(({ code }) => code === 'CCN8001').map((each) => each.message),
    ).toEqual(['The constant `mine` is never used.', 'The function `g` is never used.'])
  })

  it('has a layout', () => {
    const text = 'model   mine extends  "lab/base"   // c\nvariant   q {set hidden=3}'
    expect(format(text, 'm.ccn').text).toBe(
      'model mine extends "lab/base"  // c\nvariant q { set hidden = 3 }\n',
    )
  })
})
