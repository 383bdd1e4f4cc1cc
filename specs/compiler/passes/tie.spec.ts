/** Sums of products are one product where that is less work: of a batch, not of one row. */
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../compiler/ir/parse.ts'
import { print } from '../../../compiler/ir/print.ts'
import { tie } from '../../../compiler/passes/tie.ts'

/** Two matrices of weights that one population sends through, and one that two populations do. */
const graph = (rows: string): string => `graph g
circuit
  %x = input x : [${rows}, 200]
  %z = input z : [${rows}, 200]
  %W = load W : [300, 200]
  %V = load V : [300, 200]
  %4 = matmul(%x, %W^T) : [${rows}, 300]
  %5 = matmul(%x, %V^T) : [${rows}, 300]
  %6 = matmul(%z, %V^T) : [${rows}, 300]
  %7 = add(%4, %5) : [${rows}, 300]
  u = add(%7, %6) : [${rows}, 300]
output u = u
end
`
const products = (text: string): readonly string[] =>
  [...text.matchAll(/matmul\(([^)]*)\)/g)].map(([, operands]) => operands ?? '')

describe('tie', () => {
  it('adds up what is sent, whatever the batch', () => {
    for (const rows of ['batch', '1'])
      expect(print(tie(parseGraph(graph(rows))))).toContain(`add(%x, %z) : [${rows}, 200]`)
  })

  it('adds up matrices of weights for a batch alone', () => {
    const two = (rows: string): string =>
      graph(rows)
        .replace(/ {2}%6 .*\n/, '')
        .replace('add(%7, %6)', 'neg(%7)')
    expect(products(print(tie(parseGraph(two('batch')))))).toHaveLength(1)
    expect(products(print(tie(parseGraph(two('1')))))).toEqual(['%x, %W^T', '%x, %V^T'])
  })
})
