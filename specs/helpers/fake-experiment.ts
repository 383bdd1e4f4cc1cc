/** A small experiment for `FakeNetwork`: two clouds of points, and the plan to tell them apart. */
import type { DataPart, LoadedDataset } from '../../runtime/data/types.ts'
import { normalValues, streamKey } from '../../runtime/support/random.ts'
import type { ManifestDraft } from '../../runtime/node/train/manifest.ts'
import { sourceRecord } from '../../runtime/node/train/manifest.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'

const every = { unit: 'steps', count: 3 } as const

export const fakePlan: ExperimentPlan & Required<Pick<ExperimentPlan, 'data'>> = {
  name: 'clouds',
  data: {
    dataset: {
      name: 'clouds',
      fields: [
        { name: 'point', shape: [2] },
        { name: 'label', shape: [], classes: 2 },
      ],
      train: { name: 'clouds', positional: [], named: {} },
      test: { name: 'clouds', positional: [], named: {} },
    },
    standardise: false,
    validation: 0,
    smoothing: 0.1,
  },
  present: [
    { input: 'x', field: 'point', encoding: 'value', size: 2, inference: true },
    { input: 'y.target', field: 'label', encoding: 'one_hot', size: 2, inference: false },
  ],
  batch: 4,
  evaluationBatch: 5,
  epochs: 3,
  seed: 7,
  optimisers: [{ name: 'W', kind: 'sgd', rate: 0.1, schedule: { kind: 'cosine', warmup: 1 } }],
  measures: [
    { label: 'error', outputs: ['error'], every },
    {
      label: 'angle(W, backprop)',
      outputs: ['angle(W, backprop)'],
      unit: '°',
      partial: true,
      every,
    },
    { label: 'norm(W)', outputs: ['norm(W)'], every },
  ],
  scores: ['loss', 'error'],
  records: [],
  phases: [],
}

export function cloud(count: number, stream: string): DataPart {
  const point = normalValues(streamKey(3, stream), 0, count * 2)
  const label = new Float32Array(count)
  for (let row = 0; row < count; row++) {
    label[row] = row % 2
    point[row * 2]! += row % 2 ? 1 : -1
  }
  return { count, fields: { point, label } }
}

/** 18 training examples: four batches of four and one of two. */
export function fakeData(validation = 0): LoadedDataset {
  return {
    plan: fakePlan.data.dataset,
    train: cloud(18, 'train'),
    validation: cloud(validation, 'validation'),
    test: cloud(12, 'test'),
  }
}

export function fakeDraft(plan: ExperimentPlan = fakePlan): ManifestDraft {
  return {
    model: 'logistic',
    experiment: plan.name,
    sources: [sourceRecord('project', 'logistic.ccn', 'model logistic\n')],
    invocation: { variants: [], set: {} },
    parameters: { gain: 1 },
    plan,
    seed: plan.seed,
    engine: 'fake',
    versions: { ccn: '0', node: '0', tfjs: '0' },
  }
}
