/** Models of the zoo: `examples/zoo/spikes`. */
import { above, atEnd, below, first, highest, last, near } from '../expectations.ts'
import type { ZooModel } from './model.ts'

const error = 'test error'

export const spikes: readonly ZooModel[] = [
  {
    name: 'hodgkin_huxley',
    paper: 'Hodgkin and Huxley, 1952, J. Physiol. 117',
    shows:
      'one spike of a small current, regular firing of larger ones from 50 Hz on, none of 256 uA',
    runs: { main: '' },
    expect: [
      below(atEnd('at_4'), 1),
      near(atEnd('at_8'), 62, 10),
      near(atEnd('at_32'), 101, 10),
      below(atEnd('at_256'), 1),
    ],
    beside: {
      run: '',
      figure: 'at_8',
      within: 1e-9,
      single: 'spikes may come a step early or late',
    },
  },
  {
    name: 'izhikevich_patterns',
    paper: 'Izhikevich, 2003, IEEE Trans. Neural Netw. 14',
    shows: 'six kinds of cortical cells by four numbers: regular, bursting, chattering, fast, ...',
    runs: { main: '' },
    expect: [
      near(atEnd('regular'), 23, 3),
      near(atEnd('bursting'), 31, 3),
      above(atEnd('cv'), 1.2),
      near(atEnd('fast'), 123, 6),
      near(atEnd('low_threshold'), 71, 6),
      near(atEnd('resonator'), 174, 6),
    ],
    beside: { run: '', figure: 'fast', within: 1e-9, single: 0.03 },
  },
  {
    name: 'adex_patterns',
    paper: 'Naud et al., 2008, Biol. Cybern. 99',
    shows: 'tonic, adapting, bursting and accelerating cells by the parameters of two equations',
    runs: { main: '' },
    expect: [
      near(atEnd('tonic'), 105, 15),
      near(atEnd('adapting'), 10, 5),
      near(atEnd('initial'), 15, 6),
      near(atEnd('delayed'), 90, 15),
    ],
    beside: { run: '', figure: 'tonic', within: 1e-9, single: 2e-3 },
  },
  {
    name: 'diehl_cook',
    paper: 'Diehl and Cook, 2015, Front. Comput. Neurosci. 9',
    shows: 'cells that compete and tire come to stand for digits, by the timing of spikes alone',
    runs: { main: '' },
    expect: [below(last(error), 45)],
    beside: {
      run: '--experiment xor --variant few',
      figure: 'norm(W)',
      within: 1e-9,
      single: 'spikes may come a step early or late, and change all that follows',
      few: 20,
    },
    note:
      'its constants were chosen by the test error of seed 1 on the embedded digits, 38.0 %, which is therefore flattered; with seeds 2 and 3, ' +
      'and training and test digits of their own, it is 40.2 % and 38.6 %, a mean of 39.4 % with a standard error of 0.8. The 25.15 % of ' +
      'MNIST are of seed 1 alone.',
  },
  {
    name: 'triplet_stdp',
    paper: 'Pfister and Gerstner, 2006, J. Neurosci. 26',
    shows:
      'pairs of spikes potentiate at 50 Hz in either order; at 10 Hz post before pre depresses',
    runs: { main: '' },
    expect: [
      near(atEnd('slow'), 0.12, 0.02),
      above(atEnd('quick'), 0.7),
      below(atEnd('backwards'), -0.3),
      above(atEnd('backwards_quick'), 0.7),
    ],
    beside: { run: '', figure: 'quick', within: 1e-10, single: 1e-3 },
  },
  {
    name: 'graupner_brunel',
    paper: 'Graupner and Brunel, 2012, PNAS 109',
    shows: 'calcium above two thresholds depresses and potentiates, by the order of spikes',
    runs: { main: '' },
    expect: [
      near(atEnd('apart'), 0, 0.005),
      below(atEnd('before'), -0.015),
      above(atEnd('after'), 0.015),
    ],
    beside: { run: '', figure: 'after', within: 1e-9, single: 1e-2 },
  },
  {
    name: 'reward_stdp',
    paper: 'Izhikevich, 2007, Cereb. Cortex 17',
    shows: 'dopamine that comes a second late strengthens the synapse that earned it',
    runs: { main: '' },
    expect: [above(atEnd('rewarded'), 1.3), below(atEnd('others'), 1)],
    beside: { run: '', figure: 'rewarded', within: 1e-9, single: 1e-3 },
  },
  {
    name: 'inhibitory_plasticity',
    paper: 'Vogels et al., 2011, Science 334',
    shows: 'inhibition learns to hold excitatory cells near a target rate, and irregular',
    runs: { main: '', fixed: '--set eta=0nS' },
    expect: [
      near(atEnd('rate'), 7, 3),
      above(atEnd('cv'), 0.3),
      above(atEnd('rate', 'fixed'), 120),
      below(atEnd('cv', 'fixed'), 0.05),
    ],
    beside: {
      run: '--set cells=120 --steps 2500',
      figure: 'rate',
      within: 1e-9,
      single: 'spikes may come a step early or late, and change all that follows',
    },
  },
  {
    name: 'brunel',
    paper: 'Brunel, 2000, J. Comput. Neurosci. 8',
    shows: 'irregular cells, more regular ones, fast ones and slow waves, by two numbers',
    runs: {
      main: '',
      regular: '--variant synchronous_regular',
      fast: '--variant fast',
      slow: '--variant slow',
    },
    expect: [
      near(atEnd('rate'), 45, 5),
      above(atEnd('cv'), 0.4),
      above(atEnd('rate', 'regular'), 200),
      below(atEnd('cv', 'regular'), 0.15),
      near(atEnd('rate', 'fast'), 69, 8),
      above(atEnd('cv', 'fast'), 0.6),
      below(atEnd('rate', 'slow'), 15),
      above(atEnd('together', 'slow'), 1),
    ],
    beside: {
      run: '--variant stated --set cells=150 J=2mV --steps 1501',
      figure: 'together',
      within: 1e-9,
      single: 'spikes may come a step early or late, and change all that follows',
    },
  },
  {
    name: 'surrogate_gradient',
    paper: 'Neftci, Mostafa and Zenke, 2019, IEEE Signal Process. Mag. 36',
    shows:
      'digits whose pixels spike the sooner the brighter are learned by gradients through time',
    runs: { main: '', xor: '--experiment xor' },
    expect: [below(last(error), 20), below(atEnd('cross_entropy', 'xor'), 0.1)],
    beside: {
      run: '--experiment xor --variant stated',
      figure: 'norm(W)',
      within: 1e-9,
      single: 1e-3,
      few: 62,
    },
  },
  {
    name: 'clopath',
    paper: 'Clopath, Büsing, Vasilaki and Gerstner, 2010, Nat. Neurosci. 13',
    shows:
      'by the voltage, pairs at 50 Hz potentiate in either order; at 10 Hz post before pre depresses',
    runs: { main: '' },
    expect: [
      near(atEnd('slow'), 0, 0.02),
      near(atEnd('quick'), 0.17, 0.02),
      near(atEnd('backwards'), -0.18, 0.02),
      near(atEnd('backwards_quick'), 0.09, 0.02),
    ],
    beside: { run: '', figure: 'quick', within: 1e-9, single: 1e-3, few: 100 },
  },
  {
    name: 'decision',
    paper: 'Wang, 2002, Neuron 36',
    shows: 'of two groups of cells with noisy inputs the one that gets more wins, and stays active',
    runs: { main: '', other: '--set coherence=-0.5' },
    expect: [
      above(atEnd('a'), 20),
      below(atEnd('b'), 8),
      above(atEnd('b', 'other'), 20),
      below(atEnd('a', 'other'), 8),
    ],
    beside: {
      run: '--set cells=100 --steps 7501',
      figure: 'inhibitory',
      within: 1e-9,
      single: 'spikes may come a step early or late, and change all that follows',
      few: 20,
    },
  },
  {
    name: 'population_bursts',
    paper: 'Tsodyks, Uziel and Markram, 2000, J. Neurosci. 20',
    shows: 'all cells burst together about once a second, by synapses that depress and recover',
    runs: { main: '', quick: '--set recovery=5ms' },
    expect: [
      near(atEnd('bursts'), 5, 3),
      above(highest('rate'), 100),
      below(atEnd('bursts', 'quick'), 2),
    ],
    beside: {
      run: '--variant stated --steps 2001',
      figure: 'inhibitory',
      within: 1e-9,
      single: 'spikes may come a step early or late, and change all that follows',
      few: 20,
    },
  },
  {
    name: 'liquid_state',
    paper: 'Maass, Natschläger and Markram, 2002, Neural Comput. 14',
    shows:
      'from the state of a recurrent circuit a linear readout tells two jittered spike templates apart',
    runs: { main: '' },
    expect: [near(first('right'), 0.5, 0.05), above(atEnd('right'), 0.85)],
    beside: {
      run: '--experiment brief --variant stated',
      figure: 'norm(R)',
      within: 1e-9,
      single: 'spikes may come a step early or late, and change all that follows',
      few: 20,
    },
  },
  {
    name: 'spiking_force',
    paper: 'Nicola and Clopath, 2017, Nat. Commun. 8',
    shows: 'a chaotic network of spiking cells learns to make a sine, and goes on by itself',
    runs: { main: '' },
    expect: [
      above(highest('wrong', 'main', 'before'), 0.9),
      below(highest('wrong', 'main', 'test'), 0.4),
    ],
    beside: {
      run: '--set cells=60 --steps 1201',
      figure: 'norm(R)',
      within: 1e-9,
      single: 'a chaotic network',
    },
  },
  {
    name: 'dendritic_prediction',
    paper: 'Urbanczik and Senn, 2014, Neuron 81',
    shows: 'a dendrite learns to foretell its soma, which then follows a curve without the teacher',
    runs: { main: '', untaught: '--set eta=0 --steps 10001' },
    expect: [below(atEnd('wrong'), 0.2), above(atEnd('wrong', 'untaught'), 0.35)],
    beside: {
      run: '--set inputs=50 --steps 4001',
      figure: 'norm(W)',
      within: 1e-9,
      single: 'a spike more or less changes all that is after it',
    },
  },
]
