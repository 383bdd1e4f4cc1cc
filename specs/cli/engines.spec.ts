/** Runs that do not go straight: interrupted, resumed, fed numbers that overflow; on the engines alike. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'
import { tinyModel, Workplace } from './run-cli.ts'

let place: Workplace
beforeAll(() => {
  place = new Workplace({ 'tiny.ccn': tinyModel })
})
afterAll(() => place.remove())

const engines = [
  ['tfjs', '--engine tfjs-cpu'],
  ['wasm', '--engine wasm --threads 1'],
  ['wasm2', '--engine wasm --threads 2'],
] as const
const metrics = (run: string): string =>
  readFileSync(place.path(`runs/${run}/metrics.jsonl`), 'utf8')

/** Runs a module of the sources, or some code, as a process of its own. */
function start(args: readonly string[]) {
  const tsx = import.meta.resolve('tsx')
  const child = spawn(process.execPath, ['--import', tsx, ...args], { cwd: place.folder })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { child, said, ended }
}

describe.each(engines)('a run on %s', (name, engine) => {
  it('that is interrupted goes on to the same numbers', async () => {
    await place.run(`train tiny.ccn --name ${name}-whole ${engine}`)
    const cut = `${name}-cut`
    const { code, err } = await place.run(`train tiny.ccn --name ${cut} ${engine}`, {
      onListening: (press) => press(),
    })
    expect(code).toBe(130)
    expect(err).toContain(`ccn train tiny.ccn --resume ${cut}`)
    expect((await place.run(`train tiny.ccn --resume ${cut} ${engine}`)).code).toBe(0)
    expect(metrics(cut)).toBe(metrics(`${name}-whole`))
  })

  it('whose numbers overflow ends with the step and the variable', async () => {
    place.write(
      'runaway.ccn',
      `cell Runaway { state v = 1 : 20 ms * dv/dt = v * v }
population c[3] : Runaway
experiment go { step 1 ms  duration 1 s  measure mean(c.v) every 10 steps }`,
    )
    const { code, err } = await place.run(`train runaway.ccn --name ${name}-nan ${engine}`)
    expect(code).toBe(1)
    expect(err).toContain('error: The variable c.v became infinite in step 29 (0.029 s).')
    expect(err).toContain(`What was done until then is in runs/${name}-nan.`)
    expect(metrics(`${name}-nan`).trim().split('\n').length).toBe(3)
  })
})

describe('threads', () => {
  it('do not change the numbers of a run', () => {
    expect(metrics('wasm2-whole')).toBe(metrics('wasm-whole'))
  })

  it('of a process that gets a signal end with it', async () => {
    const args = ['train', 'tiny.ccn', '--name', 'child', '--epochs', '100000000']
    const { child, said, ended } = start([
      join(root, 'cli/main.ts'),
      ...args,
      ...['--engine', 'wasm', '--threads', '2'],
    ])
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGINT'), 200))
    expect(await ended).toBe(130)
    expect(said.err).toContain('ccn train tiny.ccn --resume child')
    expect(readdirSync(place.path('runs/child'))).toContain('checkpoint.safetensors')
  })

  it.each([
    ['asleep', 'await new Promise((done) => setTimeout(done, 100))', 0],
    ['still spinning', 'process.exit(3)', 3],
  ])('that are %s keep no process alive, though nobody disposes of them', async (_, last, code) => {
    const url = (path: string): string => JSON.stringify(pathToFileURL(join(root, path)).href)
    place.write(
      'forgetful.mjs',
      `const { burst } = await import(${url('specs/compiler/emit/networks/burst.ts')})
       const { wasmNetwork } = await import(${url('specs/helpers/wasm-network.ts')})
       const network = await wasmNetwork(burst(), { threads: 4 })
       network.derived()
       console.log(Object.keys(network.save()).length > 0)
       ${last}`,
    )
    const { said, ended } = start(['forgetful.mjs'])
    expect(await ended).toBe(code)
    expect(said).toEqual({ out: 'true\n', err: '' })
  })
})
