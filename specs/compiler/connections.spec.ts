/** Connections: whose bounds hold, which options a connectivity has, how branches make one family. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../helpers/compile-text.ts'

const head = `
import { Input } from "std/cells"
synapse S {}
synapse Bounded { bounds 0..2 }
plasticity R { dw = post.e * pre.e  bounds 0..1 }
plasticity Free { dw = post.e * pre.e }
cell C { compartment soma  bias k per channel = 0  event e = soma + k  loss l = e ^ 2 }
population x[3] : Input
population h[3] : C
`

describe('bounds', () => {
  it.each([
    ['S { init 1  learn Free }', undefined],
    ['S { init 1  learn R }', 1],
    ['Bounded { init 1  learn R }', 2],
    ['Bounded { init 1  learn R  bounds 0..3 }', 3],
  ])('of %s', (connection, most) => {
    const { model } = compileText(`${head}connect x.event -> h.soma as W : ${connection}`)
    expect(model?.connections[0]?.bounds?.to?.value).toBe(most)
  })
})

describe('options of a connectivity', () => {
  it.each([
    ['random probability 0.5', []],
    ['random probability 0.5 stride 2', ['CCN2005 `random` has no option named `stride`.']],
    ['one_to_one stride 2', ['CCN2005 `one_to_one` has no option named `stride`.']],
    ['all_to_all probability 0.1', ['CCN2005 `all_to_all` has no option named `probability`.']],
  ])('%s', (pattern, messages) => {
    const text = `${head}connect x.event -> h.soma as W : S { ${pattern}  init 1 }`
    expect(errorsOf(compileText(text))).toEqual(messages)
  })
})

describe('an initial value', () => {
  it.each([
    ['6 / size(x)', []],
    ['max(round(size(h) / 2), 1)', []],
    [
      'V > 1',
      ['CCN2003 `V` is a weight, but a value known when the model is compiled is needed here.'],
    ],
  ])('%s', (value, errors) => {
    const text = `${head}connect x.event -> h.soma as W : S { init ${value}  fixed }
connect x.event -> h.soma as V : S { init 1  fixed }`
    expect(errorsOf(compileText(text))).toEqual(errors)
  })
})

describe('a family of connections', () => {
  const loop = (body: string): string => `${head}
population g[3] : C
for (a, b), i in [x, h, g] { ${body} }`
  const one = (kind: string): string =>
    `connect a.event -> b.soma as W : S { ${kind}  init 1  fixed }`
  it('is made by the branches of one loop in turns', () => {
    const { model, diagnostics } = compileText(
      loop(`if i == 0 { ${one('one_to_one')} } else { ${one('all_to_all')} }`),
    )
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(model?.connections.map(({ name, shape }) => [name, shape])).toEqual([
      ['W[0]', [3]],
      ['W[1]', [3, 3]],
    ])
  })
  it.each([
    ['twice in one turn', loop(`${one('one_to_one')} if i == 0 { ${one('all_to_all')} }`)],
    ['by two loops', `${loop(one(''))}\nfor (a, b) in [x, h] { ${one('')} }`],
    [
      'twice outside of a loop',
      `${head}${one('').repeat(2).replaceAll(/\ba\b/g, 'x').replaceAll(/\bb\b/g, 'h')}`,
    ],
  ])('is not made %s', (_, text) => {
    const errors = errorsOf(compileText(text))
    expect(errors.length).toBeGreaterThan(0)
    for (const each of errors) expect(each).toBe('CCN2002 `W` is declared twice.')
  })
})

describe('a bias for each channel', () => {
  it('is one for each unit of a population with one axis', () => {
    const { ir } = compileText(`${head}connect x.event -> h.soma as W : S { init 1  fixed }`)
    expect(ir?.storages.find(({ name }) => name === 'h.k')?.shape).toEqual([3])
  })
  it('is one for each channel of a population with channels', () => {
    const text = `${head}population c[2, 3, 3] : C
connect x.event -> c.soma as W : S { init 1  fixed }
connect c.event -> h.soma as V : S { init 1  fixed }`
    const { ir } = compileText(text)
    expect(ir?.storages.find(({ name }) => name === 'c.k')?.shape).toEqual([2])
  })
})
