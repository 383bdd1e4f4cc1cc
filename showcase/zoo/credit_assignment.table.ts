/** Models of the zoo: `examples/zoo/credit_assignment`. */
import { above, atEnd, below, first, highest, last, lessThan } from '../expectations.ts'
import type { ZooModel } from './model.ts'

const error = 'test error'
const angle = 'angle(W, backprop)'

/** A small circuit with weights by formulas, which learns exclusive or. */
const stated = '--experiment xor --variant stated'

/** Numbers of a short run without draws, in double precision. */
const exact = { run: stated, within: 1e-10 } as const

export const creditAssignment: readonly ZooModel[] = [
  {
    name: 'direct_feedback_alignment',
    paper: 'Nøkland, 2016, NeurIPS 29',
    shows: 'the digits are learned by direct random feedback, along the gradient within 60 degrees',
    runs: { main: '' },
    expect: [below(last(error), 12), above(first(angle), 70), below(last(angle), 60)],
    beside: { ...exact, figure: 'test loss', single: 1e-4 },
  },
  {
    name: 'sign_symmetric',
    paper: 'Liao, Leibo and Poggio, 2016, AAAI 30',
    shows: 'feedback that knows the signs alone is nearer to the gradient than random feedback',
    runs: { main: '', random: '--variant random_feedback' },
    expect: [
      below(last(error), 10),
      lessThan(last(error), last(error, 'random')),
      lessThan(last(angle), last(angle, 'random')),
    ],
    beside: { ...exact, figure: 'test loss', single: 1e-4 },
  },
  {
    name: 'weight_mirror',
    paper: 'Akrout, Wilson, Humphreys, Lillicrap and Tweed, 2019, NeurIPS 32',
    shows: 'noise alone turns random feedback to the forward weights, and the digits are learned',
    runs: { main: '' },
    expect: [
      above(first('angle(W, B)'), 80),
      below(last('angle(W, B)'), 30),
      below(last(error), 12),
    ],
    beside: {
      run: '--experiment mirror --variant stated',
      figure: 'ratio(B, W[1..2])[0]',
      within: 1e-9,
      single: 1e-2,
    },
  },
  {
    name: 'predictive_coding',
    paper: 'Whittington and Bogacz, 2017, Neural Comput. 29',
    shows: 'exclusive or is learned by the errors of predictions that have settled',
    runs: { main: stated },
    expect: [below(atEnd('loss'), 0.01)],
    beside: { ...exact, run: `${stated} --steps 8400`, figure: 'norm(W)[0]', single: 1e-2 },
    note:
      'with more hidden units rounding is amplified while values settle in the first 20 trials: in the NumPy program itself sums that are taken ' +
      'in the reverse order move weights by 2e-8 of the largest with 10 units (5e-9 with 7, 1e-15 with 5; with 13 the two part), and no further in the ' +
      '380 trials after; the two programs differ by as much.',
  },
  {
    name: 'equilibrium_propagation',
    paper: 'Scellier and Bengio, 2017, Front. Comput. Neurosci. 11',
    shows: 'exclusive or is learned from what a nudge changes in an equilibrium',
    runs: { main: stated },
    expect: [above(first('loss'), 0.1), below(atEnd('loss'), 0.01)],
    beside: { ...exact, run: `${stated} --steps 10000`, figure: 'norm(W1)', single: 1e-2 },
  },
  {
    name: 'persistent_particles',
    paper: 'Scellier and Bengio, 2017, Front. Comput. Neurosci. 11',
    shows: 'each example goes on from its own equilibrium, so that a few steps settle it',
    runs: { main: '' },
    expect: [above(first('loss'), 0.1), below(atEnd('loss'), 0.01)],
    beside: { ...exact, run: '--steps 10000', figure: 'norm(W1)', single: 1e-2 },
    note:
      'with other sizes and nudges, rounding is amplified: in the NumPy program itself 1e-15 of one weight, changed at the ' +
      'beginning, has become 2e-9 (hidden 6, beta 0.8) or 1e-4 (hidden 5, beta 0.5) of the largest after 800 trials, which is what both ' +
      'programs then differ by (with single precision by 1 to 10 %); before trial 300, neither has grown.',
  },
  {
    name: 'contrastive_hebbian',
    paper: 'Movellan, 1991; Xie and Seung, 2003, Neural Comput. 15',
    shows: 'exclusive or is learned by the difference of free and clamped equilibria',
    runs: { main: stated },
    expect: [above(first('loss'), 0.1), below(atEnd('loss'), 0.01)],
    beside: { ...exact, run: `${stated} --steps 12000`, figure: 'norm(W1)', single: 1e-2 },
  },
  {
    name: 'forward_forward',
    paper: 'Hinton, 2022, arXiv 2212.13345',
    shows: 'layers tell right from wrong labels by themselves, and the digits are learned',
    runs: { main: '' },
    expect: [below(last(error), 20), above(last('good'), 2), below(last('bad'), 2)],
    beside: { ...exact, figure: 'test loss', single: 1e-3 },
    note:
      'with 5 hidden units rounding is amplified: in the NumPy program itself 1e-7 of one weight, changed at the beginning, has ' +
      'become 3e-4 of `good` (a mean, no count) after 20 updates and 3 % after 31. NumPy in single precision is 0.4 % off after 20, too; with 6 units nothing grows.',
  },
  {
    name: 'target_propagation',
    paper: 'Bengio, 2014, arXiv 1407.7906',
    shows: 'targets by a learned inverse teach exclusive or; errors of two inverses add up',
    runs: { main: '--variant stated', deeper: '--variant stated --set layers=2' },
    expect: [below(last('test loss'), 0.02), above(last('test loss', 'deeper'), 0.6)],
    beside: { run: '--variant stated', figure: 'test loss', within: 1e-9, single: 1e-2 },
  },
  {
    name: 'difference_target_propagation',
    paper: 'Lee, Zhang, Fischer and Bengio, 2015, ECML',
    shows: 'targets by learned inverses teach the digits, and without the difference nothing',
    runs: { main: '', plain: '--variant plain' },
    expect: [below(last(error), 15), above(last(error, 'plain'), 50)],
    beside: { ...exact, figure: 'test loss', single: 1e-3 },
  },
  {
    name: 'dendritic_gated',
    paper: 'Sezener et al., 2021, bioRxiv 2021.03.10.434756',
    shows: 'cells that each predict the target, with gated branches, learn the digits',
    runs: { main: '' },
    expect: [below(last(error), 15.5)],
    beside: { ...exact, figure: 'test loss', single: 1e-4 },
  },
  {
    name: 'dendritic_microcircuits',
    paper: 'Sacramento, Costa, Bengio and Senn, 2018, NeurIPS 31',
    shows: 'apical errors, which interneurons leave uncancelled, teach a hidden layer the digits',
    runs: {
      main: '',
      readout: '--set apical=0',
      unprepared: '--experiment predict --variant unprepared',
    },
    expect: [
      below(last(error), 15),
      above(last(error, 'readout'), 25),
      above(highest('rest', 'unprepared'), 0.5),
      below(atEnd('rest', 'unprepared'), 0.12),
    ],
    beside: { ...exact, figure: 'norm(V)[0]', single: 1e-3, few: 21 },
  },
  {
    name: 'deep_feedback_control',
    paper: 'Meulemans et al., 2021, NeurIPS 34; 2022, ICML 162',
    shows: 'a controller teaches exclusive or by feedback that has learned to be the way back',
    runs: { main: stated },
    expect: [
      above(first('turned', 'main', 'sleep'), 60),
      below(first('turned', 'main', 'wake'), 30),
      below(atEnd('loss'), 0.03),
    ],
    beside: { run: stated, figure: 'norm(Q)[0]', within: 1e-7, single: 2e-2, few: 41 },
  },
  {
    name: 'burstprop',
    paper: 'Payeur, Guerguiev, Zenke, Richards and Naud, 2021, Nat. Neurosci. 24',
    shows: 'bursts that a teacher adds or takes away teach the digits by random feedback',
    runs: { main: '', tied: '--variant tied', readout: '--variant no_feedback' },
    expect: [
      below(last(error), 17),
      lessThan(last(error, 'tied'), last(error)),
      above(last(error, 'readout'), 18),
      lessThan(last(angle, 'tied'), last(angle)),
    ],
    beside: { ...exact, figure: 'norm(W)', single: 1e-4 },
  },
  {
    name: 'reward_perturbation',
    paper: 'Williams, 1992, Mach. Learn. 8; Fiete and Seung, 2006, PRL 97',
    shows: 'noise of cells and one broadcast number, success, teach exclusive or',
    runs: { main: '--variant stated', other: '--seed 2' },
    expect: [below(last('test loss'), 0.01), below(last('test loss', 'other'), 0.02)],
    beside: { run: '--variant stated', figure: 'test loss', within: 1e-7, single: 0.1 },
  },
  {
    name: 'pepita',
    paper: 'Dellaferrera and Kreiman, 2022, ICML 162',
    shows: 'a second pass with the error added to the input teaches the digits',
    runs: { main: '' },
    expect: [below(last(error), 25), below(last('angle(W1, backprop)'), 80)],
    beside: { ...exact, figure: 'test loss', single: 1e-3 },
  },
  {
    name: 'dann',
    paper: 'Cornford et al., 2021, ICLR 9',
    shows: 'excitatory cells with subtractive and divisive inhibition learn the digits',
    runs: { main: '' },
    expect: [below(last(error), 30)],
    beside: { ...exact, figure: 'test loss', single: 1e-3 },
  },
]
