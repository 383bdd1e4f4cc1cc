/** The page about targets: its commands are taken, its plan is the compiler's, its example trains. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it, vi } from 'vitest'
import * as browser from '../../runtime/browser.ts'
import { Workplace } from '../cli/run-cli.ts'
import { root } from '../helpers/repository.ts'

const text = readFileSync(`${root}/docs/targets.md`, 'utf8')
const place = new Workplace({
  'examples/xor.ccn': readFileSync(`${root}/examples/xor.ccn`, 'utf8'),
})
afterAll(() => {
  vi.unstubAllGlobals()
  place.remove()
})

describe('docs/targets.md', () => {
  const commands = [...text.matchAll(/^ccn (compile .*?)(?: *#.*)?$/gm)].map(([, each]) => each!)

  it('has commands', () => expect(commands.length).toBeGreaterThan(4))

  it.each(commands)('ccn %s', async (command) => {
    expect(await place.run(command)).toMatchObject({ code: 0, err: '' })
  })

  it('shows a plan as it is', async () => {
    const { out } = await place.run('compile examples/xor.ccn --emit plan')
    const [, shown = ''] = /```\n(program step:[\s\S]*?)```/.exec(text) ?? []
    const lines = shown.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(out).toContain(line.replace(/\{ \.\.\.$/, ''))
  })

  it('has an example that trains', async () => {
    vi.stubGlobal('fetch', async (url: string) => new Response(readFileSync(place.path(url))))
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? []
    const said: string[] = []
    const AsyncFunction = (async () => undefined).constructor as FunctionConstructor
    const [, names = '', body = ''] = /^import \{(.*)\} from 'ccn\/browser'\n([\s\S]*)$/.exec(code)!
    const run = new AsyncFunction(`{${names}}`, 'console', body) as (
      ...given: unknown[]
    ) => Promise<void>
    await run(browser, { log: (line: string) => said.push(line) })
    const [before, after] = [...said[0]!.matchAll(/\d\S*/g)].map(Number)
    expect(after).toBeLessThan(0.1 * before!)
  })
})
