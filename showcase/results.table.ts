/**
 * What docs/results.md shows: for each table its rows, which are combinations of sweeps that the example files
 * declare, and which of their figures stand in its columns.
 */

/** A sweep of an example file. */
export interface DeclaredSweep {
  /** In `examples/`, without its ending. */
  readonly file: string
  readonly sweep: string
}

export interface Row extends DeclaredSweep {
  readonly label: string
  /** What tells the combination from others of the sweep: `variant=tied`. */
  readonly at?: Readonly<Record<string, string>>
  /** What the reference states for this row, with a column of its own. */
  readonly published?: string
}

export interface Column {
  readonly head: string
  /** The figure as the sweep reports it; with `phase`, a measure at the last measured step of that phase. */
  readonly figure: string
  readonly phase?: string
  /** Behind the point; otherwise two digits and a power of ten. */
  readonly digits: number | undefined
}

export interface ResultTable {
  /** Name of the table's place in docs/results.md. */
  readonly name: string
  readonly first: string
  readonly columns: readonly Column[]
  /** Head of the column of `published`; absent if no row has it. */
  readonly published?: string
  /** Whether the data has to be there, by `--data-dir`. */
  readonly needsData?: true
  readonly rows: readonly Row[]
}

const error: Column = { head: 'test error %', figure: 'error', digits: 2 }
const first: Column = { head: 'after epoch 1', figure: 'error at epoch 1', digits: 2 }

/** Angles between update and gradient of each hidden layer. */
const angles = (layers: number): readonly Column[] =>
  Array.from({ length: layers }, (_, i) => ({
    head: `layer ${i + 1}, °`,
    figure: `angle(W, backprop)[${i}]`,
    digits: 1,
  }))

/** The rules of the family, on digits or on MNIST. */
const rules = (data: 'digits' | 'mnist'): readonly Row[] => [
  { label: 'backprop', file: 'backprop', sweep: `backprop_${data}`, at: { variant: 'none' } },
  {
    label: 'feedback alignment',
    file: 'backprop',
    sweep: `backprop_${data}`,
    at: { variant: 'feedback_alignment' },
    published: '1.86',
  },
  { label: 'Kolen-Pollack', file: 'backprop', sweep: `kolen_pollack_${data}` },
  {
    label: 'BurstCCN, Y tied to W',
    file: 'burstccn_family',
    sweep: `burstccn_${data}`,
    at: { variant: 'tied' },
  },
  {
    label: 'BurstCCN, Y random and fixed (QY-sym)',
    file: 'burstccn_family',
    sweep: `burstccn_${data}`,
    at: { variant: 'none' },
    published: '1.86',
  },
  {
    label: 'BurstCCN, Y learns by apical balance',
    file: 'burstccn_family',
    sweep: `apical_${data}`,
    published: '2.57',
  },
  {
    label: 'BurstCCN, Y and Q learn by Kolen-Pollack',
    file: 'burstccn_family',
    sweep: `mirrored_${data}`,
  },
  {
    label: 'BurstCCN, no event feedback',
    file: 'burstccn_family',
    sweep: `burstccn_${data}`,
    at: { variant: 'no_event_feedback' },
  },
  { label: "Dale's law, Y random and fixed", file: 'dales', sweep: `dales_${data}` },
  { label: 'error dendritic network', file: 'edn', sweep: `edn_${data}` },
  {
    label: 'Burstprop, Y tied to W',
    file: 'burstprop',
    sweep: `burstprop_${data}`,
    at: { variant: 'tied' },
  },
  {
    label: 'Burstprop, Y random and fixed',
    file: 'burstprop',
    sweep: `burstprop_${data}`,
    at: { variant: 'none' },
  },
  { label: 'node perturbation', file: 'node_perturbation', sweep: `perturbation_${data}` },
]

export const tables: readonly ResultTable[] = [
  {
    name: 'digits',
    first: 'circuit',
    columns: [first, error, ...angles(2)],
    rows: rules('digits'),
  },
  {
    name: 'settling',
    first: 'rule',
    columns: [first, error],
    rows: [
      { label: 'backprop', file: 'backprop', sweep: 'backprop_one_layer' },
      {
        label: 'equilibrium propagation',
        file: 'zoo/credit_assignment/equilibrium_propagation',
        sweep: 'equilibrium_digits',
      },
      {
        label: 'predictive coding',
        file: 'zoo/credit_assignment/predictive_coding',
        sweep: 'predictive_digits',
      },
      {
        label: 'dendritic microcircuits',
        file: 'zoo/credit_assignment/dendritic_microcircuits',
        sweep: 'microcircuits_digits',
      },
      { label: 'e-prop, spikes', file: 'eprop_digits', sweep: 'eprop_digits' },
    ],
  },
  {
    name: 'mnist',
    first: 'circuit',
    columns: [first, error, ...angles(4)],
    published: 'published, all images, 99 epochs',
    needsData: true,
    rows: rules('mnist'),
  },
  {
    name: 'bottleneck',
    first: 'SST cells',
    columns: [
      error,
      {
        head: 'angle to backprop, last hidden layer, °',
        figure: 'angle(W, backprop)[3]',
        digits: 1,
      },
    ],
    published: 'published (FashionMNIST): error %, angle °',
    needsData: true,
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
      file: 'dales',
      sweep: 'bottleneck_mnist',
      at: { bottleneck: `${channels}` },
      published,
    })),
  },
  {
    name: 'silencing',
    first: 'silent',
    columns: [
      { head: 'synapse', figure: 'direct', digits: 3 },
      { head: 'events', figure: 'events', digits: 3 },
      { head: 'burst probability', figure: 'bursting', digits: 3 },
      { head: 'output', figure: 'output', digits: 3 },
    ],
    rows: ['none', 'pv', 'vip', 'sst', 'ndnf'].map((each) => ({
      label: each === 'none' ? each : each.toUpperCase(),
      file: 'silencing',
      sweep: 'silenced',
      at: { variant: each === 'none' ? each : `silence_${each}` },
    })),
  },
  {
    name: 'cifar10',
    first: 'circuit',
    columns: [first, error, ...angles(4)],
    published: 'published, all images, 399 epochs',
    needsData: true,
    rows: [
      {
        label: 'backprop',
        file: 'cifar10_backprop',
        sweep: 'backprop_cifar10',
        published: '17.1',
      },
      {
        label: 'BurstCCN, Y tied to W',
        file: 'cifar10',
        sweep: 'burstccn_cifar10',
        at: { variant: 'relu_rms+softmax' },
        published: '17.0',
      },
      {
        label: 'BurstCCN, Y random and fixed',
        file: 'cifar10',
        sweep: 'burstccn_cifar10',
        at: { variant: 'random+relu_rms+softmax' },
        published: '35.2',
      },
    ],
  },
  {
    name: 'feedback',
    first: 'feedback alone learns, 10 epochs of digits',
    columns: [
      { head: 'angle(-Q, Y), °', figure: 'angle(-Q, Y)', digits: 1 },
      { head: 'angle(W, Y), °', figure: 'angle(W, Y)', digits: 1 },
      { head: 'mean potential', figure: 'potential', digits: 4 },
    ],
    rows: [
      {
        label: 'noise 0.75, no teacher',
        file: 'feedback_learning',
        sweep: 'balance',
        at: { variant: 'none', branches: '10' },
      },
      { label: 'noise 0.75, teacher', file: 'feedback_learning', sweep: 'balance_taught' },
      {
        label: 'noise 0.75, no teacher, Q random',
        file: 'feedback_learning',
        sweep: 'balance',
        at: { variant: 'random_events' },
      },
      {
        label: 'noise 0.75, no teacher, one branch',
        file: 'feedback_learning',
        sweep: 'balance',
        at: { branches: '1' },
      },
    ],
  },
  {
    name: 'online',
    first: 'W and Y learn, digits',
    columns: [
      error,
      { head: 'to backprop, °', figure: 'angle(W, backprop)', digits: 1 },
      { head: 'to feedback alignment, °', figure: 'angle(W, backprop(W = Y))', digits: 1 },
    ],
    rows: [
      {
        label: 'Y fixed',
        file: 'feedback_learning',
        sweep: 'learned_at_once',
        at: { variant: 'balanced+fixed_feedback' },
      },
      {
        label: 'Y learns at once',
        file: 'feedback_learning',
        sweep: 'learned_at_once',
        at: { variant: 'balanced' },
      },
      {
        label: 'Y learns at once, and by half an epoch alone between epochs',
        file: 'feedback_learning',
        sweep: 'learned_by_turns',
      },
      {
        label: 'Y learns first, from Q = -p0 W',
        file: 'feedback_learning',
        sweep: 'learned_first',
      },
    ],
  },
  {
    name: 'continuous',
    first: 'circuit',
    columns: [{ head: 'loss afterwards', figure: 'loss', digits: undefined }],
    rows: [
      ['as published', 'none'],
      ['everything in the same step', 'prompt'],
      ['the order of 2022', 'averaged'],
      ['Burstprop', 'burstprop'],
    ].map(([label = '', variant = '']) => ({
      label,
      file: 'continuous',
      sweep: 'orders',
      at: { variant },
    })),
  },
  {
    name: 'spiking',
    first: 'circuit',
    columns: ['settle', 'up', 'stay_up', 'down', 'stay_down'].map((phase) => ({
      head: `${phase.replace('_', ' ')}, Hz`,
      figure: 'rate',
      phase,
      digits: 2,
    })),
    rows: [{ label: 'two ensembles', file: 'spiking', sweep: 'goals' }],
  },
]

/** The sweeps of a table, each once. */
export function sweepsOf({ rows }: Pick<ResultTable, 'rows'>): readonly DeclaredSweep[] {
  const found = new Map(rows.map(({ file, sweep }) => [sweep, { file, sweep }]))
  return [...found.values()]
}
