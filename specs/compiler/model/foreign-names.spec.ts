/**
 * What is said to somebody who writes the names of other tools, or forgets an import: the hint. After an
 * error nothing is praised.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from '../../../grammar/index.ts'
import { libraryNames } from '../../../compiler/model/library-names.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { root } from '../../helpers/repository.ts'

interface Slots {
  readonly equation?: string
  readonly init?: string
  readonly optimiser?: string
  readonly measure?: string
}

const circuit = ({ equation, init, optimiser, measure }: Slots) => `model m
import { Input } from "std/cells"
dataset one { field v[2]  field t[3]  train constant(v = 1, t = 1)  test constant(v = 1, t = 1) }
cell Out {
  compartment soma
  input target
  event e = ${equation ?? 'soma'}
  delta = target - e
  loss l = sum(delta ^ 2)
}
plasticity R { dw = post.delta * pre.e }
population x[2] : Input
population y[3] : Out
connect x.event -> y.soma as W { init ${init ?? 'normal(std = 1)'}  learn R }
experiment a {
  data one
  present x = v, y.target = t
  optimise W with ${optimiser ?? 'sgd(rate = 1)'}
  measure ${measure ?? 'loss'}
}
`

type Row = [slots: Slots, hint: string]

describe('names of other tools', () => {
  it.each<Row>([
    [{ equation: 'soma + xi' }, 'noise is a draw: write `normal()`: mean 0, standard deviation 1'],
    [{ equation: 'soma + randn()' }, 'write `normal()`: mean 0, standard deviation 1'],
    [{ equation: 'soma + rand()' }, 'write `uniform()`: between 0 and 1'],
    [{ equation: 'pow(soma, 2)' }, 'write `a ^ b`'],
    [{ equation: 'ln(soma)' }, 'the natural logarithm is `log`'],
    [{ equation: 'relu6(soma)' }, 'write `clip(x, 0, 6)`'],
    [{ equation: 'if True then 1 else 0' }, 'write `true`'],
    [{ equation: 'soma + 3 * mv' }, 'did you mean the unit `mV`?'],
    [
      { equation: 'relu(soma)' },
      'it is declared in the standard library: `import { relu } from "std/activations"`',
    ],
    [
      { equation: 'soma * pi' },
      'it is declared in the standard library: `import { pi } from "std/math"`',
    ],
    [{ init: 'randn()' }, 'write `normal()`: mean 0, standard deviation 1'],
    [{ init: 'zeros()' }, 'initial values need no name: write `init 0`'],
    [{ init: 'he_normal()' }, 'write `kaiming_normal()`'],
    [{ optimiser: 'RMSprop(rate = 1)' }, 'write `rmsprop(rate = ...)`'],
    [{ optimiser: 'sgd(rate = 1, weight_decay = 0.1)' }, 'write `decay`'],
    [{ optimiser: 'adam(rate = 1, betas = 0.1)' }, 'write `beta1 = 0.9, beta2 = 0.999`'],
    [
      { measure: 'accuracy' },
      'write `error`: the share of wrong answers in %, 100 less the accuracy',
    ],
  ])('%o', (slots, hint) => {
    const { diagnostics } = compileText(circuit(slots))
    expect(diagnostics.map((each) => each.hint)).toEqual([hint])
  })

  it('a circuit without a mistake is told what it is; one with a mistake only of that', () => {
    const codes = (slots: Slots) => compileText(circuit(slots)).diagnostics.map(({ code }) => code)
    expect(codes({ measure: 'los' })).toEqual(['CCN2001'])
    expect(codes({}).every((code) => code !== 'CCN2001')).toBe(true)
  })
})

it('the list of what the library declares is that of its files', () => {
  const folder = `${root}/library/std`
  const declared = readdirSync(folder).map((name) => {
    const { file } = parse(readFileSync(`${folder}/${name}`, 'utf8'), name)
    const names = file.items.flatMap((item) =>
      item.kind !== 'Import' && 'name' in item && item.name ? [item.name.name] : [],
    )
    return [name.replace('.ccn', ''), names]
  })
  expect(libraryNames).toEqual(Object.fromEntries(declared))
})
