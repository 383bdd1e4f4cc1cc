/**
 * Serves one page to browsers on this machine and pushes its changes, as server-sent events. Listens on the loopback
 * address alone, and answers only who asked for it by that address: a site elsewhere whose name was made to lead here
 * (DNS rebinding) is refused. Nothing can be sent to it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorCode } from '../../runtime/io/errors.ts'
import { ProjectError } from '../errors.ts'

const HOST = '127.0.0.1'
/** A browser that has not read so much yet is sent nothing more. */
const MOST_WAITING = 2 ** 23
/** How long browsers get to read the last page, in milliseconds. */
const GRACE = 1000

/** What is served. */
export interface Served {
  /** The whole page, when somebody opens it. */
  readonly page: () => Promise<string>
}

/** A server that is listening. */
export class PageServer {
  readonly #server: Server
  /** Kept, as a server that is closed has none. */
  readonly #port: number
  readonly #streams = new Set<ServerResponse>()
  #served: Served | undefined

  private constructor(server: Server) {
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  /** Listens; 0 is any port that is free. Throws ProjectError if it is taken. */
  static async listen(port: number): Promise<PageServer> {
    const server = createServer({ requestTimeout: 10_000 })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(portError(error, port)))
      server.listen(port, HOST, resolve)
    })
    const found = new PageServer(server)
    // What a browser does must never end a run.
    server.on('error', () => undefined)
    server.on('clientError', (_error, socket) => socket.destroy())
    return found
  }

  get url(): string {
    return `http://${HOST}:${this.#port}/`
  }

  /** Whether somebody is looking. */
  get watched(): boolean {
    return this.#streams.size > 0
  }

  serve(served: Served): void {
    this.#served = served
  }

  /** Sends a text to all who look: `change`, or `end` for the last one. */
  push(event: 'change' | 'end', text: string): void {
    // Whatever ends a line there ends one of the event.
    const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`)
    const message = `event: ${event}\n${lines.join('\n')}\n\n`
    for (const stream of this.#streams) {
      if (stream.writableLength < MOST_WAITING || event === 'end') stream.write(message)
    }
  }

  /** Ends once everybody has what was sent, or after a second. */
  async close(): Promise<void> {
    for (const stream of this.#streams) stream.end()
    this.#server.closeIdleConnections()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    const late = setTimeout(() => this.#server.closeAllConnections(), GRACE)
    await closed
    clearTimeout(late)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, text: string): void => {
      response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' })
      response.end(`${text}\n`)
    }
    if (!this.#isOurs(request.headers.host)) return refuse(421, `Open ${this.url} instead.`)
    if (request.method !== 'GET') return refuse(405, 'There is nothing but to look.')
    if (request.url === '/events') return this.#stream(request, response)
    if (request.url !== '/') return refuse(404, `There is one page: ${this.url}`)
    try {
      const text = (await this.#served?.page()) ?? 'The run has not begun.'
      response.writeHead(200, { ...headers, 'Content-Type': 'text/html; charset=utf-8' })
      response.end(text)
    } catch (error) {
      refuse(500, error instanceof Error ? error.message : String(error))
    }
  }

  #isOurs(host: string | undefined): boolean {
    return host === `${HOST}:${this.#port}` || host === `localhost:${this.#port}`
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' })
    response.write('\n')
    this.#streams.add(response)
    const gone = (): void => void this.#streams.delete(response)
    request.once('close', gone)
    response.once('close', gone)
    response.on('error', gone)
  }
}

const headers = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

function portError(error: NodeJS.ErrnoException, port: number): ProjectError {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new ProjectError(`Port ${port} is taken.`, {
        hint: 'Name another by --port, or leave it out for one that is free.',
      })
    case 'EACCES':
      return new ProjectError(`Port ${port} is not for every user.`, {
        hint: 'Name one above 1023 by --port, or leave it out for one that is free.',
      })
    default:
      return new ProjectError(`The page cannot be served on port ${port}: ${error.message}.`)
  }
}
