/**
 * The page of a run while it goes on. It is made again when somebody looks and something has happened, every five
 * seconds, or more often where making it takes less than a tenth of the time: the run is what the machine is for.
 */
import { bodyOf, documentOf, type Page } from '../report/document.ts'
import { liveScript } from './script.ts'
import { PageServer } from './server.ts'

/** How a run is shown while it goes on. */
export interface LiveOptions {
  /** Default: one that is free. */
  readonly port?: number | undefined
}

/** Milliseconds between two looks at whether there is something to show. */
const LOOK = 250
const LEAST_INTERVAL = 1000
/** Who looks is not kept waiting longer, however slow the machine. */
const MOST_INTERVAL = 5000
/** A page may take this share of the time. */
const SHARE = 0.1

/** See the module's head. */
export class LivePage {
  readonly #server: PageServer
  #make: (() => Promise<Page>) | undefined
  #timer: NodeJS.Timeout | undefined
  #page: Page | undefined
  #changed = true
  #ended = false
  #making: Promise<Page | undefined> | undefined
  /** When the next page may be made, in milliseconds. */
  #next = 0

  private constructor(server: PageServer) {
    this.#server = server
    server.serve({ page: () => this.#whole() })
  }

  /** Listens. Throws ProjectError if the port is taken. */
  static async open({ port = 0 }: LiveOptions): Promise<LivePage> {
    return new LivePage(await PageServer.listen(port))
  }

  get url(): string {
    return this.#server.url
  }

  /** From now on there is something to show. */
  attach(make: () => Promise<Page>): void {
    this.#make = make
    this.#timer = setInterval(() => void this.#look(), LOOK)
    // It does not keep the process.
    this.#timer.unref()
  }

  /** Something has happened. */
  note(): void {
    this.#changed = true
  }

  /** Shows the last page, if there is one, and ends. */
  async end(last: Page | undefined): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#timer)
    this.#make = undefined
    await this.#making
    const page = last ?? this.#page
    if (page) {
      this.#page = page
      this.#server.push('end', bodyOf(page).text)
    }
    await this.#server.close()
  }

  async #look(): Promise<void> {
    if (!this.#changed || !this.#server.watched || performance.now() < this.#next) return
    const page = await this.#fresh()
    if (page && this.#make) this.#server.push('change', bodyOf(page).text)
  }

  async #whole(): Promise<string> {
    const page = performance.now() < this.#next ? this.#page : await this.#fresh()
    return documentOf(page ?? this.#page ?? begins, liveScript)
  }

  /** The page as things stand; made once for all who ask at the same time. */
  #fresh(): Promise<Page | undefined> {
    this.#making ??= this.#made().finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  async #made(): Promise<Page | undefined> {
    const start = performance.now()
    this.#changed = false
    try {
      this.#page = (await this.#make?.()) ?? this.#page
    } catch {
      // The next one may succeed; the run goes on whatever becomes of its page.
    }
    const took = performance.now() - start
    const pause = Math.min(MOST_INTERVAL, Math.max(LEAST_INTERVAL, took / SHARE))
    this.#next = performance.now() + pause
    return this.#page
  }
}

const begins: Page = {
  title: 'A run begins',
  lead: 'Nothing has been computed yet.',
  sections: [],
  foot: '',
}
