/**
 * How far a sweep is: a bar that changes in place on a terminal, and a line now and then elsewhere.
 */
import type { Progress } from '../project/sweeps/summary.ts'
import type { WorkEvent } from '../project/sweeps/work.ts'
import { formatDuration } from '../runtime/report/figures.ts'
import { pointsText } from './sweep-table.ts'

/** Milliseconds between two looks of the bar, and between two lines. */
const REDRAW = 100
const LINE = 10_000

export interface SweepBarOptions {
  readonly write: (text: string) => void
  readonly isLive: boolean
  readonly columns: () => number
  readonly clock: () => number
  /** At the start. */
  readonly progress: Progress
  readonly nameOf: (key: string) => string
}

export class SweepBar {
  readonly #options: SweepBarOptions
  readonly #started: number
  #ended = 0
  #failed = 0
  readonly #running = new Map<string, number>()
  #drawn = 0
  #shown = false

  constructor(options: SweepBarOptions) {
    this.#options = options
    this.#started = options.clock()
    this.#drawn = this.#started
  }

  hear(event: Exclude<WorkEvent, { kind: 'noted' }>): void {
    const { clock, isLive } = this.#options
    switch (event.kind) {
      case 'began':
        this.#running.set(event.key, 0)
        break
      case 'progress':
        this.#running.set(event.key, event.of > 0 ? event.done / event.of : 0)
        break
      case 'ended':
        this.#running.delete(event.result.key)
        this.#ended++
        if (event.result.status === 'failed') this.#failed++
        break
    }
    const now = clock()
    if (now - this.#drawn < (isLive ? REDRAW : LINE)) return
    this.#drawn = now
    this.#draw()
  }

  close(): void {
    if (this.#shown) this.#options.write('\r\u001b[K')
    this.#shown = false
  }

  #draw(): void {
    const { write, isLive, columns, clock, progress, nameOf } = this.#options
    const before = progress.done + progress.givenUp
    const done = before + this.#ended
    const inWork = [...this.#running.values()].reduce((sum, each) => sum + each, 0)
    const left = progress.points - done - inWork
    const seconds = (clock() - this.#started) / 1000
    const finished = this.#ended + inWork
    const remaining =
      finished > 0 ? `, about ${formatDuration((seconds / finished) * left)} left` : ''
    const failed = this.#failed > 0 ? `, ${this.#failed} failed` : ''
    const text = `${done} of ${pointsText(progress.points)}, ${this.#running.size} running${failed}${remaining}`
    if (!isLive) return write(`${text}\n`)
    const width = Math.max(10, Math.min(30, columns() - text.length - 4))
    const filled = Math.round((width * (done + inWork)) / Math.max(1, progress.points))
    const bar = `${'━'.repeat(filled)}${'─'.repeat(width - filled)}`
    const [key] = this.#running.keys()
    const room = columns() - width - text.length - 5
    const name = key !== undefined && room > 12 ? `  ${nameOf(key).slice(0, room)}` : ''
    write(`\r\u001b[K${`${bar} ${text}${name}`.slice(0, columns() - 1)}`)
    this.#shown = true
  }
}
