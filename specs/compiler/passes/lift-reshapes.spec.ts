/** Reshapes move behind element-wise functions, so that sums of convolutions become convolutions of sums. */
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../compiler/ir/parse.ts'
import { print } from '../../../compiler/ir/print.ts'
import { optimiseGraph } from '../../../compiler/passes/index.ts'
import { liftReshapes } from '../../../compiler/passes/lift-reshapes.ts'

const body = (text: string): string => `graph g
circuit
${text}
end
`

describe('lift-reshapes', () => {
  it('takes a reshape out of a sum', () => {
    const graph = parseGraph(
      body(`  %a = input a : [batch, 2, 3, 3]
  %b = input b : [batch, 2, 3, 3]
  %2 = reshape(%a) : [batch, 18]
  %3 = reshape(%b) : [batch, 18]
  u = add(%2, %3) : [batch, 18]
output u = u`),
    )
    const lifted = liftReshapes(graph)
    expect(print(lifted)).toContain('add(%a, %b) : [batch, 2, 3, 3]')
    expect(liftReshapes(lifted)).toBe(lifted)
  })

  it('leaves what is reshaped from two shapes, and what meets other axes', () => {
    const graph = parseGraph(
      body(`  %a = input a : [batch, 2, 3, 3]
  %b = input b : [batch, 3, 6]
  %k = load k : [18]
  %3 = reshape(%a) : [batch, 18]
  %4 = reshape(%b) : [batch, 18]
  %5 = add(%3, %4) : [batch, 18]
  u = add(%3, %k) : [batch, 18]
output v = %5
output u = u`),
    )
    expect(liftReshapes(graph)).toBe(graph)
  })

  it('makes of two pathways through one kernel a single convolution', () => {
    const graph = parseGraph(
      body(`  %b = input b : [batch, 36]
  %e = input e : [batch, 36]
  %k = load k : [4, 2, 2, 2]
  %p = scalar param p : []
  %4 = reshape(%b) : [batch, 4, 3, 3]
  %5 = convImageGradient(%4, %k, imageShape=[2, 4, 4]) : [batch, 2, 4, 4]
  %6 = reshape(%5) : [batch, 32]
  %7 = reshape(%e) : [batch, 4, 3, 3]
  %8 = mul(%p, %k) : [4, 2, 2, 2]
  %9 = convImageGradient(%7, %8, imageShape=[2, 4, 4]) : [batch, 2, 4, 4]
  %10 = reshape(%9) : [batch, 32]
  u = sub(%6, %10) : [batch, 32]
output u = u`),
    )
    const found = optimiseGraph(graph).nodes.filter(({ op }) => op === 'convImageGradient')
    expect(found.length).toBe(1)
  })
})
