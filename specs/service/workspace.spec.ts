/** A workspace answers for files as they are edited, whole or broken. */
import { describe, expect, it } from 'vitest'
import { memoryHost } from '../../project/memory-host.ts'
import { checkAll } from '../../service/check-all.ts'
import { Workspace } from '../../service/workspace.ts'

const main = `/// A little circuit.
model m
import { Unit } from "parts"
import { Input } from "std/cells"
import { Depressing, BurstDependent, Pyramidal } from "std/burstccn"
/// how strong
param gain = 2 in 0..  /// of the input
function twice(z) = 2 * z
cell Own extends Unit {
  burst b = twice(x) * gain
}
population x[3] : Unit
population h[4] : Own
population p[2] : Pyramidal(0.5)
connect x.e -> h.x as W { learn R }
plasticity R { dw = post.b * pre.e }
variant more { set gain = 3 }
property local
more refines main when settled { over 1 s, 2 s, 3 s  h.e = h.e }
`
const parts = '/// One that passes on.\ncell Unit { input x  event e = x }\n'
const path = '/project/main.ccn'
const workspace = () => new Workspace(memoryHost({ 'main.ccn': main, 'parts.ccn': parts }))
const at = (text: string, offset = 0): number => main.indexOf(text) + offset

describe('a workspace', () => {
  it.each<[string, number, string, string]>([
    ['an imported cell', at('extends Unit', 9), 'Cell', 'cell Unit'],
    ['a parameter', at('* gain', 3), 'Param', 'param gain = 2 in 0..'],
    ['a function', at('= twice', 3), 'Function', 'function twice(z) = 2 * z'],
    ['a parameter of a function', at('2 * z', 4), 'Parameter', 'z'],
    ['a population', at('connect x', 8), 'Population', 'population x[3] : Unit'],
    ['what a cell of another file emits', at('x.e', 2), 'Equation', 'event e = x'],
    ['an input that a cell inherits', at('h.x', 2), 'Input', 'input x'],
    ['what the cell in front of a synapse emits', at('pre.e', 4), 'Equation', 'event e = x'],
    ['what the cell behind it emits', at('post.b', 5), 'Equation', 'burst b = twice(x) * gain'],
    ['a cell of the library', at(': Pyramidal', 3), 'Cell', 'cell Pyramidal'],
    ['a variant', at('variant more', 9), 'Variant', 'variant more'],
    ['a property', at('property local', 11), 'Claim', 'property local'],
    ['a circuit of a limit', at('more refines', 2), 'Variant', 'variant more'],
  ])('finds the declaration of %s', (_, offset, kind, head) => {
    const hover = workspace().hover(path, offset)
    expect(hover?.declaration.kind).toBe(kind)
    expect(hover?.text).toContain(head)
  })

  it('knows nothing of what is no name, or of no file', () => {
    expect(workspace().hover(path, at('= 2', 2))).toBeUndefined()
    expect(workspace().hover('/project/none.ccn', 3)).toBeUndefined()
  })

  it('tells the doc of a declaration', () => {
    const found = workspace().definition(path, at('extends Unit', 9))
    expect(found?.declaration).toMatchObject({ name: 'Unit', doc: 'One that passes on.' })
    expect(found?.declaration.span.file).toBe('/project/parts.ccn')
  })

  it('describes the model as data', () => {
    const found = workspace().describe(path)
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
    expect(found).toMatchObject({
      name: 'm',
      doc: 'A little circuit.',
      params: [{ name: 'gain', value: 2, from: 0 }],
      variants: [{ name: 'more' }],
    })
    expect(found?.populations.map(({ name, shape, cell }) => [name, shape, cell])).toEqual([
      ['x', [3], 'Unit'],
      ['h', [4], 'Own'],
      ['p', [2], 'Pyramidal'],
    ])
    expect(found?.connections[0]).toMatchObject({ from: { population: 'x', signal: 'e' } })
  })

  it('checks what was opened in the place of what the host has, and that again once it is closed', () => {
    const place = workspace()
    const errors = () =>
      place.check(path).findings.filter(({ diagnostic }) => diagnostic.severity === 'error').length
    const before = errors()
    place.open('/project/parts.ccn', parts.replace('Unit', 'Other'))
    expect(errors()).toBeGreaterThan(before)
    place.close('/project/parts.ccn')
    expect(errors()).toBe(before)
  })

  it('finds after any number of edits what a fresh check finds', () => {
    const place = workspace()
    const host = (text: string) => memoryHost({ 'main.ccn': text, 'parts.ccn': parts })
    for (const text of [main.slice(0, 200), main.replace('h[4]', 'h[5]'), `${main}}`, main]) {
      place.open(path, text)
      expect(place.check(path)).toEqual(checkAll(path, host(text)))
    }
  })
})
