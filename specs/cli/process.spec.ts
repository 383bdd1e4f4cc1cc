/** The command line as a process: readers that go away, signals, clocks, terminals, folders. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { endWhenTold, onInterrupt } from '../../cli/signals.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const bin = resolve(import.meta.dirname, '../../bin/ccn.js')
const place = new Workplace({ 'tiny.ccn': tinyModel })
afterAll(() => place.remove())

interface Child {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** Called with what came on the standard output so far. */
  readonly onOutput?: (out: string, child: ReturnType<typeof spawn>) => void
}

async function ccn(argv: string, { cwd = place.folder, env = {}, onOutput }: Child = {}) {
  const child = spawn(process.execPath, [bin, ...argv.split(' ')], {
    cwd,
    env: { ...process.env, ...env },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    onOutput?.(out, child)
  })
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

describe('a run whose reader has gone, as in `ccn train | head -1`', () => {
  it('goes on to its end', async () => {
    const { code, err } = await ccn('train tiny.ccn --name piped --epochs 30', {
      onOutput: (_, { stdout }) => stdout?.destroy(),
    })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const manifest = readFileSync(place.path('runs/piped/manifest.json'), 'utf8')
    expect(JSON.parse(manifest)).toHaveProperty('finishedAt')
  })
})

describe('a check whose reader has gone', () => {
  it('has the exit code that it would have had', async () => {
    place.write('bad.ccn', `${tinyModel}\nconst broken = nothing`)
    const onOutput = (_: string, { stdout }: ReturnType<typeof spawn>) => stdout?.destroy()
    expect(await ccn('check bad.ccn tiny.ccn', { onOutput })).toMatchObject({ code: 1, err: '' })
  })
})

describe('a run that ends by a signal', () => {
  const setBack = resolve(import.meta.dirname, '../helpers/clock-set-back.js')

  it('is saved when the terminal closes, even if the clock was set back by an hour', async () => {
    let asked = false
    const { code, err } = await ccn('train tiny.ccn --name hung --epochs 1000000', {
      env: { NODE_OPTIONS: `--import=${setBack}` },
      onOutput: (out, child) => {
        if (/epoch +0/.test(out) && !asked) setTimeout(() => child.kill('SIGHUP'), 2000)
        asked ||= /epoch +0/.test(out)
      },
    })
    expect(err).toContain('ccn train tiny.ccn --resume hung')
    expect(code).toBe(130)
    expect(existsSync(place.path('runs/hung/checkpoint.safetensors'))).toBe(true)
    expect(existsSync(place.path('runs/hung/lock'))).toBe(false)
  })
})

describe('a command that saves nothing', () => {
  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends by %s with a sentence', (signal, expected) => {
    const before = process.listeners(signal)
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    const said: string[] = []
    try {
      endWhenTold('explain', (text) => said.push(text))
      const stop = onInterrupt(() => said.push('saving'))
      process.emit(signal)
      stop()
      process.emit(signal)
      expect(said).toEqual([
        'saving',
        `\nccn explain was ended by ${signal}; files that were not done are as they were.\n`,
      ])
      expect(exit.mock.calls).toEqual([[expected]])
    } finally {
      exit.mockRestore()
      for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
        for (const listener of process.listeners(name))
          if (!before.includes(listener)) process.off(name, listener)
    }
  })
})

describe('a terminal', () => {
  const escape = '\u001b['
  const train = (name: string, columns: number, env: Record<string, string>) =>
    place.run(`train tiny.ccn --name ${name}`, {
      terminal: true,
      columns,
      env: { NO_COLOR: '', ...env },
    })

  it('gets a line that is redrawn', async () => {
    expect((await train('drawn', 100, {})).out).toContain(escape)
  })

  it.each([
    ['that does not know its width', 0, {}],
    ['of a service', 100, { CI: 'true' }],
    ['that is dumb', 100, { TERM: 'dumb' }],
  ] as const)('%s gets plain lines, with all figures', async (_, columns, env) => {
    const { code, out } = await train(`plain${columns}${Object.keys(env).join('')}`, columns, env)
    expect(code).toBe(0)
    expect(out).not.toContain(escape)
    expect(out).toMatch(/^epoch 4\/4 {2}\d+:\d\d {2}test error .* angle\(W1, backprop\)/m)
  })
})

describe('a working folder that has been removed', () => {
  it('is said in a sentence', async () => {
    mkdirSync(place.path('gone'))
    const script = `cd ${place.path('gone')} && rmdir ../gone && exec "${process.execPath}" "${bin}" check a.ccn`
    const child = spawn('sh', ['-c', script])
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    expect({ code, err }).toEqual({
      code: 1,
      err: 'error: Cannot use the working folder: it has been removed; change to another (cd).\n',
    })
  })
})
