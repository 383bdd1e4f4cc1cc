/** Where a soak happens: a folder with models, a cache, disks, and undisturbed runs to compare with. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { models, type Model } from './models.ts'
import { run, type Command, type Ended } from './process.ts'

/** An undisturbed run. */
export interface Reference {
  readonly folder: string
  /** Milliseconds that it took, from the start of the process on. */
  readonly time: number
}

export class World {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'ccn-soak-'))
  readonly #references = new Map<string, Promise<Reference>>()
  readonly #disks: string[] = []

  constructor() {
    writeFileSync(this.path('package.json'), '{}')
    for (const { name, text } of models) writeFileSync(this.path(`${name}.ccn`), text)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  run(args: readonly string[], rest: Partial<Command> = {}): Promise<Ended> {
    const env = { CCN_CACHE_DIR: this.path('cache') }
    return run({ args, cwd: this.folder, env, ...rest })
  }

  /** The undisturbed run of a model, made when it is first asked for. Throws if it fails. */
  reference(model: Model): Promise<Reference> {
    const known = this.#references.get(model.name) ?? this.#makeReference(model)
    this.#references.set(model.name, known)
    // One that failed is made anew for the next round: the machine may have been too busy.
    known.catch(() => this.#references.delete(model.name))
    return known
  }

  async #makeReference({ name, args }: Model): Promise<Reference> {
    // One that did not end is there already, where this is asked for again.
    const call = [
      'train',
      `${name}.ccn`,
      '--out',
      'undisturbed',
      '--name',
      name,
      '--force',
      ...args,
    ]
    const { code, err, hung, milliseconds } = await this.run(call)
    if (code !== 0)
      throw new Error(`the undisturbed run of ${name} ${hung ? 'did not end' : `failed: ${err}`}`)
    // Compiled already it takes less: signals are to come before the end.
    const again = await this.run(call)
    const time = Math.min(milliseconds, again.milliseconds)
    return { folder: this.path(`undisturbed/${name}`), time }
  }

  /** A disk of its own of so many kilobytes, as a folder; undefined where none can be made. */
  disk(name: string, kilobytes: number): string | undefined {
    const folder = this.path(name)
    mkdirSync(folder)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], {
        stdio: 'ignore',
      })
    } catch {
      return undefined
    }
    this.#disks.push(folder)
    return folder
  }

  enlarge(disk: string): void {
    execFileSync('mount', ['-o', 'remount,size=64m', disk], { stdio: 'ignore' })
  }

  /** Removes everything, or all but the files where something is to be looked at. */
  close(keep: boolean): void {
    if (keep) return
    for (const disk of this.#disks) execFileSync('umount', ['-l', disk], { stdio: 'ignore' })
    rmSync(this.folder, { recursive: true, force: true })
  }
}
