/**
 * What a text says twice where once is all that counts: names of parameters, of loops and of bindings,
 * properties of a connection, equations of a rule, options, what is presented or set. Read from the
 * syntax tree, so that it is said of definitions that nothing uses, too.
 *
 * Names of the whole file and of a cell are claimed where they are declared (`files.ts`, `cells.ts`).
 */
import type { Identifier, SourceFile, Span } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { walk, type AnyNode } from '../../grammar/walk.ts'
import type { Context } from './context.ts'
import { hiddenParameters } from './hidden-parameters.ts'

const connectivity = 'The connectivity'

interface Said {
  /** What is said: `init`, `dw`. */
  readonly what: string
  readonly span: Span
}

/** What is said twice in a file, by its tree: every form of the file has the same. */
const known = new WeakMap<SourceFile, readonly Report[]>()

/** Says something to a context. */
type Report = (context: Context) => void

/** Reports everything that is said twice in a file. */
export function reportDuplicates(context: Context, file: SourceFile): void {
  for (const report of duplicatesIn(file)) report(context)
}

/** Whether anything is said twice in a file. */
export const hasDuplicates = (file: SourceFile): boolean => duplicatesIn(file).length > 0

function duplicatesIn(file: SourceFile): readonly Report[] {
  const found = known.get(file)
  if (found) return found
  const reports: Report[] = []
  known.set(file, reports)
  const names = (list: readonly Identifier[]): void => {
    const first = new Map<string, Span>()
    for (const { name, span } of list) {
      const before = first.get(name)
      if (before) {
        const related = [{ span: before, message: 'It is declared here first.' }]
        reports.push((context) => context.report('duplicateName', span, { name }, { related }))
      } else first.set(name, span)
    }
  }
  const said = (list: readonly Said[]): void => {
    const first = new Map<string, Span>()
    for (const { what, span } of list) {
      const before = first.get(what)
      if (before) {
        const related = [{ span: before, message: 'It is said here first.' }]
        reports.push((context) =>
          context.report('saidTwice', span, { what: quoted(what) }, { related }),
        )
      } else first.set(what, span)
    }
  }
  walk(file, (node) => {
    names(namesOf(node))
    reports.push(...hiddenParameters(node))
    said(saidIn(node))
  })
  return reports
}

const quoted = (what: string): string => (what === connectivity ? what : `\`${what}\``)

/** Names that a node declares beside one another. */
function namesOf(node: AnyNode): readonly Identifier[] {
  const parameters = 'parameters' in node ? node.parameters.map((each) => each.name) : []
  switch (node.kind) {
    case 'Function':
    case 'Pullback':
      return [
        ...parameters,
        ...unique(
          node.bindings.map((each) => each.name),
          parameters,
        ),
      ]
    case 'For':
      return [...node.names, ...(node.index ? [node.index] : [])]
    case 'Dataset':
      return node.fields.map((each) => each.name)
    default:
      return parameters
  }
}

/** Bindings, of which one may shadow a parameter. */
const unique = (
  bindings: readonly Identifier[],
  parameters: readonly Identifier[],
): readonly Identifier[] =>
  bindings.filter(({ name }) => !parameters.some((each) => each.name === name))

/** What a node says of which only one thing can hold. */
function saidIn(node: AnyNode): readonly Said[] {
  switch (node.kind) {
    case 'Call':
    case 'Reference':
      return node.args.flatMap(({ name }) => (name ? [{ what: name.name, span: name.span }] : []))
    case 'ConnectivityProperty':
      return [...node.options.map(({ name }) => name), ...node.flags].map(setting)
    case 'Connect':
    case 'PatchChange':
      return node.properties.flatMap(property)
    case 'Synapse':
      return node.members.flatMap(property)
    case 'Plasticity':
      return node.members.flatMap((member) =>
        member.kind === 'Equation' || member.kind === 'State'
          ? [{ what: member.name.name, span: member.name.span }]
          : property(member),
      )
    case 'Dataset':
      return node.parts.map(({ part, span }) => ({ what: part, span }))
    case 'Data':
      return node.options.map(({ name }) => ({ what: name.name, span: name.span }))
    case 'Experiment':
      return node.statements.flatMap((statement): readonly Said[] => {
        if (statement.kind === 'Setting') return [setting(statement.name)]
        if (statement.kind !== 'Present') return []
        return statement.bindings.map(({ target }) => ({
          what: printExpression(target),
          span: target.span,
        }))
      })
    case 'Phase':
    case 'ProtocolPhase':
      return node.settings.flatMap((each) => (each.kind === 'Setting' ? [setting(each.name)] : []))
    case 'Variant':
      return node.changes.flatMap((each) => (each.kind === 'SetChange' ? [setting(each.name)] : []))
    default:
      return []
  }
}

const setting = ({ name, span }: Identifier): Said => ({ what: name, span })

const properties: Readonly<Record<string, string>> = {
  InitProperty: 'init',
  TiedProperty: 'tied',
  LearnProperty: 'learn',
  BoundsProperty: 'bounds',
  DelayProperty: 'delay',
  SignProperty: 'sign',
  StpProperty: 'stp',
  TransmitProperty: 'transmit',
  ConnectivityProperty: connectivity,
  CellProperty: 'cell',
  SynapseProperty: 'synapse',
}

function property({ kind, span }: { readonly kind: string; readonly span: Span }): readonly Said[] {
  const what = Object.hasOwn(properties, kind) ? properties[kind] : undefined
  return what === undefined ? [] : [{ what, span }]
}
