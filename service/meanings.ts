/**
 * What the names of a file's expressions are bound to (`compiler/model/bind`): for who points at one. A
 * file is bound once for as long as no text that it was made of changes.
 */
import type { Assignment, Expression, Span } from '../grammar/ast.ts'
import type { Host } from '../compiler/compile.ts'
import { bindModel } from '../compiler/model/bind/index.ts'
import type { References, Variable } from '../compiler/model/bind/reference.ts'
import { buildModel } from '../compiler/model/build.ts'
import { Context } from '../compiler/model/context.ts'
import type { ParsedFiles } from './parsed-files.ts'

/** Where a thing was declared: its name, and the whole declaration. */
export interface Declared {
  readonly name: string
  readonly whole: Span
}

/** `nothing`: it has no declaration, as what a rule is given has none. */
export type Meaning = Declared | 'nothing'

interface BoundFile {
  readonly sources: ReadonlyMap<string, string>
  /** Absent if the circuit cannot be known. */
  readonly references?: References
}

/** Files whose names are kept bound; those used last. */
const most = 20

export class Meanings {
  readonly #host: Host
  readonly #parsed: ParsedFiles
  readonly #bound = new Map<string, BoundFile>()

  constructor(host: Host, parsed: ParsedFiles) {
    this.#host = host
    this.#parsed = parsed
  }

  /** What a name or member means; undefined where the circuit says nothing of it. */
  of(path: string, node: Expression): Meaning | undefined {
    const reference = this.#references(path)?.anywhere(node)
    switch (reference?.kind) {
      case 'cell':
      case 'local':
        return declaredBy(reference.variable)
      case 'path': {
        const of = reference.path.elements[0]?.of
        return of && of.kind !== 'number' && of.kind !== 'boolean' ? declaredBy(of) : undefined
      }
      case 'function': {
        if (reference.fn.kind === 'builtin') return 'nothing'
        const { name, span } = reference.fn.definition
        return { name: name.name, whole: span }
      }
      case 'time':
      case 'presented':
      case 'evaluating':
      case 'noise':
        return 'nothing'
      case 'value':
      case 'unknown':
      case undefined:
        return undefined
    }
  }

  /** What an assignment changes. */
  ofTarget(path: string, assignment: Assignment): Meaning | undefined {
    const variable = this.#references(path)?.targetAnywhere(assignment)
    return variable && declaredBy(variable)
  }

  #references(path: string): References | undefined {
    const known = this.#bound.get(path)
    const bound = known && this.#isCurrent(known) ? known : this.#bind(path)
    this.#bound.delete(path)
    this.#bound.set(path, bound)
    if (this.#bound.size > most) this.#bound.delete([...this.#bound.keys()][0]!)
    return bound.references
  }

  #isCurrent({ sources }: BoundFile): boolean {
    return [...sources].every(([path, text]) => this.#host.read(path) === text)
  }

  #bind(path: string): BoundFile {
    const context = new Context()
    const { parse } = this.#parsed
    const { ast, model, experiment, sources } = buildModel(context, path, this.#host, { parse })
    if (!ast || !model) return { sources }
    return { sources, references: bindModel(context, model, experiment, ast).references }
  }
}

function declaredBy(variable: Variable): Meaning | undefined {
  const { kind, name, span } = variable
  if (span) return { name, whole: span }
  // What a function is called with stands in its head.
  return kind === 'parameter' ? undefined : 'nothing'
}
