/**
 * What the plan makes of small graphs, as text: what is computed in one loop, what is never
 * materialised, what is computed right into its storage, and where threads wait for each other.
 */
import type { ValueId } from '../../../compiler/ir/ids.ts'
import { describe, expect, it } from 'vitest'
import { printPlan } from '../../../compiler/emit/wasm/index.ts'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { optimise } from '../../../compiler/passes/index.ts'
import { burst } from '../emit/networks/burst.ts'
import { empty } from '../emit/networks/empty.ts'
import { twoLayers } from '../emit/networks/two-layers.ts'

type Storages = Readonly<Record<string, readonly number[]>>

/** The plan of a step that `build` writes, of one of the module's programs. */
function planOf(
  build: (step: GraphBuilder) => void,
  {
    storages = {},
    program = 'step',
  }: { readonly storages?: Storages; readonly program?: string } = {},
): string {
  const step = new GraphBuilder('step')
  build(step)
  const inputs = ['x', 'd'].map((name) => ({ name, shape: ['batch', 8], inference: true }) as const)
  const module: IrModule = {
    ...empty(),
    inputs,
    storages: Object.entries(storages).map(([name, shape]) => ({ name, shape, role: 'weight' })),
    graphs: { ...empty().graphs, step: step.build() },
  }
  const sections = printPlan(optimise(module)).split('\n\n')
  const text = sections.find((each) => each.startsWith(`program ${program}:`))
  if (text === undefined) throw new Error(`there is no program ${program}`)
  return text.trimEnd()
}

const x = (step: GraphBuilder) => step.input('x', ['batch', 8])
const d = (step: GraphBuilder) => step.input('d', ['batch', 8])

describe('a product', () => {
  it('adds its bias and applies its sigmoid while the numbers are in registers', () => {
    const text = planOf(
      (step) => {
        const soma = step.matmul(x(step), step.load('W', [4, 8]), { transposeRight: true })
        step.name(soma, 'soma')
        step.output('e', step.map('sigmoid', step.map('add', soma, step.load('k', [4]))))
      },
      { storages: { W: [4, 8], k: [4] }, program: 'observe' },
    )
    expect(text).toMatchInlineSnapshot(`
      "program observe: 1 kernel, 0 barriers
        product NT [batch, 4], columns shared
          reads k (storage k), x (input), W (storage W)
          soma = matmul(x, W)
          %4 = add(soma, k)
          %5 = sigmoid(%4) -> example + 64"
    `)
  })

  const learns = (isMeasured: boolean) => (step: GraphBuilder) => {
    step.section = 'update'
    const gradient = step.matmul(d(step), x(step), { transposeLeft: true })
    step.name(gradient, 'gradient')
    const W = step.load('W', [8, 8])
    const scaled = (by: number, value: ValueId) => step.map('mul', step.constant(by), value)
    const pull = step.map('add', gradient, scaled(0.01, W))
    const velocity = step.map('add', scaled(0.9, step.load('v', [8, 8])), pull)
    step.store('v', velocity)
    step.store('W', step.map('sub', W, scaled(0.1, velocity)))
    step.section = 'measure'
    if (isMeasured) step.output('size', step.reduce('sum', step.map('square', gradient)))
  }
  const storages = { W: [8, 8], v: [8, 8] } as const

  it('that learns with momentum and decay gives its gradient no memory', () => {
    expect(planOf(learns(false), { storages })).toMatchInlineSnapshot(`
      "program step: 1 kernel, 0 barriers
        product TN [8, 8], columns shared
          reads 0.01, W (storage W), 0.9, v (storage v), 0.1, d (input), x (input)
          gradient = matmul(d, x)
          %6 = mul(0.01, W)
          %7 = add(gradient, %6)
          %9 = mul(0.9, v)
          %10 = add(%9, %7) -> storage v
          %12 = mul(0.1, %10)
          %13 = sub(W, %12) -> storage W"
    `)
  })

  it('gives it memory where it is measured, and there alone', () => {
    expect(planOf(learns(true), { storages })).toBe(planOf(learns(false), { storages }))
    expect(planOf(learns(true), { storages, program: 'measured' })).toMatchInlineSnapshot(`
      "program measured: 2 kernels, 1 barrier
        product TN [8, 8], columns shared
          reads 0.01, W (storage W), 0.9, v (storage v), 0.1, d (input), x (input)
          gradient = matmul(d, x) -> 1600
          %6 = mul(0.01, W)
          %7 = add(gradient, %6)
          %9 = mul(0.9, v)
          %10 = add(%9, %7) -> storage v
          %12 = mul(0.1, %10)
          %13 = sub(W, %12) -> storage W
        -- threads wait for each other
        reduction to a number [1, 1], by the first thread
          reads gradient (1600)
          %14 = square(gradient)
          %15 = sum(%14) -> 1856"
    `)
  })
})

describe('a storage', () => {
  const storages = { A: [8, 8], B: [8, 8], C: [8, 8] } as const

  it('is written in place when those who read it have done so', () => {
    const text = planOf(
      (step) => {
        const A = step.load('A', [8, 8])
        step.section = 'update'
        step.store('A', step.map('mul', step.constant(2), A))
        step.store('B', step.matmul(A, step.load('C', [8, 8])))
      },
      { storages },
    )
    expect(text).toMatchInlineSnapshot(`
      "program step: 2 kernels, 1 barrier
        product NN [8, 8], columns shared
          reads A (storage A), C (storage C)
          %4 = matmul(A, C) -> storage B
        -- threads wait for each other
        map [8, 8], columns shared
          reads 2, A (storage A)
          %3 = mul(2, A) -> storage A"
    `)
  })

  it('is copied to at the end where two wait for each other', () => {
    const text = planOf(
      (step) => {
        step.section = 'update'
        const [A, B] = [step.load('A', [8, 8]), step.load('B', [8, 8])]
        step.store('A', step.matmul(B, B))
        step.store('B', step.matmul(A, A))
      },
      { storages },
    )
    expect(text).toMatchInlineSnapshot(`
      "program step: 2 kernels, 1 barrier
        product NN [8, 8], columns shared
          reads A (storage A)
          %3 = matmul(A, A) -> 1856
        -- threads wait for each other
        product NN [8, 8], columns shared
          reads B (storage B)
          %2 = matmul(B, B) -> storage A
        copy %3 to B, by the first thread"
    `)
  })
})

describe('threads', () => {
  it('wait between what is shared by columns and by rows', () => {
    const text = planOf(
      (step) => {
        const e = step.map('exp', x(step))
        step.output('e', e)
        step.output('p', step.map('div', e, step.reduce('sum', e, [1], true)))
      },
      { program: 'observe' },
    )
    expect(text).toMatchInlineSnapshot(`
      "program observe: 3 kernels, 2 barriers
        map [batch, 8], columns shared
          reads x (input)
          %1 = exp(x) -> example + 64
        -- threads wait for each other
        reduction to rows [batch, 1], rows shared
          reads %1 (example + 64)
          %2 = sum(%1) -> example + 96
        -- threads wait for each other
        map [batch, 8], columns shared
          reads %1 (example + 64), %2 (example + 96)
          %3 = div(%1, %2) -> example + 112"
    `)
  })

  it('do not wait between products and what follows of them element by element', () => {
    const text = planOf(
      (step) => {
        const W = step.load('A', [8, 8])
        const [a, b] = [step.matmul(x(step), W), step.matmul(d(step), W)]
        step.output('ab', step.map('mul', a, b))
      },
      { storages: { A: [8, 8] }, program: 'observe' },
    )
    expect(text).toMatchInlineSnapshot(`
      "program observe: 2 kernels, 0 barriers
        product NN [batch, 8], columns shared
          reads x (input), A (storage A)
          %2 = matmul(x, A) -> example + 64
        product NN [batch, 8], columns shared
          reads %2 (example + 64), d (input), A (storage A)
          %4 = matmul(d, A)
          %5 = mul(%2, %4) -> example + 96"
    `)
    expect(text).not.toContain('wait')
  })

  it('wait where rows of another length come to lie in the same memory', () => {
    const text = planOf(
      (step) => {
        const e = step.matmul(x(step), step.load('A', [8, 8]))
        const s = step.reduce('sum', e, [1], true)
        step.output('s', s)
        step.output('m', step.reduce('max', d(step), [1], true))
      },
      { storages: { A: [8, 8] }, program: 'observe' },
    )
    expect(text).toMatchInlineSnapshot(`
      "program observe: 3 kernels, 2 barriers
        product NN [batch, 8], columns shared
          reads x (input), A (storage A)
          %2 = matmul(x, A) -> example + 64
        -- threads wait for each other
        reduction to rows [batch, 1], rows shared
          reads %2 (example + 64)
          %3 = sum(%2) -> example + 96
        -- threads wait for each other
        reduction to rows [batch, 1], rows shared
          reads d (input)
          %5 = max(d) -> example + 64"
    `)
  })
})

describe('whole circuits have the plans', () => {
  it.each([twoLayers(), burst()])('of $name', async (module) => {
    await expect(printPlan(optimise(module))).toMatchFileSnapshot(`golden/${module.name}.plan.txt`)
  })
})

describe('a long function in a long loop', () => {
  /** A detection of exp(v), and states enough around it. */
  const cells = (columns: number) => (step: GraphBuilder) => {
    const shape = [1, columns] as const
    const v = step.load('v', shape)
    let sum = step.map('exp', step.map('mul', step.constant(0.5), v))
    for (let i = 0; i < 16; i++)
      sum = step.map('add', step.map('mul', step.constant(i + 2), sum), v)
    step.store('v', sum)
  }

  it('has a loop of its own, where there are cells enough', () => {
    const many = planOf(cells(100), { storages: { v: [1, 100] } })
    const [head, own, rest] = many.split('\n  map ')
    expect(head).toBe('program step: 2 kernels, 0 barriers')
    expect(own?.match(/= (mul|add|exp)\(/g)).toEqual(['= mul(', '= exp('])
    expect(rest).not.toContain('exp(')
    const few = planOf(cells(10), { storages: { v: [1, 10] } })
    expect(few.split('\n')[0]).toBe('program step: 1 kernel, 0 barriers')
  })
})
