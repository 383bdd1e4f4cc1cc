/** Models of the zoo: `examples/zoo/unsupervised`. */
import { above, atEnd, below, first, near } from '../expectations.ts'
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
  {
    name: 'sanger',
    paper: 'Sanger, 1989, Neural Netw. 2',
    shows: 'units come to the principal components one after the other',
    runs: { main: '' },
    expect: [
      below(atEnd('angle(W, D)[0]'), 10),
      above(atEnd('angle(W, D)[1]'), 170),
      below(atEnd('angle(W, D)[2]'), 15),
      near(atEnd('norm(W)[2]'), 1, 0.03),
    ],
    beside: { run: '', figure: 'angle(W, D)[2]', within: 1e-9, single: 1e-3 },
  },
  {
    name: 'bcm',
    paper: 'Bienenstock, Cooper and Munro, 1982, J. Neurosci. 2',
    shows: 'cells with a sliding threshold become selective for one of ten patterns each',
    runs: { main: '' },
    expect: [below(first('selectivity'), 0.1), above(atEnd('selectivity'), 0.85)],
    beside: { run: '', figure: 'best', within: 1e-11, single: 1e-3 },
  },
  {
    name: 'competitive',
    paper: 'Rumelhart and Zipser, 1985, Cogn. Sci. 9',
    shows: 'two units that compete divide a grid of dipoles between them',
    runs: { main: '' },
    expect: [
      below(first('together'), 0.2),
      above(atEnd('together'), 0.65),
      above(atEnd('share'), 0.4),
    ],
    beside: { run: '', figure: 'together', within: 1e-11, single: 1e-3 },
  },
  {
    name: 'self_organising_map',
    paper: 'Kohonen, 1982, Biol. Cybern. 43',
    shows: 'a grid of units spreads over a square in order',
    runs: { main: '' },
    expect: [below(atEnd('miss'), 0.006), near(atEnd('norm(N)'), 0.82, 0.08)],
    beside: { run: '', figure: 'norm(N)', within: 1e-11, single: 1e-3 },
  },
  {
    name: 'foldiak',
    paper: 'Földiák, 1990, Biol. Cybern. 64',
    shows: 'each unit comes to stand for one of the lines that make the patterns',
    runs: { main: '' },
    expect: [above(atEnd('right'), 0.85)],
    beside: { run: '', figure: 'right', within: 1e-11, single: 1e-3, few: 41 },
  },
  {
    name: 'sparse_coding',
    paper: 'Rozell et al., 2008, Neural Comput. 20',
    shows: 'units that compete settle at the sparse code, the solution of the LASSO problem',
    runs: { main: '' },
    expect: [near(atEnd('active'), 4, 0.5), below(atEnd('wrong'), 0.02)],
    beside: { run: '', figure: 'wrong', within: 1e-9, single: 1e-3 },
  },
  {
    name: 'slow_feature_analysis',
    paper: 'Wiskott and Sejnowski, 2002, Neural Comput. 14',
    shows: 'Hebbian learning of filtered signals finds what varies least in time',
    runs: { main: '' },
    expect: [below(atEnd('corr'), -0.9), near(atEnd('norm(W)'), 1, 0.03)],
    beside: { run: '', figure: 'corr', within: 1e-9, single: 1e-3 },
  },
  {
    name: 'sorn',
    paper: 'Lazar, Pipa and Triesch, 2009, Front. Comput. Neurosci. 3',
    shows:
      'a network that organises itself by three rules counts letters better than one that does not',
    runs: { main: '', still: '--set eta=0' },
    expect: [above(atEnd('right'), 0.9), below(atEnd('right', 'still'), 0.9)],
    beside: {
      run: '--experiment brief --variant stated --set cells=60',
      figure: 'norm(R)',
      within: 1e-9,
      single: 'a cell that is just at its threshold may be on or off',
      few: 20,
    },
  },
  {
    name: 'cascade',
    paper: 'Fusi, Drew and Abbott, 2005, Neuron 45',
    shows:
      'memories fade by a power of time in synapses with many states, and at once in those with few',
    runs: { main: '', soon: '--steps 31', four: '--set depths=4 --steps 31' },
    expect: [
      near(atEnd('signal', 'soon'), 0.0195, 0.006),
      below(atEnd('signal', 'four'), 0.008),
      above(atEnd('signal'), 0.003),
    ],
    beside: { run: '--set synapses=300', figure: 'strong', within: 1e-12, single: 1e-6 },
  },
]
