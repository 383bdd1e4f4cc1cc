/** What the page of the zoo knows of runs: docs/zoo/TOPIC.json, a file for each topic, by the name of the model. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../run.ts'
import type { ZooTopic } from './model.ts'

/** What is kept of a model. */
export interface ZooResult {
  /** The figure of the run beside the independent program, in double precision. */
  readonly figure: number
  /** Of all runs that show the model, without compilation. */
  readonly seconds: number
}

export type ZooResults = Readonly<Record<string, ZooResult>>

const pathOf = ({ folder }: ZooTopic): string => join(root, 'docs', 'zoo', `${folder}.json`)

/** What is kept of a topic. */
export function readZoo(topic: ZooTopic): ZooResults {
  const path = pathOf(topic)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ZooResults) : {}
}

/** Keeps what is known of the topic's models, in their order. */
export function writeZoo(topic: ZooTopic, results: ZooResults): void {
  const kept = topic.models.flatMap(({ name }) => {
    const result = results[name]
    return result ? [[name, result] as const] : []
  })
  mkdirSync(join(root, 'docs', 'zoo'), { recursive: true })
  writeFileSync(pathOf(topic), `${JSON.stringify(Object.fromEntries(kept), undefined, 1)}\n`)
}
