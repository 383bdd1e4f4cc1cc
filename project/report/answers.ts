/**
 * What a network answers to examples of the test set, where examples have labels: right and wrong ones to look at, and
 * how often each class is taken for which.
 */
import type { ExperimentPlan, PresentPlan } from '../../contract/plan.ts'
import type { LoadedDataset } from '../../runtime/data/types.ts'
import type { Network } from '../../runtime/engine/network.ts'
import { Presenter } from '../../runtime/train/present.ts'
import { isImage, type ImageValues } from './image.ts'

/** One example and its answer. */
export interface Answer {
  /** Its number in the test set. */
  readonly number: number
  readonly label: number
  readonly answer: number
  /** What was shown, as the data set has it. */
  readonly shown: ImageValues
}

/** See the module's head. */
export interface Answers {
  readonly classes: number
  /** Examples that were asked, of all that there are; the first ones. */
  readonly asked: number
  readonly all: number
  readonly right: readonly Answer[]
  readonly wrong: readonly Answer[]
  /** Examples by label, and in it by answer. */
  readonly counts: readonly (readonly number[])[]
  readonly images: boolean
}

/** Examples that are asked, and those that are shown of either kind. */
const ASKED = 500
const SHOWN = 12
/** Values of an example that are listed. */
const MOST_LISTED = 16

/** Asks the network; undefined where examples have no labels, or none are shown. */
export function answersOf(
  network: Network,
  plan: ExperimentPlan,
  data: LoadedDataset | undefined,
): Answers | undefined {
  const labelled = plan.present.find(({ encoding }) => encoding === 'one_hot')
  if (plan.clock || !data || data.test.count === 0 || !labelled) return undefined
  const field = shownField(plan, data)
  if (!field) return undefined
  const asked = Math.min(ASKED, data.test.count)
  const answers: Answer[] = []
  const presenter = new Presenter(plan.present, data.plan, 0)
  for (let start = 0; start < asked; start += plan.evaluationBatch) {
    const end = Math.min(start + plan.evaluationBatch, asked)
    const { count, inputs } = presenter.present(data.test, { start, end }, false)
    const rows = answerRows(network.infer(count, inputs), labelled, count)
    if (!rows) return undefined
    for (const [i, answer] of rows.entries()) {
      const number = start + i
      const label = data.test.fields[labelled.field]![number]!
      answers.push({ number, label, answer, shown: shownOf(data, field, number) })
    }
  }
  return tallied(answers, labelled.size, data.test.count, isImage(field.shape))
}

/** The field that is shown of an example: an image before anything else. */
function shownField({ present }: ExperimentPlan, { plan }: LoadedDataset) {
  const named = present
    .filter(({ encoding }) => encoding === 'value')
    .flatMap(({ field }) => plan.fields.filter(({ name }) => name === field))
  return (
    named.find(({ shape }) => isImage(shape)) ??
    named.find(({ shape }) => shape.reduce((a, b) => a * b, 1) <= MOST_LISTED)
  )
}

function shownOf(
  { test }: LoadedDataset,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
  number: number,
): ImageValues {
  const width = shape.reduce((a, b) => a * b, 1)
  return { shape, values: test.fields[name]!.slice(number * width, (number + 1) * width) }
}

/** The class of the largest value of each example, of the population that is taught the labels. */
function answerRows(
  outputs: ReturnType<Network['infer']>,
  { input, size }: PresentPlan,
  count: number,
): readonly number[] | undefined {
  const population = input.slice(0, input.lastIndexOf('.') + 1)
  const found = Object.entries(outputs).find(
    ([name, { data }]) => name.startsWith(population) && data.length === count * size,
  )
  if (!found) return undefined
  const { data } = found[1]
  return Array.from({ length: count }, (_, row) => {
    let best = 0
    for (let i = 1; i < size; i++) if (data[row * size + i]! > data[row * size + best]!) best = i
    return best
  })
}

function tallied(
  answers: readonly Answer[],
  classes: number,
  all: number,
  images: boolean,
): Answers {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  for (const { label, answer } of answers) {
    const row = counts[label]
    if (row) row[answer]! += 1
  }
  const chosen = (wanted: boolean): readonly Answer[] =>
    answers.filter(({ label, answer }) => (label === answer) === wanted).slice(0, SHOWN)
  return {
    classes,
    asked: answers.length,
    all,
    right: chosen(true),
    wrong: chosen(false),
    counts,
    images,
  }
}
