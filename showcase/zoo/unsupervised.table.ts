/** Models of the zoo: `examples/zoo/unsupervised`. */
import { atEnd, below, first, near, above } from '../expectations.ts'
import type { ZooModel } from './model.ts'

export const unsupervised: readonly ZooModel[] = [
  {
    name: 'oja',
    paper: 'Oja, 1982, J. Math. Biol. 15',
    shows: 'a Hebbian synapse that forgets finds the first principal component, with norm 1',
    runs: { main: '' },
    expect: [
      above(first('angle(W, D)'), 80),
      below(atEnd('angle(W, D)'), 10),
      near(atEnd('norm(W)'), 1, 0.03),
    ],
    beside: { run: '', figure: 'norm(W)', within: 1e-11, single: 1e-3 },
  },
]
