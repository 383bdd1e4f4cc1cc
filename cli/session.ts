/**
 * One call of the command line: its world, how it prints, and the exit code that it will have.
 */
import { json } from '../contract/escape.ts'
import { coloursIf, type Colours } from '../grammar/diagnostics/colours.ts'
import { pathIn, shownIn, type Surroundings } from '../project/surroundings.ts'
import { infinite } from '../runtime/report/json-lines.ts'
import { exitCodes } from './errors.ts'
import { forTerminal } from './for-terminal.ts'
import { wantsColour, type Io } from './io.ts'

/** What every command gets. */
export class Session {
  readonly io: Io
  /** What the command will exit with, unless it throws. */
  exitCode: number = exitCodes.ok

  constructor(io: Io) {
    this.io = io
  }

  /** Where the functions of the project are called. */
  get where(): Surroundings {
    // Not a copy: the working folder is asked for only where it is needed, as it may be gone.
    return this.io
  }

  /** Results: to the standard output. */
  print(line = ''): void {
    this.write(`${line}\n`)
  }

  /** Text that ends its lines itself, to the standard output. */
  write(text: string): void {
    this.io.stdout.write(forTerminal(text))
  }

  /** What is said beside the results: to the standard error. */
  say(line = ''): void {
    this.io.stderr.write(`${forTerminal(line)}\n`)
  }

  /** A value as JSON, on the standard output. */
  printJson(value: unknown): void {
    this.io.stdout.write(`${json(value, infinite, 2)}\n`)
  }

  /** The same on one line, where a line is told after the other. */
  printJsonLine(value: unknown): void {
    this.io.stdout.write(`${json(value, infinite)}\n`)
  }

  /** The absolute path of one given on the command line. */
  path(text: string): string {
    return pathIn(this.io, text)
  }

  /** A path as people should see it: from the current folder, if it is below it. */
  shown(path: string): string {
    return shownIn(this.io, path)
  }

  /** Colours for the standard output, or for the standard error. */
  colours(stream: 'stdout' | 'stderr' = 'stdout'): Colours {
    return coloursIf(this.wantsColour(stream))
  }

  wantsColour(stream: 'stdout' | 'stderr' = 'stdout'): boolean {
    return wantsColour(this.io[stream], this.io.env)
  }
}
