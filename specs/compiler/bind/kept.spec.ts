/** Nothing is kept between files, whatever an earlier one was like; and names are any names. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const times = (line: (i: number) => string): string =>
  Array.from({ length: 150 }, (_, i) => line(i)).join('\n')

const wrong: readonly [string, string][] = [
  ['unknown names', times((i) => `const a${i} = b${i}`)],
  ['characters', times((i) => `@@ foo ${i}`)],
  ['open braces', times(() => 'cell A {')],
  ['members', times((i) => `cell A${i} { x ${i} }`)],
  ['strings', times((i) => `param p${i} = "`)],
  ['foreign words', times((i) => `optimize p${i} layer`)],
  ['missing expressions', times((i) => `cell A${i} { state x : dx/dt = }`)],
]
const second = [
  'population x[2] : Foo',
  'param a = ',
  'cell A { event e = 1 ',
  'cell A { compartment soma  evnt e = 2 }',
  '}',
]

describe('files in one process', () => {
  it.each(wrong)(
    'after more than 100 errors of %s, the next file is read as if alone',
    (_, text) => {
      for (const source of second) {
        const alone = compileText(source).diagnostics
        compileText(text)
        expect(compileText(source).diagnostics).toEqual(alone)
      }
    },
  )
})

describe('names of any kind', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is one', (name) => {
    const compilation = compileText(`import { Input } from "std/cells"
param ${name} = 2
cell O(${name}_ = ${name}) { compartment soma  input target  event e = soma * ${name}_  loss l = sum((target - e) ^ 2) }
plasticity R { dw = post.e * pre.e }
dataset d { field ${name}[2]  train constant(${name} = 1)  test constant(${name} = 1) }
population x[2] : Input
population y[2] : O
connect x.event -> y.soma as ${name}W { init 1  learn R }
experiment e {
  data d  present x = ${name}, y.target = ${name}
  optimise ${name}W with sgd(rate = 0.1)
  measure loss, ${name} = norm(${name}W)
  protocol { phase ${name} 1 epoch { set ${name} = 3 } }
}`)
    expect(errorsOf(compilation)).toEqual([])
    const { plan } = compilation
    expect(plan?.measures.map(({ label }) => label)).toEqual(['loss', name])
    const [phase] = plan?.phases ?? []
    expect(phase?.kind === 'phase' && Object.entries(phase.settings)).toEqual([[name, 3]])
    expect(Object.entries(plan?.data?.dataset.train.named ?? {})).toEqual([[name, 1]])
  })

  it('that are no options are said, whatever objects have', () => {
    const source = (options: string) => `import { Input, Linear } from "std/cells"
dataset d { field v[1]  train constant(v = 1)  test constant(v = 1) }
population x[1] : Input
population y[1] : Linear
connect x.event -> y.soma as W { init 1 }
experiment e { data d ${options} }`
    expect(errorsOf(compileText(source('{ constructor 3 }  present x = v')))).toHaveLength(1)
    expect(
      errorsOf(compileText(source('present x = v  optimise W with sgd(rate = 1, valueOf = 3)'))),
    ).toHaveLength(1)
  })
})
