/**
 * The experiments behind docs/results.md: for each table its rows, which are arguments of `ccn train`, and
 * what its columns show of the runs. A row is run once for each seed.
 */
import type { Result } from './results.store.ts'

export interface Row {
  readonly label: string
  /** Arguments of `ccn train`, without data folder and seed. */
  readonly args: string
  /** What the reference states for this row, with a column of its own. */
  readonly published?: string
}

export interface Column {
  readonly head: string
  /** Of one run; NaN if it has no such figure. */
  value(result: Result): number
  /** Behind the point; otherwise two digits and a power of ten. */
  readonly digits: number | undefined
}

export interface ResultTable {
  /** Name of the table's place in docs/results.md, and what `--only` finds. */
  readonly name: string
  readonly first: string
  readonly columns: readonly Column[]
  /** Head of the column of `published`; absent if no row has it. */
  readonly published?: string
  readonly seeds: readonly number[]
  readonly rows: readonly Row[]
}

const figure = (head: string, name: string, digits = 2): Column => ({
  head,
  digits,
  value: ({ last }) => last[name] ?? Number.NaN,
})

const error = figure('test error %', 'test error')

/** A measure at the end of a phase; small ones as powers of ten. */
const phaseFigure = (head: string, phase: string, name: string, digits?: number): Column => ({
  head,
  digits,
  value: ({ phases }) => phases?.[phase]?.[name] ?? Number.NaN,
})

/** The test error after an epoch. */
const errorAfter = (epoch: number): Column => ({
  head: `after epoch ${epoch}`,
  digits: 2,
  value: ({ errors }) => errors[epoch] ?? Number.NaN,
})

const angle = 'angle(W, backprop)'

/** Angles between update and gradient of each hidden layer. */
const angles = (layers: number, name = angle): readonly Column[] =>
  Array.from({ length: layers }, (_, i) => figure(`layer ${i + 1}, °`, `${name}[${i}]`, 1))

const seconds: Column = {
  head: 's per epoch',
  digits: 1,
  value: ({ seconds: all, errors }) => all / Math.max(1, errors.length - 1),
}

const mnistEpochs = 3
const mnist = (file: string, more = '', experiment = 'mnist'): string =>
  `examples/${file}.ccn --experiment ${experiment} --epochs ${mnistEpochs}${more && ` ${more}`}`

export const tables: readonly ResultTable[] = [
  {
    name: 'mnist',
    first: 'circuit',
    columns: [errorAfter(1), error, ...angles(4), seconds],
    published: 'published, 99 epochs',
    seeds: [1],
    rows: [
      { label: 'backprop', args: mnist('backprop') },
      {
        label: 'feedback alignment',
        args: mnist('backprop', '--variant feedback_alignment --set feedback=1.5'),
        published: '1.86',
      },
      {
        label: 'Kolen-Pollack',
        args: mnist('backprop', '--variant kolen_pollack', 'mnist_kolen_pollack'),
      },
      {
        label: 'BurstCCN, Y tied to W',
        args: mnist('burstccn_family', '--variant tied --set scale_Y=1'),
      },
      {
        label: 'BurstCCN, Y random and fixed (QY-sym)',
        args: mnist('burstccn_family'),
        published: '1.86',
      },
      {
        label: 'BurstCCN, Y learns by apical balance',
        args: mnist(
          'burstccn_family',
          '--variant apical,events_from_bursts --set noise=0.1 branches=10',
          'mnist_apical',
        ),
        published: '2.57',
      },
      {
        label: 'BurstCCN, Y and Q learn by Kolen-Pollack',
        args: mnist(
          'burstccn_family',
          '--variant kolen_pollack,symmetric_start',
          'mnist_kolen_pollack',
        ),
      },
      {
        label: 'BurstCCN, no event feedback',
        args: mnist('burstccn_family', '--variant no_event_feedback'),
      },
      { label: "Dale's law, Y random and fixed", args: mnist('dales') },
      { label: 'error dendritic network', args: mnist('edn') },
      {
        label: 'Burstprop, Y tied to W',
        args: mnist('burstprop', '--variant tied --set scale_Y=1'),
      },
      { label: 'Burstprop, Y random and fixed', args: mnist('burstprop') },
      { label: 'node perturbation', args: mnist('node_perturbation') },
    ],
  },
  {
    name: 'bottleneck',
    first: 'SST cells',
    columns: [error, figure('angle to backprop, last hidden layer, °', 'angle(W, backprop)[3]', 1)],
    published: 'published (FashionMNIST): error %, angle °',
    seeds: [1, 2, 3],
    rows: (
      [
        [2, '51.6, 60.6'],
        [4, '40.3, 44.9'],
        [8, '30.4, 22.6'],
        [15, '24.3, 13.7'],
        [50, '23.3, 11.7'],
      ] as const
    ).map(([channels, published]) => ({
      label: `${channels}`,
      args: `examples/dales.ccn --experiment mnist_bottleneck --variant symmetric_start --set bottleneck=${channels}`,
      published,
    })),
  },
  {
    name: 'silencing',
    first: 'silent',
    columns: [
      figure('synapse', 'direct', 3),
      figure('events', 'events', 3),
      figure('burst probability', 'bursting', 3),
      figure('output', 'output', 3),
    ],
    seeds: [1],
    rows: ['none', 'pv', 'vip', 'sst', 'ndnf'].map((each) => ({
      label: each === 'none' ? each : each.toUpperCase(),
      args: `examples/silencing.ccn${each === 'none' ? '' : ` --variant silence_${each}`}`,
    })),
  },
  {
    name: 'cifar10',
    first: 'circuit',
    columns: [errorAfter(1), error, ...angles(4), seconds],
    published: 'published, all images, 399 epochs',
    seeds: [1],
    rows: [
      {
        label: 'backprop',
        args: 'examples/cifar10_backprop.ccn --experiment subset --variant relu_rms,softmax --epochs 2',
        published: '17.1',
      },
      {
        label: 'BurstCCN, Y tied to W',
        args: 'examples/cifar10.ccn --experiment subset --variant relu_rms,softmax --epochs 2',
        published: '17.0',
      },
      {
        label: 'BurstCCN, Y random and fixed',
        args: 'examples/cifar10.ccn --experiment subset --variant random,relu_rms,softmax --epochs 2',
        published: '35.2',
      },
    ],
  },
  {
    name: 'feedback',
    first: 'feedback alone learns, 10 epochs of digits',
    columns: [
      figure('angle(-Q, Y), °', 'angle(-Q, Y)', 1),
      figure('angle(W, Y), °', 'angle(W, Y)', 1),
      figure('mean potential', 'potential', 4),
    ],
    seeds: [1],
    rows: [
      ['noise 0.75, no teacher', ''],
      ['noise 0.75, teacher', ' --experiment align_taught'],
      ['noise 0.75, no teacher, Q random', ' --variant random_events'],
      ['noise 0.75, no teacher, one branch', ' --set branches=1'],
    ].map(([label = '', more]) => ({ label, args: `examples/feedback_learning.ccn${more}` })),
  },
  {
    name: 'online',
    first: 'W and Y learn, digits',
    columns: [
      error,
      figure('to backprop, °', angle, 1),
      figure('to feedback alignment, °', 'angle(W, backprop(W = Y))', 1),
    ],
    seeds: [1],
    rows: [
      ['Y fixed', 'online --variant balanced,fixed_feedback'],
      ['Y learns at once', 'online --variant balanced'],
      ['Y learns at once, and by half an epoch alone between epochs', 'hybrid --variant balanced'],
      ['Y learns first, from Q = -p0 W', 'align_first'],
    ].map(([label = '', more]) => ({
      label,
      args: `examples/feedback_learning.ccn --experiment ${more} --set hidden=50`,
    })),
  },
  {
    name: 'continuous',
    first: 'circuit',
    columns: [
      {
        head: 'loss afterwards',
        digits: undefined,
        value: ({ last }) => last['loss'] ?? Number.NaN,
      },
      { ...seconds, head: 's' },
    ],
    seeds: [1],
    rows: [
      ['as published', ''],
      ['everything in the same step', ' --variant prompt'],
      ['the order of 2022', ' --variant averaged'],
      ['Burstprop', ' --variant burstprop'],
    ].map(([label = '', more]) => ({ label, args: `examples/continuous.ccn${more}` })),
  },
  {
    name: 'spiking',
    first: 'circuit',
    columns: ['settle', 'up', 'stay_up', 'down', 'stay_down'].map((phase) =>
      phaseFigure(`${phase.replace('_', ' ')}, Hz`, phase, 'rate', 2),
    ),
    seeds: [42],
    rows: [{ label: 'two ensembles', args: 'examples/spiking.ccn' }],
  },
]
