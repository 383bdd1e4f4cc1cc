/**
 * PyTorch as a peer: a process that runs `torch_step.py` or its like, asked through lines. A peer that is missing,
 * fails or does not answer in time is an error of one sentence, for the benchmarks to go on without it.
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Contender } from './contest.ts'

/** How long a peer may take to start, and to answer, in milliseconds. */
const START = 120_000
const ANSWER = 120_000

/** The circuit that a peer runs. */
export interface PeerCircuit {
  /** Default `torch_step.py`. */
  readonly script?: string
  readonly sizes: readonly number[]
  readonly batch: number
  readonly rate: number
  readonly decay: number
}

/** A Python that can import torch; which one is first in PATH may not be the one that can. */
export function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3', 'python'].find(
    (each) => spawnSync(each, ['-c', 'import torch'], { timeout: START }).status === 0,
  )
}

export const missingPython =
  'PyTorch is not here (Debian: apt-get install python3-torch libopenblas0-openmp): CCN alone.'

/** A peer that is ready, and what it says of itself. */
export interface Started {
  readonly peer: Peer
  readonly version: string
  readonly blas: string
}

export class Peer implements Contender {
  readonly name: string
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  #errors = ''

  private constructor(name: string, python: string, script: string, args: string[], count: string) {
    this.name = name
    const path = fileURLToPath(new URL(script, import.meta.url))
    this.#child = spawn(python, [path, ...args], {
      // Libraries of linear algebra have threads of their own, which torch does not always set.
      env: {
        ...process.env,
        OMP_NUM_THREADS: count,
        OPENBLAS_NUM_THREADS: count,
        MKL_NUM_THREADS: count,
      },
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    this.#child.stdin.on('error', () => undefined)
    this.#lines = createInterface({ input: this.#child.stdout })
  }

  /** A peer that runs `torch_step.py`, ready, and what it says of itself. */
  static start(python: string, circuit: PeerCircuit, threads: number): Promise<Started> {
    const { sizes, batch, rate, decay } = circuit
    const args = [sizes.join(), batch, threads, rate, decay].map(String)
    const name = `PyTorch, ${threads} thread${threads > 1 ? 's' : ''}`
    return Peer.startScript(name, python, circuit.script ?? './torch_step.py', args, threads)
  }

  /** One that runs another script of this folder, which answers the same lines. */
  static async startScript(
    name: string,
    python: string,
    script: string,
    args: readonly string[],
    threads: number,
  ): Promise<Started> {
    const peer = new Peer(name, python, script, [...args], String(threads))
    try {
      const facts = JSON.parse(await peer.#answer(START)) as { version: string; blas: string }
      return { peer, ...facts }
    } catch (error) {
      peer.close()
      throw error
    }
  }

  async time(steps: number): Promise<number> {
    return Number(await this.#ask(`time ${steps}`))
  }

  /** Takes weights, inputs and targets from a file of 32-bit floats. */
  async load(file: string): Promise<void> {
    await this.#ask(`load ${file}`)
  }

  /** Writes its weights to such a file. */
  async save(file: string): Promise<void> {
    await this.#ask(`save ${file}`)
  }

  /** Most memory that it has had, in KiB. */
  async peak(): Promise<number> {
    return Number(await this.#ask('peak'))
  }

  close(): void {
    this.#lines.close()
    this.#child.kill()
  }

  #ask(line: string): Promise<string> {
    const answer = this.#answer(ANSWER)
    this.#child.stdin.write(`${line}\n`)
    return answer
  }

  #answer(milliseconds: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#lines.off('line', onLine)
        this.#child.off('close', onClose)
        this.#child.off('error', onError)
      }
      const onLine = (line: string): void => {
        done()
        resolve(line)
      }
      const onError = (error: Error): void => {
        done()
        reject(error)
      }
      const onClose = (): void =>
        onError(new Error(this.#errors.trim().split('\n').at(-1) || 'PyTorch ended by itself'))
      const timer = setTimeout(
        () => onError(new Error(`PyTorch did not answer within ${milliseconds / 1000} s`)),
        milliseconds,
      )
      this.#lines.once('line', onLine)
      this.#child.once('close', onClose)
      this.#child.once('error', onError)
    })
  }
}
