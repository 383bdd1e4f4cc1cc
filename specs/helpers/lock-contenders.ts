/**
 * Contenders for a lock in one process: a disk in memory on which one operation happens at a time, in an
 * order drawn by chance, and processes that can be killed between two operations.
 */
import type { LockDisk } from '../../runtime/node/train/lock-disk.ts'
import type { Processes } from '../../runtime/node/train/lock-holder.ts'

interface File {
  text: string
  touched: number
}

export class Contest {
  readonly #files = new Map<string, File>()
  readonly #random: () => number
  readonly #dead = new Set<number>()
  #waiting: { readonly process: number; readonly go: () => void }[] = []
  #time = 0
  #count = 0

  constructor(random: () => number) {
    this.#random = random
  }

  write(name: string, text: string): void {
    this.#files.set(name, { text, touched: this.#time })
  }

  names(): readonly string[] {
    return [...this.#files.keys()].toSorted()
  }

  /** It does nothing any more. */
  kill(process: number): void {
    this.#dead.add(process)
    this.#waiting = this.#waiting.filter((each) => each.process !== process)
  }

  /** Lets one of those that wait do its operation; false if none waits. */
  async turn(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve))
    const at = Math.floor(this.#random() * this.#waiting.length)
    const [next] = this.#waiting.splice(at, 1)
    this.#time++
    next?.go()
    return next !== undefined
  }

  /** What a process sees of the others. */
  processesOf(process: number): Processes {
    return {
      self: () => ({ process, host: 'here', id: `${this.#count++}` }),
      isAlive: (holder) => !this.#dead.has(holder.process) && holder.process < 1000,
    }
  }

  /** The disk as a process uses it. */
  diskOf(process: number): LockDisk {
    const files = this.#files
    const act = async <T>(operation: () => T): Promise<T> => {
      await new Promise<void>((go) => {
        if (!this.#dead.has(process)) this.#waiting.push({ process, go })
      })
      return operation()
    }
    const take = (name: string): File => {
      const file = files.get(name)
      if (!file) throw new Error(`there is no ${name}`)
      return file
    }
    return {
      writeAside: (text) =>
        act(() => {
          const name = `.aside-${this.#count++}`
          const file = { text, touched: this.#time }
          files.set(name, file)
          const touch = (): Promise<void> => act(() => void (file.touched = this.#time))
          return { name, writtenAt: this.#time, touch, close: () => Promise.resolve() }
        }),
      link: (from, to) =>
        act(() => {
          if (files.has(to)) return false
          files.set(to, take(from))
          return true
        }),
      rename: (from, to) =>
        act(() => {
          files.set(to, take(from))
          files.delete(from)
        }),
      read: (name) =>
        act(() => {
          const file = files.get(name)
          return file && { text: file.text, touchedAt: file.touched }
        }),
      remove: (name) => act(() => void files.delete(name)),
      list: () => act(() => [...files.keys()]),
      pause: () => act(() => undefined),
    }
  }
}
