/** Models of the zoo: `examples/zoo/recurrent`. */
import { above, atEnd, below, first, highest, lessThan, lowest, near } from '../expectations.ts'
import type { ZooModel } from './model.ts'

export const recurrent: readonly ZooModel[] = [
  {
    name: 'hopfield',
    paper: 'Hopfield, 1982, PNAS 79',
    shows: 'spoilt patterns are completed; three times as many are not remembered',
    runs: { main: '', many: '--set load=24' },
    expect: [
      near(first('overlap', 'main', 'show'), 0.6, 1e-6),
      above(atEnd('overlap'), 0.95),
      below(atEnd('overlap', 'many'), 0.9),
    ],
    beside: { run: '', figure: 'norm(T)', within: 1e-12, single: 1e-6, few: 30 },
  },
  {
    name: 'hopfield_graded',
    paper: 'Hopfield, 1984, PNAS 81',
    shows: 'graded neurons complete a pattern, downhill in energy; at a low gain they forget it',
    runs: { main: '', low: '--set gain=0.8' },
    expect: [
      above(atEnd('overlap'), 0.95),
      below(atEnd('overlap', 'low'), 0.2),
      lessThan(atEnd('energy'), first('energy', 'main', 'free')),
    ],
    beside: { run: '', figure: 'inside', within: 1e-10, single: 1e-2 },
  },
  {
    name: 'ring',
    paper: 'Ben-Yishai, Bar-Or and Sompolinsky, 1995, PNAS 92',
    shows:
      'tuning is as wide at any contrast, and follows the input; without recurrence it is broad',
    runs: {
      main: '',
      strong: '--set contrast=20',
      broad: '--variant broad',
      turned: '--experiment turn',
    },
    expect: [
      near(atEnd('active'), 0.317, 0.01),
      near(atEnd('active', 'strong'), 0.317, 0.01),
      above(atEnd('active', 'broad'), 0.45),
      near(atEnd('sine', 'turned'), 0, 0.02),
    ],
    beside: { run: '', figure: 'peak', within: 1e-11, single: 1e-5 },
  },
  {
    name: 'head_direction',
    paper: 'Xie, Hahnloser and Seung, 2002, Phys. Rev. E 66',
    shows: 'the bump stays, and turns at a speed in proportion to the drive',
    runs: { main: '', faster: '--experiment faster' },
    expect: [
      near(atEnd('sine', 'main', 'still'), 0, 0.02),
      near(atEnd('sine'), 0.71, 0.03),
      near(atEnd('cosine', 'faster'), 0, 0.04),
    ],
    beside: { run: '', figure: 'cosine', within: 1e-10, single: 1e-3 },
  },
  {
    name: 'echo_state',
    paper: 'Jaeger, 2001, GMD report 148; Jaeger and Haas, 2004, Science 304',
    shows: 'a readout predicts a chaotic series; not where echoes do not fade',
    runs: { main: '', chaotic: '--set radius=2' },
    expect: [below(atEnd('miss'), 1e-3), above(highest('miss', 'chaotic', 'test'), 1e-2)],
    beside: {
      run: '',
      figure: 'norm(R)',
      within: 1e-7,
      single: 'recursive least squares loses its digits',
    },
  },
  {
    name: 'force',
    paper: 'Sussillo and Abbott, 2009, Neuron 63',
    shows: 'a chaotic network learns to make a pattern, and goes on by itself',
    runs: { main: '' },
    expect: [above(highest('wrong', 'main', 'before'), 0.5), below(atEnd('wrong'), 0.1)],
    beside: {
      run: '--set cells=200 --steps 2600',
      figure: 'norm(R)',
      within: 1e-8,
      single: 'a chaotic network',
    },
  },
  {
    name: 'wilson_cowan',
    paper: 'Wilson and Cowan, 1972, Biophys. J. 12',
    shows: 'a limit cycle; and a pulse that is remembered',
    runs: { main: '', memory: '--variant hysteresis --experiment memory' },
    expect: [
      above(highest('e'), 0.2),
      below(lowest('e'), 0.1),
      below(atEnd('e', 'memory', 'before'), 0.1),
      above(atEnd('e', 'memory'), 0.3),
    ],
    beside: { run: '', figure: 'e', within: 1e-10, single: 1e-3 },
  },
  {
    name: 'jansen_rit',
    paper: 'Jansen and Rit, 1995, Biol. Cybern. 73',
    shows: 'alpha activity of nearly 11 Hz, and slow spikes of a weaker drive',
    runs: { main: '', spikes: '--variant spikes' },
    expect: [near(atEnd('frequency'), 10.8, 1), below(atEnd('frequency', 'spikes'), 6)],
    beside: { run: '', figure: 'frequency', within: 1e-10, single: 1e-3 },
  },
  {
    name: 'stabilised_supralinear',
    paper: 'Ahmadian, Rubin and Miller, 2013, Neural Comput. 25',
    shows: 'rates grow faster, then slower than the input; more input to inhibition lowers it',
    runs: { main: '', paradox: '--experiment paradox' },
    expect: [
      above(atEnd('e2'), 0.6),
      lessThan(atEnd('net20'), atEnd('net1')),
      lessThan(atEnd('i20', 'paradox', 'after'), atEnd('i20', 'paradox', 'before')),
    ],
    beside: { run: '', figure: 'e10', within: 1e-11, single: 1e-5 },
  },
]
