/** Runs the command line inside of this process, in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { main } from '../../cli/main.ts'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly stdin?: string
  readonly env?: Record<string, string>
  readonly terminal?: boolean
  readonly columns?: number
  /** Called with a function that presses Ctrl-C, once the command listens for it. */
  readonly onListening?: (press: () => void) => void
}

/** A folder with files in it, and a command line that runs there. */
export class Workplace {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'ccn-cli-'))
  /** Exit codes of `exit` calls: the second Ctrl-C. */
  readonly exits: number[] = []

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.write('package.json', '{}')
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), content)
  }

  /** Words in one text, or as a list where they hold spaces. */
  async run(argv: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
    let out = ''
    let err = ''
    const output = (add: (text: string) => void) => ({
      write: add,
      isTerminal: options.terminal ?? false,
      columns: () => options.columns ?? 100,
    })
    const code = await main(
      typeof argv === 'string' ? argv.split(' ').filter(Boolean) : [...argv],
      {
        stdout: output((text) => (out += text)),
        stderr: output((text) => (err += text)),
        readStdin: async () => options.stdin ?? '',
        env: { NO_COLOR: '1', CCN_REPORT: '0', ...options.env },
        cwd: this.folder,
        clock: Date.now,
        onInterrupt: (handler) => {
          options.onListening?.(handler)
          return () => {}
        },
        exit: (exitCode) => void this.exits.push(exitCode),
      },
    )
    return { code, out, err }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}

/** A little network that learns in a blink: a teacher network's task, by backprop-like burst coding. */
export const tinyModel = `model tiny

import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"

param hidden = 6   in 1..   /// hidden ensembles
param rate   = 0.5 in 0..   /// learning rate

population x[2]      : Input
population h[hidden] : Pyramidal(0.5)
population y[2]      : Teacher(0.5, 0.5)

connect x.event -> h.soma as W1 : Depressing { init xavier_normal()  learn BurstDependent }
connect h.event -> y.soma as W2 : Depressing { init xavier_normal()  learn BurstDependent }
connect y.burst -> h.apical as Y : Facilitating { init xavier_normal()  fixed }
connect y.event -> h.apical as Q : Depressing { tied = -0.5 * Y }
connect y.gain -> h.above

/// Feedback copied from the forward weights.
variant symmetric { Y: tied = W2 }

experiment parity {
  data xor
  present x = input, y.target = one_hot(label)
  batch 3  epochs 4
  optimise W1, W2, k with sgd(rate = rate)
  measure error, angle(W1, backprop)  every 2 steps
}
`
