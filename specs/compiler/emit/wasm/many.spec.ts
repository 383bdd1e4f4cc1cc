/**
 * Programs of thousands of weights, and kernels that thousands of values go into: no limit of a host on
 * the parameters of a function is met, and the plan stays a matter of moments.
 */
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../../compiler/ir/parse.ts'
import { optimiseGraph } from '../../../../compiler/passes/index.ts'
import { deviationOf } from './random-programs.ts'

const count = 1100
const numbers = Array.from({ length: count }, (_, i) => i)
const storages = Object.fromEntries(numbers.map((i) => [`w${i}`, [3, 4]]))

/** The lines for every number, and a chain that adds up what `term` names. */
const each = (line: (i: number) => string): string => numbers.map(line).join('\n')
const chain = (name: string, term: (i: number) => string): string =>
  each((i) =>
    i === 0 ? `%${name}0 = add(${term(0)}, 0)` : `%${name}${i} = add(%${name}${i - 1}, ${term(i)})`,
  )
const weights = each((i) => `%w${i} = load w${i} : [3, 4]`)
const last = count - 1

const programs: Readonly<Record<string, string>> = {
  'products that are added up, each with a weight that learns': `
    ${weights}
    %x = input x : [batch, 3]
    %t = input t : [batch, 4]
    ${each((i) => `p${i} = matmul(%x, %w${i})`)}
    ${chain('sum', (i) => `p${i}`)}
    %error = sub(%t, %sum${last})
    %gradient = matmul(%x^T, %error)
    %move = mul(0.0001, %gradient)
    ${each((i) => `%n${i} = add(%w${i}, %move)`)}
    output sum = %sum${last}
    ${each((i) => `store w${i} = %n${i}`)}`,
  'a number of thousands of matrices': `
    ${weights}
    ${chain('sum', (i) => `%w${i}`)}
    %total = reduce.sum(%sum${last}, axes=[0, 1])
    %down = reduce.mean(%sum${last}, axes=[0])
    output total = %total
    output down = %down`,
  'rows side by side': `
    ${weights}
    %x = input x : [batch, 3]
    ${each((i) => `p${i} = matmul(%x, %w${i})`)}
    joined = concat(${numbers.map((i) => `p${i}`).join(', ')}, axis=1)
    output joined = joined`,
}

describe('thousands of weights', () => {
  it.each(Object.entries(programs))('%s', async (_, lines) => {
    const graph = optimiseGraph(parseGraph(`graph many\n${lines}\nend\n`))
    const around = { inputs: { x: ['batch', 3], t: ['batch', 4] }, storages } as const
    expect(await deviationOf({ graph, around, batch: 3 }, [{}, { threads: 2 }])).toBeUndefined()
  })
})
