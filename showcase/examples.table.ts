/**
 * What each example shows, in a short form of its experiment: the arguments of `ccn train`, on data that
 * comes with the language, and what is expected of the figures. Bounds leave room for other seeds.
 */
import {
  above,
  atEnd,
  below,
  first,
  highest,
  last,
  lessThan,
  near,
  type Expectation,
} from './expectations.ts'

export interface Showcase {
  readonly name: string
  /** In words. */
  readonly shows: string
  /** Arguments of `ccn train` by the name of the run; `main` is the one that figures are of by default. */
  readonly runs: Readonly<Record<string, string>>
  readonly expect: readonly Expectation[]
}

const error = 'test error'
const loss = 'test loss'
/** The loss as a measure of the run, without a test set. */
const running = 'loss'
const angle = 'angle(W, backprop)'

/** Settings by which the digits are learned in a few epochs. */
const quick = '--epochs 8 --set layers=2 rate=0.5'

export const showcases: readonly Showcase[] = [
  {
    name: 'xor',
    shows: 'exclusive or is learned, also by random feedback; not without event feedback',
    runs: {
      main: 'examples/xor.ccn',
      random: 'examples/xor.ccn --variant random_feedback',
      'no events': 'examples/xor.ccn --variant no_event_feedback',
      swept: 'examples/xor.ccn --sweep feedback',
    },
    expect: [
      below(last('error of variant=none', 'swept'), 9),
      above(last('error of variant=no_event_feedback', 'swept'), 20),
      below(last(error), 1),
      below(last(error, 'random'), 1),
      above(last(error, 'no events'), 20),
    ],
  },
  {
    name: 'teacher_network',
    shows: 'another network is imitated; with tied feedback the update is the gradient',
    runs: {
      main: 'examples/teacher_network.ccn',
      symmetric: 'examples/teacher_network.ccn --variant symmetric',
      'no events': 'examples/teacher_network.ccn --variant no_event_feedback',
    },
    expect: [
      below(last(loss, 'symmetric'), 0.03),
      below(last(angle, 'symmetric'), 2),
      lessThan(last(loss), last(loss, 'no events')),
      lessThan(last(`${angle}[0]`), first(`${angle}[0]`)),
    ],
  },
  {
    name: 'backprop',
    shows: 'the yardstick: backprop, feedback alignment and Kolen-Pollack learn the digits',
    runs: {
      main: `examples/backprop.ccn ${quick}`,
      alignment: `examples/backprop.ccn --variant feedback_alignment ${quick}`,
      mirror: `examples/backprop.ccn --variant kolen_pollack --experiment digits_kolen_pollack ${quick} rate_Y=0.5`,
    },
    expect: [
      below(last(error), 16),
      below(last(angle), 0.1),
      below(last(error, 'alignment'), 30),
      lessThan(last(error), last(error, 'alignment')),
      lessThan(last(error, 'mirror'), last(error, 'alignment')),
      lessThan(last(angle, 'mirror'), last(angle, 'alignment')),
    ],
  },
  {
    name: 'local_losses',
    shows: 'layers that learn by losses of their own, with no error from above, beside backprop',
    runs: {
      main: 'examples/local_losses.ccn --epochs 4',
      'end to end': 'examples/local_losses.ccn --variant end_to_end --epochs 4',
    },
    expect: [
      below(last(error), 12),
      below(last('last'), 0.2),
      below(last(error, 'end to end'), 16),
    ],
  },
  {
    name: 'burstccn',
    shows:
      'learns in one phase; by tied feedback as backprop does, by random feedback with alignment',
    runs: {
      main: `examples/burstccn.ccn ${quick}`,
      tied: `examples/burstccn.ccn --variant symmetric ${quick}`,
      mirror: `examples/burstccn.ccn --variant kolen_pollack --experiment digits_kolen_pollack ${quick}`,
      'no events': 'examples/burstccn.ccn --variant no_event_feedback --epochs 2',
    },
    expect: [
      below(last(error), 25),
      lessThan(last(`${angle}[0]`), first(`${angle}[0]`)),
      below(last(error, 'tied'), 16),
      below(last(angle, 'tied'), 3),
      below(last(error, 'mirror'), 20),
      above(last(error, 'no events'), 80),
    ],
  },
  {
    name: 'burstccn_family',
    shows: 'variants compose: a softmax output, rectified and normalised layers, tied feedback',
    runs: {
      main: 'examples/burstccn_family.ccn --variant softmax_shift,relu_rms,tied --set scale=1 rate=0.02 --epochs 3',
    },
    expect: [below(last(error), 30)],
  },
  {
    name: 'dales',
    shows:
      "learns under Dale's law, and not without a class of interneurons; fewer SST cells, wider angle",
    runs: {
      main: 'examples/dales.ccn --epochs 15 --set hidden=50 rate=0.3',
      '8 SST':
        'examples/dales.ccn --epochs 15 --variant symmetric_start --set feedback=1 bottleneck=8',
      '2 SST':
        'examples/dales.ccn --epochs 15 --variant symmetric_start --set feedback=1 bottleneck=2',
      'no VIP': 'examples/dales.ccn --epochs 2 --variant silence_vip',
      'no NDNF': 'examples/dales.ccn --epochs 2 --variant silence_ndnf',
    },
    expect: [
      below(last(error), 25),
      lessThan(last(`${angle}[1]`, '8 SST'), last(`${angle}[1]`, '2 SST')),
      below(first('bursting', 'no VIP'), 0.45),
      above(first('bursting', 'no NDNF'), 0.55),
      above(last(error, 'no VIP'), 80),
      above(last(error, 'no NDNF'), 80),
    ],
  },
  {
    name: 'silencing',
    shows: 'bursts and the synapse of a single cell when a class of interneurons is silent',
    runs: Object.fromEntries(
      ['main', 'pv', 'vip', 'sst', 'ndnf'].map((each) => [
        each,
        `examples/silencing.ccn${each === 'main' ? '' : ` --variant silence_${each}`}`,
      ]),
    ),
    expect: [
      near(last('direct'), 0.776, 0.01),
      lessThan(last('direct', 'pv'), last('direct')),
      below(last('direct', 'vip'), 0.4),
      below(first('bursting', 'vip'), 0.4),
      lessThan(last('direct'), last('direct', 'sst')),
      above(first('bursting', 'sst'), 0.9),
      lessThan(last('direct'), last('direct', 'ndnf')),
      ...['main', 'pv', 'vip', 'sst', 'ndnf'].map((each) =>
        near(last('bursting', each), 0.5, 0.001),
      ),
    ],
  },
  {
    name: 'feedback_learning',
    shows:
      'driven by noise, the burst feedback comes to mirror the forward weights without a teacher',
    runs: {
      main: 'examples/feedback_learning.ccn',
      random: 'examples/feedback_learning.ccn --variant random_events --set hidden=50 --epochs 5',
      learn: 'examples/feedback_learning.ccn --experiment align_first --set hidden=50 --epochs 16',
      unbalanced:
        'examples/feedback_learning.ccn --experiment align_first --variant fixed_feedback --set hidden=50 --epochs 12',
      repaired:
        'examples/feedback_learning.ccn --experiment lesion --variant balanced --set hidden=50 --epochs 14',
    },
    expect: [
      above(first('angle(W, Y)'), 80),
      below(last('angle(W, Y)'), 5),
      below(last('angle(-Q, Y)'), 5),
      below(last('potential'), 0.01),
      below(last('angle(-Q, Y)', 'random'), 20),
      above(last('angle(W, Y)', 'random'), 80),
      below(last(error, 'learn'), 30),
      above(last(error, 'unbalanced'), 80),
      below(last(error, 'repaired'), 45),
    ],
  },
  {
    name: 'burstprop',
    shows:
      'learns in two phases; saturation turns its update from the gradient, recurrence turns it back',
    runs: {
      main: 'examples/burstprop.ccn --set rate=0.5 --epochs 8',
      tied: 'examples/burstprop.ccn --variant tied --set scale_Y=1 rate=0.5 --epochs 8',
      recurrent:
        'examples/burstprop.ccn --variant tied,recurrent --experiment digits_recurrent --set scale_Y=1 rate=0.5 --epochs 8',
    },
    expect: [
      below(last(error), 25),
      below(last(error, 'tied'), 18),
      lessThan(last(error, 'tied'), last(error)),
      lessThan(last(angle, 'tied'), last(angle)),
      lessThan(last(angle, 'recurrent'), last(angle, 'tied')),
      lessThan(last('potential', 'recurrent'), last('potential', 'tied')),
    ],
  },
  {
    name: 'node_perturbation',
    shows: 'learns, slowly, without feedback weights; a single update is nearly at right angles',
    runs: { main: 'examples/node_perturbation.ccn --epochs 20' },
    expect: [below(last(error), 85), below(last(loss), 0.6), above(last(angle), 60)],
  },
  {
    name: 'edn',
    shows: 'an error dendritic network learns the digits',
    runs: { main: 'examples/edn.ccn --epochs 8 --set rate=0.3' },
    expect: [below(last(error), 45)],
  },
  {
    name: 'cifar10_family',
    shows: 'a convolutional circuit learns the digits by the gradient, with tied feedback',
    runs: {
      main: 'examples/cifar10_family.ccn --experiment digits --variant softmax_shift,relu_rms,tied --set scale=1 rate=0.02 --epochs 2',
    },
    expect: [below(last(error), 30), below(last(angle), 25)],
  },
  {
    name: 'cifar10_burstprop',
    shows: 'Burstprop through kernels, with tied feedback: a regression is learned by the gradient',
    runs: { main: 'examples/cifar10_burstprop.ccn --variant tied' },
    expect: [below(last(loss), 0.57), below(last(angle), 10)],
  },
  {
    name: 'continuous',
    shows: 'in continuous time, sine waves are learned online, and stay without the teacher',
    runs: { main: 'examples/continuous.ccn' },
    expect: [
      above(highest(running, 'main', 'settle'), 0.1),
      below(atEnd(running, 'main', 'teach'), 0.001),
      below(last(running), 0.001),
      near(last('bursting'), 0.5, 0.001),
    ],
  },
  {
    name: 'film',
    shows: 'a stream of frames teaches a circuit in continuous time to follow another network',
    runs: { main: 'examples/film.ccn' },
    expect: [
      above(first(running, 'main', 'teach'), 0.1),
      below(atEnd(running, 'main', 'teach'), 0.06),
      below(last(running), 0.06),
    ],
  },
  {
    name: 'spiking',
    shows:
      'spiking outputs are driven up to 10 Hz, then down to 5 Hz, by bursts and their plasticity',
    runs: { main: 'examples/spiking.ccn' },
    expect: [
      near(atEnd('rate', 'main', 'settle'), 5.5, 1),
      above(highest('outputs', 'main', 'up'), 0.5),
      near(atEnd('rate', 'main', 'up'), 10, 1),
      near(atEnd('rate', 'main', 'stay_up'), 9.5, 1),
      near(atEnd('rate', 'main', 'down'), 5, 1),
      near(atEnd('rate', 'main', 'stay_down'), 5, 1),
      near(last('outputs'), 0.37, 0.05),
    ],
  },
  {
    name: 'plasticity_rule',
    shows: 'the sign of burst-dependent plasticity follows the rate, and turns at 43 Hz',
    runs: { main: 'examples/plasticity_rule.ccn' },
    expect: [
      near(last('p[3]'), 0.5, 0.02),
      below(last('change[1]'), -0.03),
      near(last('change[3]'), 0, 0.03),
      above(last('change[6]'), 0.3),
    ],
  },
  {
    name: 'spiking_xor',
    shows:
      'exclusive or is learned by spikes; not without feedback, and not for good without events',
    runs: {
      main: 'examples/spiking_xor.ccn --set cells=50',
      'no feedback': 'examples/spiking_xor.ccn --variant no_feedback --set cells=50',
      'no events': 'examples/spiking_xor.ccn --variant no_event_feedback --set cells=50',
    },
    expect: [
      below(last('answer[0]'), 6),
      above(last('answer[1]'), 7),
      above(last('answer[2]'), 7),
      below(last('answer[3]'), 6),
      above(last('right'), 0.85),
      above(last('answer[3]', 'no feedback'), 6.5),
      below(last('right', 'no feedback'), 0.8),
      above(last('answer[3]', 'no events'), 6.5),
    ],
  },
  {
    name: 'multiplexing',
    shows:
      'of one spike train, a depressing synapse reads the events, a facilitating one the bursts',
    runs: {
      main: 'examples/multiplexing.ccn',
      swapped: 'examples/multiplexing.ccn --variant swapped',
    },
    expect: [
      above(last('events'), 0.9),
      above(last('bursts'), 0.8),
      lessThan(last('crossed_events'), last('events')),
      lessThan(last('crossed_bursts'), last('bursts')),
      lessThan(last('events', 'swapped'), last('events')),
      lessThan(last('bursts', 'swapped'), last('bursts')),
    ],
  },
  {
    name: 'formalisms',
    shows: 'one circuit in rates, in continuous time and in spikes comes to the same level',
    runs: {
      main: 'examples/formalisms.ccn',
      continuous: 'examples/formalisms.ccn --variant continuous --experiment settle',
      spiking: 'examples/formalisms.ccn --variant spiking --experiment settle',
    },
    // Those in time are averaged from their beginning on, from where they settle.
    expect: [
      near(last('level'), 0.744, 0.005),
      near(last('level', 'continuous'), 0.72, 0.03),
      near(last('level', 'spiking'), 0.69, 0.06),
    ],
  },
  {
    name: 'coba',
    shows: 'a sparse network keeps itself active, asynchronously and irregularly, at 21 Hz',
    runs: { main: 'examples/coba.ccn' },
    expect: [near(last('rate'), 21.5, 3), above(last('cv'), 1)],
  },
  {
    name: 'brunel',
    shows: 'the four regimes of a sparse network: from regular and together to irregular and apart',
    runs: {
      main: 'examples/brunel.ccn',
      regular: 'examples/brunel.ccn --variant synchronous_regular',
      fast: 'examples/brunel.ccn --variant fast',
      slow: 'examples/brunel.ccn --variant slow',
    },
    expect: [
      near(last('rate'), 45, 5),
      above(last('cv'), 0.4),
      above(last('rate', 'regular'), 200),
      below(last('cv', 'regular'), 0.15),
      near(last('rate', 'fast'), 68, 8),
      above(last('cv', 'fast'), 0.6),
      below(last('rate', 'slow'), 15),
      lessThan(last('together'), last('together', 'fast')),
      above(last('together', 'slow'), 1),
    ],
  },
  {
    name: 'inhibitory_plasticity',
    shows: 'plastic inhibition brings a network that fires together to a low target rate',
    runs: { main: 'examples/inhibitory_plasticity.ccn' },
    expect: [above(atEnd('rate', 'main', 'before'), 100), near(last('rate'), 5.7, 1.5)],
  },
  {
    name: 'ring_attractor',
    shows: 'activity on a ring stays where a cue has put it; not with weaker recurrence',
    runs: {
      main: 'examples/ring_attractor.ccn',
      weak: 'examples/ring_attractor.ccn --variant weak',
    },
    expect: [
      above(last('sine'), 0.8),
      above(last('strength'), 0.6),
      below(last('strength', 'weak'), 0.2),
    ],
  },
  {
    name: 'perceptual_decision',
    shows:
      'a network trained through time decides right in over 85 % of trials that it was not trained on',
    runs: { main: 'examples/perceptual_decision.ccn' },
    expect: [below(last(error), 15)],
  },
  {
    name: 'eprop_digits',
    shows: 'spiking cells learn the digits by eligibility traces and random feedback',
    runs: { main: 'examples/eprop_digits.ccn' },
    expect: [below(last(error), 18)],
  },
]
