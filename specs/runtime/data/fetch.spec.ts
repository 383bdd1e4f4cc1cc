/** Fetching from a server on this machine that does all that servers do. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DownloadProgress } from '../../../runtime/node/data/download.ts'
import { fetchDataset } from '../../../runtime/node/data/fetch.ts'
import { temporaryName } from '../../../runtime/node/io/temporary.ts'
import { SOURCES, type Source } from '../../../runtime/node/data/sources.ts'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) & 255))
const sha256 = createHash('sha256').update(content).digest('hex')

/** What the server did: the paths and ranges asked for. */
let asked: string[] = []
let server: Server
let base: string
let folder: string

const handlers: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => void>
> = {
  '/good': (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? NaN)
    if (Number.isNaN(from))
      return void response.writeHead(200, { 'content-length': content.length }).end(content)
    if (from >= content.length) return void response.writeHead(416).end()
    const range = `bytes ${from}-${content.length - 1}/${content.length}`
    response.writeHead(206, { 'content-range': range, 'content-length': content.length - from })
    response.end(content.subarray(from))
  },
  '/norange': (_, response) => void response.writeHead(200).end(content),
  '/wrong': (_, response) => void response.writeHead(200).end(Buffer.alloc(content.length)),
  '/short': (_, response) => void response.writeHead(200).end(content.subarray(0, 1000)),
  '/page': (_, response) => void response.writeHead(200).end('<html>Please log in</html>'),
  '/missing': (_, response) => void response.writeHead(404).end('not here'),
  '/broken': (_, response) => void response.writeHead(500).end(),
  '/drops': (_, response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 70_000), () => setTimeout(() => response.destroy(), 30))
  },
  '/stalls': (_, response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 50_000))
  },
  '/silent': () => {},
  '/moved': (_, response) => void response.writeHead(302, { location: '/good' }).end(),
  '/circle': (_, response) => void response.writeHead(302, { location: '/circle' }).end(),
}

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push([request.url, request.headers.range].filter(Boolean).join(' '))
    handlers[request.url ?? '']?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
  folder = mkdtempSync(join(tmpdir(), 'ccn-fetch-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function sources(...paths: string[]): Record<string, Source> {
  const urls = paths.map((path) => (path.startsWith('http') ? path : base + path))
  const checksum = { of: 'file', hex: sha256 } as const
  return { thing: { folder: 'thing', files: [{ name: 'thing.bin', urls, checksum }] } }
}

const fetchFrom = (...paths: string[]) =>
  fetchDataset('thing', folder, { sources: sources(...paths) })
const there = () => readFileSync(join(folder, 'thing', 'thing.bin'))
const names = () => (existsSync(join(folder, 'thing')) ? readdirSync(join(folder, 'thing')) : [])
function leavePart(bytes: Uint8Array) {
  mkdirSync(join(folder, 'thing'))
  writeFileSync(join(folder, 'thing', 'thing.bin.part'), bytes)
}

describe('a file is fetched', () => {
  it.each([
    ['from the first mirror', ['/good'], ['/good']],
    ['through a redirect', ['/moved'], ['/moved', '/good']],
    ['past one that has it no longer', ['/missing', '/good'], ['/missing', '/good']],
    ['past one that is down', ['/broken', 'http://127.0.0.1:1/x', '/good'], ['/broken', '/good']],
    ['past one that sends other content', ['/wrong', '/good'], ['/wrong', '/good']],
    ['past one that sends a page to log in', ['/page', '/good'], ['/page', '/good']],
    ['past one that sends a beginning', ['/short', '/good'], ['/short', '/good']],
    ['past one that turns in circles', ['/circle', '/good'], undefined],
    ['from where another broke off', ['/drops', '/good'], ['/drops', '/good bytes=70000-']],
    [
      'anew where a server knows no ranges',
      ['/drops', '/norange'],
      ['/drops', '/norange bytes=70000-'],
    ],
  ])('%s', async (_, paths, requests) => {
    const { downloaded, present } = await fetchFrom(...paths)
    expect({ downloaded, present }).toEqual({ downloaded: ['thing.bin'], present: [] })
    expect(there().equals(content)).toBe(true)
    expect(names()).toEqual(['thing.bin'])
    if (requests) expect(asked).toEqual(requests)
  })

  it('from where an earlier call stopped', async () => {
    leavePart(content.subarray(0, 123_456))
    await fetchFrom('/good')
    expect(asked).toEqual(['/good bytes=123456-'])
    expect(there().equals(content)).toBe(true)
  })

  it('from where a process stopped that was killed', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    leavePart(content.subarray(0, 123_456))
    const left = temporaryName('thing.bin.part').replace(`-${process.pid}-`, `-${child.pid}-`)
    renameSync(join(folder, 'thing', 'thing.bin.part'), join(folder, 'thing', left))
    await fetchFrom('/good')
    expect(asked).toEqual(['/good bytes=123456-'])
    expect(there().equals(content)).toBe(true)
    expect(names()).toEqual(['thing.bin'])
  })

  it('by several at once, without getting into each other', async () => {
    leavePart(content.subarray(0, 123_456))
    await Promise.all([fetchFrom('/good'), fetchFrom('/good'), fetchFrom('/good')])
    expect(there().equals(content)).toBe(true)
    expect(names()).toEqual(['thing.bin'])
  })

  it.each([
    ['is of another file', Buffer.alloc(5000, 7), 2],
    ['is longer than the file', Buffer.alloc(300_000), 2],
    ['is whole', content, 1],
  ])('even if the part that is there %s', async (_, part, requests) => {
    leavePart(part)
    await fetchFrom('/good')
    expect(asked).toHaveLength(requests)
    expect(there().equals(content)).toBe(true)
    expect(names()).toEqual(['thing.bin'])
  })

  it('once: the second time it is there, unless it is damaged', async () => {
    await fetchFrom('/good')
    expect(await fetchFrom('/missing')).toMatchObject({ present: ['thing.bin'] })
    writeFileSync(join(folder, 'thing', 'thing.bin'), content.subarray(0, 10))
    expect(await fetchFrom('/good')).toMatchObject({ downloaded: ['thing.bin'] })
    expect(there().equals(content)).toBe(true)
  })

  it.each([
    ['/silent', '/good'],
    ['/stalls', '/good bytes=50000-'],
  ])('although %s sends no more', async (path, next) => {
    await fetchDataset('thing', folder, { sources: sources(path, '/good'), patience: 150 })
    expect(asked).toEqual([path, next])
    expect(there().equals(content)).toBe(true)
  })

  it('and told about', async () => {
    leavePart(content.subarray(0, 100_000))
    const seen: DownloadProgress[] = []
    await fetchDataset('thing', folder, {
      sources: sources('/good'),
      onProgress: (each) => seen.push(each),
    })
    expect(seen[0]!.received).toBeGreaterThan(100_000)
    expect(seen.at(-1)).toEqual({ file: 'thing.bin', received: 200_000, total: 200_000 })
  })
})

describe("no file is left, and each mirror's reason is given", () => {
  it.each([
    [['/missing'], 'HOST: it answers HTTP 404', []],
    [['/wrong'], 'HOST: it sends other content (the checksum differs)', []],
    [
      ['/broken', '/page'],
      'HOST: it answers HTTP 500; HOST: it sends other content (the checksum differs)',
      [],
    ],
    [['/drops'], 'HOST: the connection broke (', ['thing.bin.part']],
    [['http://127.0.0.1:1/x'], '127.0.0.1:1: it cannot be reached (', []],
    [['http://nowhere.invalid/x'], 'nowhere.invalid: it cannot be reached (', []],
  ])('%s', async (paths, reasons, left) => {
    const error = await fetchFrom(...paths).catch((reason: Error) => reason)
    expect(error).toMatchObject({ name: 'DataError' })
    const message = String((error as Error).message).replaceAll(
      base.slice('http://'.length),
      'HOST',
    )
    expect(message).toContain(`Cannot fetch thing.bin (${reasons}`)
    expect(message).toMatch(
      /: check the network connection, or put the file into .*thing yourself\.$/,
    )
    expect(names()).toEqual(left)
  })
})

describe('what is unpacked', () => {
  const member = Buffer.alloc(700, 5)
  function tar(name: string, bytes: Buffer): Buffer {
    const header = Buffer.alloc(512)
    header.write(`folder/${name}`, 0)
    header.write('0000644\0', 100)
    header.write(`${bytes.length.toString(8).padStart(11, '0')} `, 124)
    header.write('        ', 148)
    header.write('0', 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return Buffer.concat([
      header,
      bytes,
      Buffer.alloc(512 - (bytes.length % 512)),
      Buffer.alloc(1024),
    ])
  }

  it('is kept, and the archive is not', async () => {
    const archive = gzipSync(tar('a.bin', member))
    const serving = createServer((_, response) => void response.end(archive))
    await new Promise<void>((resolve) => serving.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(serving.address() as AddressInfo).port}/x`
    const hex = createHash('sha256').update(archive).digest('hex')
    const file = {
      name: 'all.tar.gz',
      urls: [url],
      checksum: { of: 'file', hex } as const,
      unpack: { members: ['a.bin'], size: 700 },
    }
    const options = { sources: { thing: { folder: 'thing', files: [file] } } }
    await fetchDataset('thing', folder, options)
    expect(names()).toEqual(['a.bin'])
    expect(readFileSync(join(folder, 'thing', 'a.bin')).equals(member)).toBe(true)
    serving.close()
    expect(await fetchDataset('thing', folder, options)).toMatchObject({ present: ['all.tar.gz'] })
  })
})

it('every public data set has mirrors and a checksum', () => {
  expect(Object.keys(SOURCES)).toEqual(['mnist', 'fashion-mnist', 'cifar10'])
  for (const { files } of Object.values(SOURCES)) {
    for (const { urls, checksum } of files) {
      expect(urls.length).toBeGreaterThan(1)
      expect(checksum.hex).toMatch(/^[\da-f]{64}$/)
    }
  }
})
