/** `ccn train` of several copies: means over them while they go on, and what came of them. */
import type { CopyEnd } from '../project/copies/train.ts'
import { report, type TrainEvent } from '../project/events.ts'
import type { Trained } from '../project/train.ts'
import { copyName } from '../runtime/node/train/run-folder.ts'
import { CopiesReport, endFigures, figuresOfCopies } from '../runtime/report/copies.ts'
import { infinite, jsonLinesReporter } from '../runtime/report/json-lines.ts'
import { spreadText } from '../runtime/report/spread.ts'
import { silentReporter, type Reporter } from '../runtime/train/reporter.ts'
import { isLive } from './io.ts'
import type { ReportOptions } from './reporting.ts'
import type { Session } from './session.ts'

type Opened = Extract<TrainEvent, { kind: 'copies' }>
type Whole = Extract<CopyEnd, { status: 'finished' | 'interrupted' }>

const CLEAR_LINE = '\r\u001b[2K'

/** Shows copies as they are run. */
export class ShowingCopies {
  readonly #session: Session
  readonly #options: ReportOptions
  readonly #opened: Opened
  readonly #reporters = new Map<number, Reporter>()
  readonly #report: CopiesReport | undefined
  #drawn = false

  constructor(session: Session, options: ReportOptions, opened: Opened) {
    this.#session = session
    this.#options = options
    this.#opened = opened
    const { json, quiet } = options
    if (json || quiet) return
    const { stdout, env } = session.io
    const live = isLive(stdout, env)
    this.#report = new CopiesReport(opened.seeds, {
      print: (line) => {
        this.#erase()
        session.print(line)
      },
      columns: () => (live ? stdout.columns() : Number.POSITIVE_INFINITY),
      ...(live && { draw: (line: string) => this.#draw(line) }),
    })
  }

  /** What the copy of a seed tells. */
  hear(seed: number, event: TrainEvent): void {
    const reporter = this.#reporters.get(seed) ?? this.#reporterOf(seed)
    this.#reporters.set(seed, reporter)
    report(reporter, event)
  }

  /** Says how they ended. */
  close(trained: Trained): void {
    this.#erase()
    const { copies = [], run, status } = trained
    const { plan } = run.manifest
    const whole = copies.filter((each): each is Whole => 'state' in each)
    const figures = figuresOfCopies(whole.map(({ state }) => endFigures(plan, state)))
    if (this.#options.json) {
      const ends = copies.map((each) => ({
        seed: each.seed,
        status: each.status,
        ...('run' in each && { run: each.run.path }),
        ...('failure' in each && { failure: each.failure }),
        ...('state' in each && { figures: endFigures(plan, each.state) }),
      }))
      const line = { kind: 'copies', status, run: run.path, copies: ends, figures }
      this.#session.io.stdout.write(`${JSON.stringify(line, infinite)}\n`)
    } else if (status === 'finished') this.#print(whole.length, figures)
    for (const each of copies) {
      if (each.status === 'failed')
        this.#session.say(`The copy of seed ${each.seed} stopped: ${each.failure}`)
    }
  }

  #reporterOf(seed: number): Reporter {
    if (this.#report) return this.#report.of(seed)
    const { json, quiet } = this.#options
    if (!json || quiet) return silentReporter
    const { run, engine } = this.#opened
    const write = (text: string) => this.#session.io.stdout.write(text)
    const extra = {
      run: `${run.path}/${copyName(seed)}`,
      model: run.manifest.model,
      engine: engine.name,
    }
    return jsonLinesReporter(write, extra, { copy: seed })
  }

  #print(count: number, figures: ReturnType<typeof figuresOfCopies>): void {
    const session = this.#session
    session.print()
    const { seeds } = this.#opened
    const which = count < seeds.length ? `${count} of ${seeds.length} copies` : `${count} copies`
    session.print(`${which}, of seeds ${seeds[0]} to ${seeds.at(-1)}: mean ± standard error`)
    const width = Math.max(0, ...figures.map(({ name }) => name.length))
    for (const each of figures)
      session.print(`${each.name.padEnd(width)}  ${spreadText(each, each.unit)}`)
  }

  #draw(line: string): void {
    const { stdout } = this.#session.io
    stdout.write(`${CLEAR_LINE}${[...line].slice(0, Math.max(1, stdout.columns() - 1)).join('')}`)
    this.#drawn = true
  }

  #erase(): void {
    if (this.#drawn) this.#session.io.stdout.write(CLEAR_LINE)
    this.#drawn = false
  }
}
