/**
 * Where a name in a file was declared: what an editor asks for at a position. Names of expressions are
 * those that the compiler has bound (`meanings.ts`); what `pre` and `post` have is that of the first cells
 * that are joined so. Names of definitions, and those of circuits that cannot be known, are read off the
 * syntax trees, so that files with errors have answers too.
 */
import type { CellItem, ClaimItem, Identifier, SourceFile, Span } from '../grammar/ast.ts'
import { childrenOf, nodesAt, type AnyNode } from '../grammar/walk.ts'
import type { Host } from '../compiler/compile.ts'
import { propertyMeanings, type PropertyName } from '../compiler/model/claims.ts'
import { folderOf, resolvePath } from '../compiler/model/files.ts'
import { Meanings, type Declared, type Meaning } from './meanings.ts'
import type { ParsedFiles } from './parsed-files.ts'

/** Where a name was declared. */
export interface Declaration {
  readonly name: string
  /** What it is: `Population`, `Cell`, `Param`, ... as in the syntax tree. */
  readonly kind: string
  /** Of the name. */
  readonly span: Span
  /** Of the whole declaration. */
  readonly whole: Span
  readonly doc?: string
}

/** A name, and where it was declared. */
export interface Found {
  /** Of the name that was asked about. */
  readonly span: Span
  readonly declaration: Declaration
}

type Scoped = Declaration & { readonly node: AnyNode }

/** Definitions: what is declared inside is not seen from outside. */
const closed = new Set(['Function', 'Cell', 'Stp', 'Synapse', 'Plasticity', 'Motif', 'Dataset'])

/** Answers about names in files that `host` reads. */
export class Names {
  readonly #host: Host
  readonly #parsed: ParsedFiles
  readonly #meanings: Meanings

  constructor(host: Host, parsed: ParsedFiles) {
    this.#host = host
    this.#parsed = parsed
    this.#meanings = new Meanings(host, parsed)
  }

  /** What the name at an offset of a file means; undefined where there is no name, or it is not known. */
  at(path: string, offset: number): Found | undefined {
    const file = this.#file(path)
    if (!file) return undefined
    const around = nodesAt(file, offset).toReversed()
    const [innermost, parent] = around
    if (!innermost) return undefined
    const { span } = innermost
    const bound = this.#bound(innermost, parent, path)
    if (bound === 'nothing') return undefined
    const meant = bound && this.#declaration(bound)
    if (meant) return found(span, meant)
    if (innermost.kind === 'Name') return found(span, this.#look(around, innermost.name, path))
    if (innermost.kind !== 'Identifier') return undefined
    if (parent?.kind === 'Claim') return propertyAt(innermost, parent)
    if (parent?.kind === 'Member' && parent.member === innermost) {
      const owner = this.#ownerOf(around.slice(1), parent.object, path)
      return found(span, owner && this.#memberOf(owner, innermost.name))
    }
    return found(span, this.#look(around, innermost.name, path))
  }

  /** What the compiler has bound a name, a member or the target of an assignment to. */
  #bound(innermost: AnyNode, parent: AnyNode | undefined, path: string): Meaning | undefined {
    if (innermost.kind === 'Name') return this.#meanings.of(path, innermost)
    if (innermost.kind !== 'Identifier') return undefined
    if (parent?.kind === 'Assignment') return this.#meanings.ofTarget(path, parent)
    return parent?.kind === 'Member' ? this.#meanings.of(path, parent) : undefined
  }

  /** A bound thing as it was declared, in whichever file. */
  #declaration({ name, whole }: Declared): Scoped | undefined {
    const file = this.#file(whole.file)
    if (!file) return undefined
    return nodesAt(file, whole.start)
      .filter(({ span }) => span.start <= whole.start && span.end >= whole.end)
      .toReversed()
      .flatMap(namesOf)
      .find((each) => each.name === name)
  }

  #file(path: string): SourceFile | undefined {
    const text = this.#host.read(path)
    return text === undefined ? undefined : this.#parsed.parse(text, path).file
  }

  /** The declaration of a name, from the innermost node around it outwards. */
  #look(around: readonly AnyNode[], name: string, path: string): Scoped | undefined {
    for (const node of around) {
      const declared = declaredIn(node).find((each) => each.name === name)
      if (!declared) continue
      return declared.node.kind === 'ImportName' ? this.#imported(declared, path) : declared
    }
    return undefined
  }

  /** What an import leads to; the import itself if the file cannot be read. */
  #imported(declared: Scoped, path: string): Scoped {
    const { node } = declared
    const items = this.#file(path)?.items ?? []
    if (node.kind !== 'ImportName') return declared
    const item = items.find((each) => each.kind === 'Import' && each.names.includes(node))
    if (item?.kind !== 'Import') return declared
    const spelling = item.source.value
    const ending = spelling.endsWith('.ccn') ? spelling : `${spelling}.ccn`
    const folder = spelling.startsWith('std/') ? this.#host.libraryRoot : folderOf(path)
    const other = this.#file(resolvePath(folder, ending))
    if (!other) return declared
    return declaredIn(other).find((each) => each.name === node.name.name) ?? declared
  }

  /** The declaration that an expression before a point names. */
  #ownerOf(around: readonly AnyNode[], object: AnyNode, path: string): Scoped | undefined {
    if (object.kind === 'Index') return this.#ownerOf(around, object.object, path)
    return object.kind === 'Name' ? this.#look(around, object.name, path) : undefined
  }

  /** A member of a population's cell, of a cell, or of what `use` made. */
  #memberOf({ node }: Scoped, name: string): Scoped | undefined {
    if (node.kind === 'Population') return this.#memberOfType(node.cell.name, name)
    if (node.kind === 'Use') return this.#memberOfType(node.motif.name, name)
    if (node.kind !== 'Cell' && node.kind !== 'Motif') return undefined
    const own = declaredIn(node).find((each) => each.name === name)
    return own ?? (node.kind === 'Cell' ? this.#inherited(node, name) : undefined)
  }

  #memberOfType(type: { readonly name: string; readonly span: Span }, name: string) {
    const file = this.#file(type.span.file)
    const declared = file && this.#look([file], type.name, type.span.file)
    return declared && this.#memberOf(declared, name)
  }

  #inherited({ base }: CellItem, name: string): Scoped | undefined {
    return base && this.#memberOfType(base.name, name)
  }
}

/** A property that a model states: what it means stands nowhere but in the language. */
function propertyAt(
  { name, span }: Identifier,
  { kind, span: whole }: ClaimItem,
): Found | undefined {
  const doc = Object.hasOwn(propertyMeanings, name)
    ? propertyMeanings[name as PropertyName]
    : undefined
  return doc === undefined ? undefined : { span, declaration: { name, kind, span, whole, doc } }
}

function found(span: Span, declared: Scoped | undefined): Found | undefined {
  if (!declared) return undefined
  const { node: _, ...declaration } = declared
  return { span, declaration }
}

/** What a node declares for those in it: of definitions inside it the names only. */
function declaredIn(root: AnyNode): readonly Scoped[] {
  const all: Scoped[] = []
  const visit = (node: AnyNode): void => {
    all.push(...namesOf(node))
    if (!closed.has(node.kind)) childrenOf(node).forEach(visit)
  }
  childrenOf(root).forEach(visit)
  return all
}

function namesOf(node: AnyNode): readonly Scoped[] {
  const doc = 'doc' in node && node.doc !== undefined ? { doc: node.doc } : {}
  const as = ({ name, span }: { readonly name: string; readonly span: Span }): Scoped => {
    return { name, kind: node.kind, span, whole: node.span, ...doc, node }
  }
  switch (node.kind) {
    case 'Compartment':
      return node.names.map(as)
    case 'ImportName':
      return [as(node.alias ?? node.name)]
    case 'For':
      return [...node.names, ...(node.index ? [node.index] : [])].map(as)
    case 'Param':
    case 'Const':
    case 'Parameter':
    case 'Binding':
    case 'Function':
    case 'Cell':
    case 'Input':
    case 'Bias':
    case 'State':
    case 'Equation':
    case 'Stp':
    case 'Synapse':
    case 'Plasticity':
    case 'Population':
    case 'Pattern':
    case 'Matrix':
    case 'Let':
    case 'Modulator':
    case 'Motif':
    case 'Phase':
    case 'Variant':
    case 'Dataset':
    case 'DatasetField':
    case 'Experiment':
      return [as(node.name)]
    case 'Connect':
    case 'Use':
      return node.name ? [as(node.name)] : []
    default:
      return []
  }
}
