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
  readonly digits: number
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

/** The test error after an epoch. */
const errorAfter = (epoch: number): Column => ({
  head: `after epoch ${epoch}`,
  digits: 2,
  value: ({ errors }) => errors[epoch] ?? Number.NaN,
})

/** Angles between update and gradient of each hidden layer. */
const angles = (layers: number, name = 'angle(W, backprop)'): readonly Column[] =>
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
]
