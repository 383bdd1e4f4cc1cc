/** The page of a run while it goes on. */
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { PageServer } from '../../../project/live/server.ts'
import { liveScript } from '../../../project/live/script.ts'
import { train } from '../../../project/train.ts'
import { tinyModel, Workplace } from '../../cli/run-cli.ts'

const place = new Workplace({ 'tiny.ccn': tinyModel })
afterAll(() => place.remove())

interface Answer {
  readonly status: number
  readonly text: string
}

/** What a request is answered with, the whole of it. */
function ask(url: string, options: { host?: string; method?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host, method = 'GET' } = options
    const headers = host === undefined ? {} : { Host: host }
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('the server of a page', () => {
  it('answers who asked for it by its address, and nobody else', async () => {
    const server = await PageServer.listen(0)
    server.serve({ page: async () => 'the page' })
    const { port } = new URL(server.url)
    const cases = [
      [{}, '', 200],
      [{ host: `localhost:${port}` }, '', 200],
      [{ host: 'evil.example' }, '', 421],
      [{ host: `evil.example:${port}` }, '', 421],
      [{ host: `127.0.0.1.evil.example:${port}` }, '', 421],
      [{ host: '127.0.0.1' }, '', 421],
      [{ host: `evil.example:${port}` }, 'events', 421],
      [{ method: 'POST' }, '', 405],
      [{}, '../../etc/passwd', 404],
      [{}, '?x', 404],
    ] as const
    for (const [options, path, status] of cases) {
      const found = await ask(`${server.url}${path}`, options)
      expect([options, path, found.status]).toEqual([options, path, status])
      expect(found.text.includes('the page')).toBe(status === 200)
    }
    await server.close()
    await expect(ask(server.url)).rejects.toThrow('ECONNREFUSED')
  })

  it('listens on the loopback address alone', async () => {
    const server = await PageServer.listen(0)
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    await server.close()
  })

  it('pushes what has changed to all who look, and then ends', async () => {
    const server = await PageServer.listen(0)
    const looks = [ask(`${server.url}events`), ask(`${server.url}events`)]
    while (!server.watched) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 50))
    server.push('change', 'one\r\ntwo\rthree\n')
    server.push('end', 'last')
    await server.close()
    for (const { text } of await Promise.all(looks)) {
      expect(text).toBe(
        '\nevent: change\ndata: one\ndata: two\ndata: three\ndata: \n\nevent: end\ndata: last\n\n',
      )
    }
  })
})

describe('ccn train --live', () => {
  it('shows the run while it goes on, and its end', async () => {
    const stop = new AbortController()
    let shown: Promise<readonly [Answer, Answer]> | undefined
    let url = ''
    const { status } = await train(place.path('tiny.ccn'), {
      cwd: place.folder,
      env: {},
      engine: 'wasm',
      epochs: 1_000_000,
      name: 'live',
      live: {},
      report: false,
      signal: stop.signal,
      on(event) {
        if (event.kind === 'live') url = event.url
        if (event.kind === 'epoch' && event.record.epoch === 20) {
          const stream = ask(`${url}events`)
          shown = ask(url).then(async (page) => {
            stop.abort()
            return [page, await stream] as const
          })
        }
      },
    })
    expect(status).toBe('interrupted')
    const [page, stream] = await shown!
    expect(page.status).toBe(200)
    expect(page.text).toContain('Running')
    // The page allows its own script, by the hash of what stands in it, and no other.
    const script = /<script>([^]*?)<\/script>/.exec(page.text)![1]!
    const hash = createHash('sha256').update(script).digest('base64')
    expect(page.text).toContain(`script-src &#39;sha256-${hash}&#39;; connect-src &#39;self&#39;;`)
    expect(script).toBe(liveScript.text)
    const last = stream.text.slice(stream.text.indexOf('event: end'))
    expect(last).toContain('Not finished')
    expect(last).not.toContain('<script')
    await expect(ask(url)).rejects.toThrow('ECONNREFUSED')
  })

  it('does not begin where its port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, err } = await place.run(`train tiny.ccn --live --port ${port} --name taken`)
    other.close()
    expect(code).toBe(1)
    expect(err).toContain(`Port ${port} is taken.`)
    expect((await place.run('report taken')).err).toContain('There is no run taken')
  })

  it.each([
    ['train tiny.ccn --port 80', 'add --live'],
    ['train tiny.ccn --live --port 70000', 'a whole number from 1 to 65535'],
  ])('ccn %s: %s', async (command, message) => {
    const { code, err } = await place.run(command)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})
