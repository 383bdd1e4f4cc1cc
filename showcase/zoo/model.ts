/**
 * What a published model of the zoo (`examples/zoo/TOPIC/NAME.ccn`) has beside an example: its paper, and a short run
 * whose numbers an independent program has written down. That program is `specs/zoo/TOPIC/NAME.py`, its numbers are
 * `NAME.json` beside it.
 */
import type { Showcase } from '../examples.table.ts'

export interface ZooModel extends Omit<Showcase, 'name'> {
  /** Of its file in the folder of the topic. */
  readonly name: string
  /** Authors, year, journal and volume. */
  readonly paper: string
  /** What has to be known of its figures, below the table of the page: whole sentences. */
  readonly note?: string
  readonly beside: Beside
}

/** The run that the independent program repeats. */
export interface Beside {
  /** What follows the file in the arguments of `ccn train`; '' for the first experiment as it stands. */
  readonly run: string
  /** A measure at its end, which the program has too: the figure on the page of the zoo. */
  readonly figure: string
  /** How far off numbers may be in double precision, of the largest that is compared with it. */
  readonly within: number
  /**
   * The same in single precision; or why single precision does not follow, as where a spike that comes a step late
   * changes all that is after it.
   */
  readonly single: number | string
  /** Steps after which every target must have what double precision has; default 5. */
  readonly few?: number
}

/** A topic, which is a folder. */
export interface ZooTopic {
  readonly folder: string
  readonly title: string
  readonly models: readonly ZooModel[]
}

/** `examples/zoo/unsupervised/oja.ccn`. */
export const fileOf = ({ folder }: ZooTopic, { name }: ZooModel): string =>
  `examples/zoo/${folder}/${name}.ccn`

/** The arguments of `ccn train` of the run beside the independent program. */
export const besideArgs = (topic: ZooTopic, model: ZooModel): readonly string[] =>
  [fileOf(topic, model), ...model.beside.run.split(' ')].filter((word) => word !== '')

/** What a run is of, in the arguments of `ccn train`: `:` stands for the model's own file. */
export const showcaseOf = (topic: ZooTopic, model: ZooModel): Showcase => ({
  name: `zoo/${topic.folder}/${model.name}`,
  shows: model.shows,
  runs: Object.fromEntries(
    Object.entries(model.runs).map(([run, args]) => [
      run,
      `${fileOf(topic, model)} ${args}`.trim(),
    ]),
  ),
  expect: model.expect,
})
