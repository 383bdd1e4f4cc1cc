/**
 * Loads the main file and everything that it imports, and makes a scope of definitions for each.
 * `std/...` is the standard library; other paths are relative to the importing file and may not
 * leave the project folder. Each file is read and parsed once.
 */
import type { ImportItem, SourceFile, Span, StringLiteral } from '../../grammar/ast.ts'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import { parse } from '../../grammar/index.ts'
import { isDefinition, type DefinitionItem } from './definition-items.ts'
import { extendedBy } from './extended.ts'
import type { Host } from './host.ts'
import { shown } from '../../contract/calls/shown.ts'
import type { Context } from './context.ts'
import { didYouMean, evaluate } from './evaluate.ts'
import type { Entry, Scope } from './model.ts'
import { reportDuplicates } from './duplicates.ts'
import { libraryNames } from './library-names.ts'
import { MutableScope } from './scope.ts'
import { counted } from './values.ts'

/** Paths are handled as text with `/`, so that the compiler needs no file system of its own. */
export function resolvePath(folder: string, relative: string): string {
  const parts = relative.startsWith('/') ? [] : folder.split('/')
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  const joined = parts.join('/')
  return joined.startsWith('/') ? joined : `/${joined}`
}

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** How many files one model may draw together. */
const fileLimit = 500

export interface LoadedFile {
  readonly ast: SourceFile
  readonly scope: MutableScope
}

export class Files {
  readonly sources = new Map<string, string>()
  readonly #loaded = new Map<string, LoadedFile>()
  readonly #loading: string[] = []
  readonly #context: Context
  readonly #host: Host
  readonly #parse: typeof parse

  constructor(context: Context, host: Host, parseText: typeof parse = parse) {
    this.#context = context
    this.#host = host
    this.#parse = parseText
  }

  /**
   * How many pairs of units a file lists. What the host says is a source like others: what was compiled
   * for another number is compiled anew.
   */
  pairsIn(named: string, from: string): number | undefined {
    const path = `${named.startsWith('/') ? named : resolvePath(folderOf(from), named)}#pairs`
    try {
      const text = this.#host.read(path)
      const count = Number(text)
      if (text === undefined || !Number.isInteger(count)) return undefined
      this.sources.set(path, text)
      return count
    } catch {
      // Whoever draws the pattern says what is wrong with the file.
      return undefined
    }
  }

  /** The file at an absolute path; undefined if it cannot be read. */
  load(
    path: string,
    requested?: { readonly span: Span; readonly spelling: string },
  ): LoadedFile | undefined {
    const known = this.#loaded.get(path)
    if (known) return known
    const span = requested?.span ?? { file: path, start: 0, end: 0 }
    let text: string | undefined
    try {
      if (this.#loaded.size >= fileLimit) {
        return this.#context.report('tooLarge', span, {
          what: 'The model',
          count: `more than ${counted(fileLimit, 'file')}`,
          limit: fileLimit,
        })
      }
      text = textOf(this.#host.read(path))
    } catch (error) {
      const reason = reasonOf(error)
      return this.#context.report('unreadable', span, { path: requested?.spelling ?? path, reason })
    }
    if (text === undefined) {
      const isLibrary = requested?.spelling.startsWith('std/') ?? true
      const hint = isLibrary
        ? libraryHint(requested?.spelling ?? '')
        : 'paths are relative to the file that imports'
      return this.#context.report(
        'importNotFound',
        span,
        { path: requested?.spelling ?? path },
        { hint },
      )
    }
    this.sources.set(path, text)
    const { file, diagnostics, lost } = this.#parse(text, path)
    for (const name of lost) this.#context.lost.add(name)
    for (const found of diagnostics) this.#context.add(found)
    reportDuplicates(this.#context, file)
    const scope = new MutableScope(path)
    this.#loading.push(path)
    const base = file.base && this.#file(file.base, path)
    // What the file says of what it extends would be wrong for that reason alone.
    if (file.base && !base) return void this.#loading.pop()
    const ast = base ? extendedBy(base.ast, file) : file
    const loaded = { ast, scope }
    this.#loaded.set(path, loaded)
    this.#declare(ast, scope)
    this.#loading.pop()
    return loaded
  }

  /** The file that a path leads to; undefined after a report, as of a file that is being loaded. */
  #file({ value: spelling, span }: StringLiteral, from: string): LoadedFile | undefined {
    const path = this.#locate(spelling, from, span)
    if (path === undefined) return undefined
    if (!this.#loading.includes(path)) return this.load(path, { span, spelling })
    const cycle = [...this.#loading.slice(this.#loading.indexOf(path)), path]
    return this.#context.report('importCycle', span, {
      cycle: cycle.map((each) => `\`${each.slice(each.lastIndexOf('/') + 1)}\``).join(' -> '),
    })
  }

  #declare(file: SourceFile, scope: MutableScope): void {
    const context = this.#context
    const places = new Map<string, Span>()
    const claim = (name: string, span: Span): boolean => {
      const before = places.get(name)
      if (!before) {
        places.set(name, span)
        return true
      }
      context.report(
        'duplicateName',
        span,
        { name },
        {
          related: [{ span: before, message: 'It is declared here first.' }],
        },
      )
      return false
    }
    scope.onCycle = (name) => {
      const span = places.get(name)
      if (span) context.report('definitionCycle', span, { cycle: `\`${name}\` needs itself` })
    }
    for (const item of file.items) {
      if (item.kind === 'Import') this.#import(item, scope, claim)
      else if ('name' in item && isDefinition(item)) {
        if (claim(item.name.name, item.name.span)) declareItem(context, scope, item)
      }
    }
  }

  #import(
    item: ImportItem,
    scope: MutableScope,
    claim: (name: string, span: Span) => boolean,
  ): void {
    const context = this.#context
    const spelling = item.source.value
    const source = this.#file(item.source, item.span.file)
    for (const each of item.names) {
      const local = each.alias ?? each.name
      if (!claim(local.name, local.span)) continue
      if (!source) {
        scope.declareLazily(local.name, () => undefined)
        continue
      }
      const declared = source.ast.items.find(
        (other) => 'name' in other && other.name?.name === each.name.name,
      )
      if (!source.scope.has(each.name.name)) {
        if (declared) {
          context.report('importNotAllowed', each.span, {
            name: each.name.name,
            kind: `a ${declared.kind.toLowerCase()}`,
          })
        } else {
          const meant = suggest(each.name.name, source.scope.names())
          context.report(
            'importMissing',
            each.span,
            { path: spelling, name: each.name.name },
            { hint: meant === undefined ? undefined : `did you mean \`${meant}\`?` },
          )
          // Where it is used it may well be spelt right.
          if (meant !== undefined && !scope.has(meant)) context.lost.add(meant)
        }
        scope.declareLazily(local.name, () => undefined)
        continue
      }
      scope.declareLazily(local.name, () => {
        context.usedDefinitions.add(`${scope.file}:${local.name}`)
        return source.scope.lookUp(each.name.name)
      })
    }
  }

  #locate(spelling: string, from: string, span: Span): string | undefined {
    const withEnding = spelling.endsWith('.ccn') ? spelling : `${spelling}.ccn`
    const { libraryRoot, projectRoot } = this.#host
    if (spelling.startsWith('std/')) {
      const path = resolvePath(libraryRoot, withEnding)
      if (path.startsWith(`${libraryRoot}/std/`)) return path
    } else {
      const path = resolvePath(folderOf(from), withEnding)
      const root = projectRoot === '/' ? '' : projectRoot
      if (path.startsWith(`${root}/`) || path.startsWith(`${libraryRoot}/`)) return path
    }
    return this.#context.report('importOutside', span, { path: spelling })
  }
}

/** Declares one definition. Parameters of a file that is imported keep their default. */
function declareItem(context: Context, scope: MutableScope, item: DefinitionItem): void {
  const name = item.name.name
  const use = <E extends Entry>(entry: E): E => {
    context.usedDefinitions.add(`${scope.file}:${name}`)
    return entry
  }
  const file: Scope = scope
  scope.declareLazily(name, () => {
    switch (item.kind) {
      case 'Const':
      case 'Param': {
        const value = context.nested(item.name.span, () => evaluate(context, scope, item.value))
        return value && use(value)
      }
      case 'Function':
        return use({ kind: 'function', definition: item, scope: file })
      case 'Cell':
        return use({ kind: 'cell', item, scope: file })
      case 'Stp':
        return use({ kind: 'stp', item, scope: file })
      case 'Synapse':
        return use({ kind: 'synapse', item, scope: file })
      case 'Plasticity':
        return use({ kind: 'plasticity', item, scope: file })
      case 'Dataset':
        return use({ kind: 'dataset', item, scope: file })
      case 'Motif':
        return use({ kind: 'motif', item, scope: file })
    }
  })
}

function libraryHint(spelling: string): string {
  const files = Object.keys(libraryNames).map((name) => `std/${name}`)
  return (
    didYouMean(spelling.replace(/\.ccn$/, ''), files) ??
    `the files of the standard library are ${files.join(', ')}`
  )
}

/** What a host has read; programs in JavaScript may make hosts that give something else. */
function textOf(read: unknown): string | undefined {
  if (read === undefined || typeof read === 'string') return read
  throw new Error(`its host gives ${shown(read)}, not a text`)
}

/** Why a file could not be read, in the host's words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
}
