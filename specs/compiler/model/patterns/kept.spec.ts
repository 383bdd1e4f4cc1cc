/** How weights are kept, and why, in the words of `--emit plan`; and as data, for pictures. */
import { describe as group, expect, it } from 'vitest'
import { keptTexts } from '../../../../compiler/model/patterns/kept.ts'
import { parseModule } from '../../../../compiler/ir/parse.ts'
import { print } from '../../../../compiler/ir/print.ts'
import { describe } from '../../../../service/describe.ts'
import { Workspace } from '../../../../service/workspace.ts'
import { compileText, memoryHost } from '../../../helpers/compile-text.ts'

const text = `
cell C { compartment soma  state v = 0 mV : 10 ms * dv/dt = soma - v  spike s when v > 1 mV }
population c[1000] : C at line(spacing = 10 um)
pattern P = c[0..799] -> c random probability 0.02
pattern unread = c -> c random in_degree 2
connect c[0..799].s -> c.soma as A { pattern P  init 1 mV  delay 1 ms }
connect c.s -> c[0..799].soma as T { pattern P  init 1 mV  delay 1 ms }
connect c.s -> c[0..799].soma as L2 { pattern P  init 1 mV  delay uniform(1 ms, 2 ms) }
connect c.s -> c.soma as B { random probability 0.5  init 1 mV  delay 1 ms }
connect c[0..99].s -> c[5..19].soma as D { random in_degree 3 no_self  init 1 mV  delay 1 ms }
connect c[0..99].s -> c[5..19].soma as R { random in_degree 3 repeats  init 1 mV  delay 1 ms }
connect c[0..99].s -> c[5..19].soma as L { init 1 mV  delay uniform(1 ms, 2 ms) }
connect c[0..99].s -> c[5..19].soma as F { pairs "p.csv"  init 1 mV  delay 1 ms }
connect c[0..99].s -> c[5..19].soma as M { mask "m.npy"  init 1 mV  delay 1 ms }
experiment e { step 0.1 ms  duration 1 ms }
`

group('how weights are kept', () => {
  const compilation = compileText(text)
  const { model, ir } = compilation

  it('is told of each pattern and each mask, with the reason', () => {
    expect(keptTexts(model!)).toEqual([
      'pattern P: weights for each synapse: 2 % of 800,000 pairs are joined, less than 25 %',
      'pattern unread: weights for each synapse: 0.2 % of 1,000,000 pairs are joined, less than 25 %',
      'pattern P, turned: weights for each synapse: its synapses have delays of their own',
      'pattern B: weights as a matrix: 50 % of 1,000,000 pairs are joined, at least 25 %',
      'pattern D: weights as a matrix: 1,500 pairs are at most 10,000',
      'pattern R: weights for each synapse: a pair may have several',
      'pattern L: weights for each synapse: its synapses have delays of their own',
      'pattern F: weights for each synapse: the file says how many there are, and may repeat pairs',
      'M: weights as a matrix: its mask is one',
    ])
  })

  it('is the same in the IR that is printed and read again', () => {
    const again = parseModule(print(ir!))
    expect(again.patterns).toEqual(ir!.patterns)
    expect(again.patterns?.find(({ name }) => name === 'D')?.shift).toBe(-5)
    expect(print(parseModule(print(again)))).toBe(print(again))
  })

  it('is part of a description, beside slices, positions and delays', () => {
    const { patterns, connections, populations } = describe(compilation)!
    expect(patterns[0]).toMatchObject({
      name: 'P',
      source: 'c[0..799]',
      target: 'c',
      rule: 'probability',
      p: 0.02,
      text: 'random probability 0.02',
      expected: 16_000,
      kept: 'by synapse',
      why: '2 % of 800,000 pairs are joined, less than 25 %',
    })
    const of = (name: string) => connections.find((each) => each.name === name)
    expect(of('A')).toMatchObject({
      from: { population: 'c[0..799]', part: { of: 'c', first: 0, size: 800 } },
      to: { population: 'c' },
      pattern: { name: 'P', turned: false },
      ownDelays: false,
    })
    expect(of('T')?.pattern).toMatchObject({ name: 'P', turned: true })
    expect(of('D')?.to.part).toEqual({ of: 'c', first: 5, size: 15 })
    expect(of('L2')).toMatchObject({ ownDelays: true, pattern: { name: 'P', turned: true } })
    expect(patterns.map(({ name }) => name)).not.toContain('P, turned')
    expect(of('L')).toMatchObject({ ownDelays: true, delay: 'uniform(1 ms, 2 ms)' })
    expect(populations[0]?.positions).toBe('line(spacing = 10 um)')
  })

  it('a name of a pattern leads to where it is declared', () => {
    const host = memoryHost({ 'main.ccn': text })
    const at = text.indexOf('{ pattern P') + '{ pattern '.length
    const found = new Workspace(host).hover('/project/main.ccn', at)
    expect(found?.text).toBe('pattern P = c[0..799] -> c random probability 0.02')
  })

  it('a pattern that no connection has is warned of', () => {
    expect(compilation.diagnostics.map(({ code, message }) => `${code} ${message}`)).toContain(
      'CCN8001 The pattern of synapses `unread` is never used.',
    )
  })
})
