/**
 * The kinds of rounds of a soak. Each does something bad, goes on to the end, and gives what it found
 * wrong. What is done follows from the numbers drawn; when exactly it hits does not.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from '../../grammar/print.ts'
import { differences, leftIn } from './inspect.ts'
import { models, type Model } from './models.ts'
import { faultOf, signals, type Command, type Ended } from './process.ts'
import type { World } from './world.ts'

/** Numbers in 0..1. */
export type Draw = () => number

export interface Round {
  /** What was done, in a few words. */
  readonly done: string
  readonly findings: readonly string[]
}

type Kind = (world: World, draw: Draw, number: number) => Promise<Round>

/** Kinds of rounds; those that are listed more often happen more often. */
export const kinds: readonly (readonly [string, Kind])[] = [
  ['killed', killed],
  ['killed', killed],
  ['killed', killed],
  ['crowd', crowd],
  ['disk', fullDisk],
  ['thread', threadEnds],
  ['named', namedAtOnce],
  ['tools', killedTools],
]

const pick = <T>(draw: Draw, from: readonly T[]): T => from[Math.floor(draw() * from.length)]!

/** Goes on with a run, or begins it if it was killed before it had a manifest. */
function goOn(model: Model, root: string, name: string, exists: boolean): readonly string[] {
  return exists
    ? ['train', '--resume', name, '--out', root]
    : ['train', `${model.name}.ccn`, '--name', name, '--out', root, ...model.args]
}

const isThere = (world: World, root: string, name: string): boolean =>
  existsSync(join(world.path(root), name, 'manifest.json'))

/** A run is begun, and goes on undisturbed until it is finished; then compared. */
async function finish(world: World, model: Model, root: string, name: string) {
  const reference = await world.reference(model)
  const ended = await world.run(goOn(model, root, name, isThere(world, root, name)))
  const fault = faultOf(ended)
  if (fault !== undefined) return [fault]
  if (ended.code !== 0) return [`going on with ${name} failed: ${JSON.stringify(ended.err)}`]
  const folder = join(world.path(root), name)
  return differences(folder, reference.folder).map((each) => `${model.name} ${name}: ${each}`)
}

/** Killed at random moments by any signal, some with a clock that is set back. */
async function killed(world: World, draw: Draw, number: number): Promise<Round> {
  const model = pick(draw, models)
  const { time } = await world.reference(model)
  const root = draw() < 0.5 ? 'runs' : `runs-${number}`
  const name = `r${number}`
  const findings: string[] = []
  const done: string[] = []
  const times = 1 + Math.floor(draw() * 4)
  for (let i = 0; i < times; i++) {
    const signal = pick(draw, signals)
    const after = Math.round(draw() * time)
    const setBack = draw() < 0.3 ? Math.round(draw() * after) : undefined
    const command = goOn(model, root, name, isThere(world, root, name))
    const ended = await world.run(command, { kill: { after, signal }, setBack })
    const fault = faultOf(ended)
    if (fault !== undefined) findings.push(fault)
    else if (ended.code === 1) findings.push(`${command.join(' ')}: ${JSON.stringify(ended.err)}`)
    const late = ended.code === 0 ? ' (too late)' : ''
    done.push(`${signal}${late}${setBack === undefined ? '' : ' and clock set back'}`)
  }
  findings.push(...(await finish(world, model, root, name)))
  return { done: `${model.name}: ${done.join(', ')}`, findings }
}

/** Killed, and then gone on with by several processes at once. */
async function crowd(world: World, draw: Draw, number: number): Promise<Round> {
  const model = pick(draw, models)
  const { time } = await world.reference(model)
  const name = `r${number}`
  const after = Math.round((0.4 + 0.6 * draw()) * time)
  await world.run(goOn(model, 'runs', name, false), { kill: { after, signal: 'SIGKILL' } })
  const lock = join(world.path('runs'), name, 'lock')
  const half = draw() < 0.3 && isThere(world, 'runs', name)
  if (half) writeFileSync(lock, '{"proc')
  const count = 2 + Math.floor(draw() * 3)
  const command = goOn(model, 'runs', name, isThere(world, 'runs', name))
  const some = draw() < 0.3
  const kill = { after: Math.round(draw() * time), signal: 'SIGKILL' } as const
  const all = await Promise.all(
    Array.from({ length: count }, (_, i) => world.run(command, some && i === 0 ? { kill } : {})),
  )
  const findings = refused(all)
  findings.push(...(await finish(world, model, 'runs', name)))
  const details = `${half ? ', half-written lock' : ''}${some ? ', one of them killed' : ''}`
  return { done: `${model.name}: ${count} go on at once${details}`, findings }
}

/** Of several processes that want one run, some are told that another has it, and none fails otherwise. */
function refused(all: readonly Ended[]): string[] {
  return all.flatMap((ended) => {
    const fault = faultOf(ended)
    if (fault !== undefined) return [fault]
    const told = /is in use by|There is a run/.test(ended.err)
    return ended.code === 1 && !told ? [`one of several said ${JSON.stringify(ended.err)}`] : []
  })
}

/** Several are begun at once, with one name or with none. */
async function namedAtOnce(world: World, draw: Draw, number: number): Promise<Round> {
  const model = pick(draw, models)
  const reference = await world.reference(model)
  const root = `runs-${number}`
  const named = draw() < 0.5
  const count = 2 + Math.floor(draw() * 2)
  const args = ['train', `${model.name}.ccn`, '--out', root, ...model.args]
  const command = named ? [...args, '--name', 'one'] : args
  const all = await Promise.all(Array.from({ length: count }, () => world.run(command)))
  const findings = refused(all)
  const won = all.filter(({ code }) => code === 0).length
  if (won !== (named ? 1 : count)) findings.push(`${won} of ${count} that began at once succeeded`)
  const names = named ? ['one'] : all.map((_, i) => `${modelName(model)}-e-00${i + 1}`)
  for (const name of names) {
    const folder = join(world.path(root), name)
    if (!existsSync(folder)) findings.push(`there is no run ${name}`)
    else findings.push(...differences(folder, reference.folder).map((each) => `${name}: ${each}`))
  }
  return {
    done: `${model.name}: ${count} begin at once, ${named ? 'one name' : 'no name'}`,
    findings,
  }
}

const modelName = ({ text }: Model): string => /^model (\w+)/.exec(text)![1]!

/** The disk is full, or files may not grow, until there is room again. */
async function fullDisk(world: World, draw: Draw, number: number): Promise<Round> {
  const model = pick(draw, models)
  const { time } = await world.reference(model)
  const kilobytes = 8 + Math.floor(draw() ** 2 * 600)
  const root = `disk-${number}`
  const disk = world.disk(root, kilobytes)
  const limit: Partial<Command> = disk === undefined ? { fileLimit: 2 * kilobytes } : {}
  const findings: string[] = []
  const begun = await world.run(goOn(model, root, 'full', false), limit)
  const again = await world.run(goOn(model, root, 'full', isThere(world, root, 'full')), {
    ...limit,
    ...(draw() < 0.3 && { kill: { after: Math.round(draw() * time), signal: 'SIGKILL' } }),
  })
  for (const ended of [begun, again]) {
    const fault = faultOf(ended)
    if (fault !== undefined) findings.push(fault)
    else if (ended.code === 1 && !/the disk is full|too large/.test(ended.err)) {
      findings.push(`on a full disk: ${JSON.stringify(ended.err)}`)
    }
  }
  if (disk !== undefined) world.enlarge(disk)
  findings.push(...(await finish(world, model, root, 'full')))
  const what = disk === undefined ? 'files of at most' : 'a disk of'
  return { done: `${model.name}: ${what} ${kilobytes} kB`, findings }
}

/** Worker threads end in the middle of a run: that is said, and the run goes on. */
async function threadEnds(world: World, draw: Draw, number: number): Promise<Round> {
  const model = models.find(({ name }) => name === 'threads')!
  const { time } = await world.reference(model)
  const name = `r${number}`
  const threadsEnd = Math.round(draw() * time)
  const ended = await world.run(goOn(model, 'runs', name, false), { threadsEnd })
  const findings: string[] = []
  const fault = faultOf(ended)
  if (fault !== undefined) findings.push(fault)
  else if (ended.code === 1 && !/has ended in the middle|does not start/.test(ended.err)) {
    findings.push(`as threads ended: ${JSON.stringify(ended.err)}`)
  }
  findings.push(...(await finish(world, model, 'runs', name)))
  const late = ended.code === 0 ? ' (too late)' : ''
  return { done: `${model.name}: threads end${late}`, findings }
}

/** Other commands are killed: what they write is whole or not there, and nothing is left by the next. */
async function killedTools(world: World, draw: Draw, number: number): Promise<Round> {
  const model = pick(draw, models)
  const { time, folder } = await world.reference(model)
  const out = `tools-${number}`
  const file = `${out}/m.ccn`
  const ugly = model.text.replaceAll('  ', '   ')
  const pretty = format(ugly, file).text
  const commands = [
    ['compile', `${model.name}.ccn`, '--out', out],
    ['plot', folder, '-o', `${out}/plot.svg`],
    ['fmt', file],
  ]
  const compiled = await world.run(commands[0]!)
  if (compiled.code !== 0)
    return { done: `${model.name}: not compiled`, findings: [compiled.err || 'compile failed'] }
  writeFileSync(world.path(file), ugly)
  const findings: string[] = []
  for (const command of commands) {
    const kill = { after: Math.round(draw() * 0.6 * time), signal: pick(draw, signals) }
    const fault = faultOf(await world.run(command, { kill }))
    if (fault !== undefined) findings.push(fault)
    const text = readFileSync(world.path(file), 'utf8')
    if (text !== ugly && text !== pretty)
      findings.push(`${file} is neither formatted nor as it was`)
  }
  for (const command of commands) {
    const { code, err } = await world.run(command)
    if (code !== 0) findings.push(`${command.join(' ')} failed: ${JSON.stringify(err)}`)
  }
  if (readFileSync(world.path(file), 'utf8') !== pretty) findings.push(`${file} is not formatted`)
  findings.push(...leftIn(world.path(out)).map((name) => `${out}/${name} was left behind`))
  return { done: `${model.name}: compile, plot and fmt killed`, findings }
}
