/** `ccn train` of several copies: means over them while they go on, and what came of them. */
import type { CopyEnd } from '../project/copies/train.ts'
import { report, type TrainEvent } from '../project/events.ts'
import type { Trained } from '../project/train.ts'
import { copyLabel, type Copy } from '../contract/copies.ts'
import { CopiesReport, endFigures, figuresOfCopies } from '../runtime/report/copies.ts'
import { jsonLinesReporter } from '../runtime/report/json-lines.ts'
import { spreadText } from '../runtime/report/spread.ts'
import { silentReporter, type Reporter } from '../runtime/train/reporter.ts'
import { isLive } from './io.ts'
import type { ReportOptions } from './reporting.ts'
import { resumeNotes } from './resuming.ts'
import type { Session } from './session.ts'

type Opened = Extract<TrainEvent, { kind: 'copies' }>
type Whole = Extract<CopyEnd, { status: 'finished' | 'interrupted' }>

const CLEAR_LINE = '\r\u001b[2K'

/** Shows copies as they are run. */
export class ShowingCopies {
  readonly #session: Session
  readonly #options: ReportOptions
  readonly #opened: Opened
  /** What was said of one copy, and is not said of another. */
  readonly #noted = new Set<string>()
  readonly #reporters = new Map<string, Reporter>()
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
    const names = opened.copies.map(({ name }) => name)
    this.#report = new CopiesReport(names, {
      print: (line) => {
        this.#erase()
        session.print(line)
      },
      varied: opened.run.manifest.plan.varied !== undefined,
      columns: () => (live ? stdout.columns() : Number.POSITIVE_INFINITY),
      ...(live && { draw: (line: string) => this.#draw(line) }),
    })
  }

  /** What a copy tells. */
  hear(copy: Copy, event: TrainEvent): void {
    if (event.kind === 'opened') for (const note of resumeNotes(event)) this.#session.say(note)
    if (event.kind === 'noted' && !this.#noted.has(event.text)) {
      this.#noted.add(event.text)
      this.#session.say(`warning: ${event.text}`)
    }
    const reporter = this.#reporters.get(copy.name) ?? this.#reporterOf(copy)
    this.#reporters.set(copy.name, reporter)
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
        seed: each.copy.seed,
        ...(each.copy.set && { set: each.copy.set }),
        status: each.status,
        ...('run' in each && { run: each.run.path }),
        ...('failure' in each && { failure: each.failure }),
        ...('state' in each && { figures: endFigures(plan, each.state) }),
      }))
      // Over copies of different values there is no mean.
      const means = plan.varied ? {} : { figures }
      const line = { kind: 'copies', status, run: run.path, copies: ends, ...means }
      this.#session.printJsonLine(line)
    } else if (status === 'finished') this.#print(whole, figures)
    for (const each of copies) {
      if (each.status === 'failed')
        this.#session.say(`The copy of ${copyLabel(each.copy)} stopped: ${each.failure}`)
    }
  }

  #reporterOf({ name, seed, set }: Copy): Reporter {
    if (this.#report) return this.#report.of(name)
    const { json, quiet } = this.#options
    if (!json || quiet) return silentReporter
    const { run, engine } = this.#opened
    const write = (text: string) => this.#session.io.stdout.write(text)
    const extra = {
      run: `${run.path}/${name}`,
      model: run.manifest.model,
      engine: engine.name,
    }
    return jsonLinesReporter(write, extra, { copy: seed, ...(set && { set }) })
  }

  #print(whole: readonly Whole[], figures: ReturnType<typeof figuresOfCopies>): void {
    const session = this.#session
    session.print()
    const { copies, run } = this.#opened
    const count = whole.length
    const which = count < copies.length ? `${count} of ${copies.length} copies` : `${count} copies`
    const seeds = [copies[0]!.seed, copies.at(-1)!.seed]
    const { plan } = run.manifest
    if (!plan.varied) {
      session.print(`${which}, of seeds ${seeds[0]} to ${seeds[1]}: mean ± standard error`)
      this.#table(figures)
      return
    }
    const spread =
      seeds[0] === seeds[1] ? '' : `, seeds ${seeds[0]} to ${seeds[1]}: mean ± standard error`
    session.print(`${which}${spread}`)
    for (const set of plan.varied) {
      const key = JSON.stringify(set)
      const own = whole.filter(({ copy }) => JSON.stringify(copy.set) === key)
      if (own.length === 0) continue
      session.print(
        Object.entries(set)
          .map(([name, value]) => `${name} = ${value}`)
          .join(', '),
      )
      this.#table(figuresOfCopies(own.map(({ state }) => endFigures(plan, state))))
    }
  }

  #table(figures: ReturnType<typeof figuresOfCopies>): void {
    const width = Math.max(0, ...figures.map(({ name }) => name.length))
    for (const each of figures)
      this.#session.print(`${each.name.padEnd(width)}  ${spreadText(each, each.unit)}`)
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
