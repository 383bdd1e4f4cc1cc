/**
 * Scopes under construction. Declarations may stand in any order, so an entry is a thunk that is
 * run when the name is first looked up; a name that is asked for while its own thunk runs is part
 * of a cycle, which the maker of the thunk reports.
 */
import type { Entry, Scope } from './model.ts'

type Thunk = () => Entry | undefined

interface Slot {
  readonly thunk: Thunk
  state: 'new' | 'running' | 'done'
  entry: Entry | undefined
}

export class MutableScope implements Scope {
  readonly file: string
  readonly prefix: string
  readonly #parent: Scope | undefined
  readonly #slots = new Map<string, Slot>()
  /** Called with the name when a lookup comes back to an entry that is being evaluated. */
  onCycle: ((name: string) => void) | undefined

  constructor(file: string, parent?: Scope, prefix: string = parent?.prefix ?? '') {
    this.file = file
    this.prefix = prefix
    this.#parent = parent
  }

  has(name: string): boolean {
    return this.#slots.has(name)
  }

  declare(name: string, entry: Entry): void {
    this.#slots.set(name, { thunk: () => entry, state: 'done', entry })
  }

  declareLazily(name: string, thunk: Thunk): void {
    this.#slots.set(name, { thunk, state: 'new', entry: undefined })
  }

  lookUp(name: string): Entry | undefined {
    const slot = this.#slots.get(name)
    if (!slot) return this.#parent?.lookUp(name)
    if (slot.state === 'running') {
      this.onCycle?.(name)
      return undefined
    }
    if (slot.state === 'new') {
      slot.state = 'running'
      slot.entry = slot.thunk()
      slot.state = 'done'
    }
    return slot.entry
  }

  settled(name: string): Entry | undefined {
    const slot = this.#slots.get(name)
    if (!slot) return this.#parent?.settled(name)
    return slot.state === 'done' ? slot.entry : undefined
  }

  knows(name: string): boolean {
    return this.#slots.has(name) || (this.#parent?.knows(name) ?? false)
  }

  names(): readonly string[] {
    return [...new Set([...this.#slots.keys(), ...(this.#parent?.names() ?? [])])]
  }
}
