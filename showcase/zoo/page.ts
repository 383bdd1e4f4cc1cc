/** docs/zoo.md: a table for each topic, made of the models' files, their fixtures and what runs have come to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { root } from '../run.ts'
import { zoo } from './index.ts'
import { fileOf, type ZooModel, type ZooTopic } from './model.ts'
import { readZoo, type ZooResult } from './store.ts'

export const zooPath = join(root, 'docs', 'zoo.md')

const head = `# The zoo

Published models, each in a file of its own (\`examples/zoo/\`), which says what to expect and where it departs from its paper. Beside each
stands an independent program (\`specs/zoo/\`, with NumPy, PyTorch or Brian2), written from the paper's equations: from the same
initial values, it comes to the figure in the last but one column, by the same number of steps. The specs compare it, and
whatever else the program has written down, with what every target computes.

This page is generated: \`npm run zoo\` runs all models again (\`npm run zoo -- NAME\` those whose name contains NAME, \`npm run zoo -- --page\`
none). \`npm run examples -- zoo\` runs them and says whether each shows what it should. Seconds are those of these runs, on one thread.`

/** Six digits, which tell more than the tables of papers do. */
const shown = (value: number): string => String(Number(value.toPrecision(6)))

function theirs({ folder }: ZooTopic, { name, beside }: ZooModel): number {
  const path = join(root, 'specs', 'zoo', folder, `${name}.json`)
  const fixture = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>
  return Number(fixture[beside.figure] ?? Number.NaN)
}

function row(topic: ZooTopic, model: ZooModel, result: ZooResult | undefined): string {
  const file = fileOf(topic, model)
  const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
  const { beside } = model
  const program = `specs/zoo/${topic.folder}/${model.name}.py`
  const cells = [
    `[${model.name}](../${file})`,
    model.paper,
    String(lines),
    model.shows,
    `\`${beside.figure}\` ${result ? shown(result.figure) : '–'}`,
    `[${shown(theirs(topic, model))}](../${program})`,
    result ? result.seconds.toFixed(1) : '–',
  ]
  return `| ${cells.join(' | ')} |`
}

/** What has to be known of some figures, after an empty line. */
const notes = ({ models }: ZooTopic): readonly string[] => {
  const said = models.flatMap(({ name, note }) => (note ? [`- \`${name}\`: ${note}`] : []))
  return said.length > 0 ? ['', ...said] : []
}

/** The page as `npm run zoo` writes it. */
export async function zooPage(): Promise<string> {
  const tables = zoo
    .filter(({ models }) => models.length > 0)
    .map((topic) => {
      const results = readZoo(topic)
      return [
        `## ${topic.title}\n`,
        '| model | paper | lines | shows | figure | independent | s |',
        '| --- | --- | --: | --- | --- | --- | --: |',
        ...topic.models.map((model) => row(topic, model, results[model.name])),
        ...notes(topic),
      ].join('\n')
    })
  const options = await resolveConfig(zooPath)
  return format([head, ...tables].join('\n\n'), { ...options, filepath: zooPath })
}
