/**
 * Builds one function: its parameters, locals and statements. Statements go to the innermost open
 * block, so that emitters read like the loops that they emit.
 */
import {
  block,
  branch,
  br,
  brIf,
  get,
  int,
  loop,
  op,
  set,
  type Code,
  type FunctionType,
  type Local,
  type ResultType,
  type ValueType,
} from './tree.ts'

/** A function of a module. */
export interface CodeFunction {
  readonly type: FunctionType
  readonly parameters: readonly Local[]
  readonly locals: readonly Local[]
  readonly body: readonly Code[]
  readonly exported: boolean
  /** Printed above it in the text form. */
  readonly comment?: string
}

export class FunctionBuilder {
  readonly type: FunctionType
  readonly #parameters: Local[] = []
  readonly #locals: Local[] = []
  #open: Code[][] = [[]]
  #labels = 0
  readonly #exported: boolean
  readonly #comment: string | undefined

  constructor(
    name: string,
    parameters: readonly (readonly [name: string, type: ValueType])[],
    result: ResultType = 'void',
    options: { readonly exported?: boolean; readonly comment?: string } = {},
  ) {
    this.type = { name, parameters: parameters.map(([, type]) => type), result }
    this.#parameters = parameters.map(([each, type], index) => ({ name: each, type, index }))
    this.#exported = options.exported ?? false
    this.#comment = options.comment
  }

  /** The parameter at that position. */
  parameter(index: number): Local {
    const found = this.#parameters[index]
    if (!found) throw new Error(`${this.type.name} has no parameter ${index}`)
    return found
  }

  /** A new local variable, 0 at first. */
  local(type: ValueType, name: string): Local {
    const index = this.#parameters.length + this.#locals.length
    const local: Local = { type, name: `${name}.${index}`, index }
    this.#locals.push(local)
    return local
  }

  /** Appends statements. A value that a function leaves as its result is its last statement. */
  push(...code: Code[]): void {
    this.#open.at(-1)!.push(...code)
  }

  set(local: Local, value: Code): void {
    this.push(set(local, value))
  }

  /** A new local with a first value. */
  define(name: string, value: Code): Local {
    if (value.type === 'void') throw new Error(`${name}: code without a value`)
    const local = this.local(value.type, name)
    this.set(local, value)
    return local
  }

  /** The statements that `build` appends, for use elsewhere. */
  collect(build: () => void): Code[] {
    const body: Code[] = []
    this.#open.push(body)
    build()
    this.#open.pop()
    return body
  }

  label(stem: string): string {
    return `${stem}.${this.#labels++}`
  }

  /** Leaves the block by `br(label)`. */
  block(build: (label: string) => void): void {
    const label = this.label('block')
    this.push(
      block(
        label,
        this.collect(() => build(label)),
      ),
    )
  }

  /** Repeats by `br(label)`. */
  loop(build: (label: string) => void): void {
    const label = this.label('loop')
    this.push(
      loop(
        label,
        this.collect(() => build(label)),
      ),
    )
  }

  branch(test: Code, then: () => void, otherwise?: () => void): void {
    this.push(branch(test, this.collect(then), otherwise ? this.collect(otherwise) : []))
  }

  /** `for (i = from; i < to; i += step)`; `to` is computed every time, so give a local. */
  count(counter: Local, from: Code, to: Code, step: number, build: () => void): void {
    this.set(counter, from)
    this.continueCount(counter, to, step, build)
  }

  /** The same from where `counter` stands. */
  continueCount(counter: Local, to: Code, step: number, build: () => void): void {
    this.block((done) => {
      this.push(brIf(done, op('int.ge', get(counter), to)))
      this.loop((again) => {
        build()
        this.set(counter, op('int.add', get(counter), int(step)))
        this.push(brIf(again, op('int.lt', get(counter), to)))
      })
    })
  }

  /** `while (test) { ... }` */
  while(test: () => Code, build: () => void): void {
    this.block((done) => {
      this.loop((again) => {
        this.push(brIf(done, op('int.isZero', test())))
        build()
        this.push(br(again))
      })
    })
  }

  build(): CodeFunction {
    const [body] = this.#open
    if (!body || this.#open.length !== 1) throw new Error(`${this.type.name}: a block is open`)
    return {
      type: this.type,
      parameters: this.#parameters,
      locals: this.#locals,
      body,
      exported: this.#exported,
      ...(this.#comment !== undefined && { comment: this.#comment }),
    }
  }
}
