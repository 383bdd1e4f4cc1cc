/**
 * `docs/library.md`: what each file of the standard library declares, from its `///` comments. Members
 * of a cell are listed where they matter to a circuit: where connections arrive, what is emitted, what
 * learns.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CellItem, CellMember, Item } from '../grammar/ast.ts'
import { parse } from '../grammar/index.ts'

const folder = fileURLToPath(new URL('../library/std/', import.meta.url))

/** Where the page stands. */
export const libraryPath = fileURLToPath(new URL('./library.md', import.meta.url))

const head = `# The standard library

Written in CCN, in \`library/std\`: read it as examples of the language. A file is imported by
\`import { Name } from "std/FILE"\`. \`npm run docs\` writes this page from the comments of the files.
`

type Definition = Extract<
  Item,
  { kind: 'Cell' | 'Const' | 'Dataset' | 'Function' | 'Motif' | 'Plasticity' | 'Stp' | 'Synapse' }
>

const sections: readonly (readonly [kind: Definition['kind'], title: string])[] = [
  ['Const', 'Constants'],
  ['Function', 'Functions'],
  ['Cell', 'Cells'],
  ['Stp', 'Short-term plasticity'],
  ['Synapse', 'Synapses'],
  ['Plasticity', 'Rules'],
  ['Motif', 'Motifs'],
  ['Dataset', 'Data sets'],
]

/** The text of the page. */
export function libraryPage(): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ccn'))
  return `${[head, ...files.toSorted().map(fileChapter)].join('\n')}`
}

function fileChapter(name: string): string {
  const text = readFileSync(`${folder}${name}`, 'utf8')
  const { file } = parse(text, name)
  const definitions = file.items.filter(isDefinition)
  const parts = sections.flatMap(([kind, title]) => {
    const own = definitions.filter((each) => each.kind === kind)
    if (own.length === 0) return []
    const entries = own.map((each) => `- \`${signature(each, text)}\`${explained(each)}`)
    return [`**${title}**\n\n${entries.join('\n')}\n`]
  })
  return [`## std/${name.replace('.ccn', '')}\n`, `${file.doc ?? ''}\n`, ...parts].join('\n')
}

const isDefinition = (item: Item): item is Definition =>
  sections.some(([kind]) => kind === item.kind)

/** How a definition begins: its name and parameters, and all of a short one. */
function signature(item: Definition, text: string): string {
  const source = text.slice(item.span.start, item.span.end)
  const whole = item.kind === 'Const' || (item.kind === 'Stp' && item.members.length === 0)
  const end = whole ? undefined : /\s*(\{|\)\s*=\s)/.exec(source)
  const cut = end ? source.slice(0, end.index + (end[1]?.startsWith(')') ? 1 : 0)) : source
  const line = cut
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/ \)/g, ')')
    .trim()
  return line.replace(new RegExp(`^(nonlocal )?${keyword[item.kind]} `), '$1')
}

const keyword: Readonly<Record<Definition['kind'], string>> = {
  Cell: 'cell',
  Const: 'const',
  Dataset: 'dataset',
  Function: 'function',
  Motif: 'motif',
  Plasticity: 'plasticity',
  Stp: 'stp',
  Synapse: 'synapse',
}

function explained(item: Definition): string {
  const doc = item.doc === undefined ? '' : ` ${item.doc.replace(/\s+/g, ' ')}`
  const members = item.kind === 'Cell' ? cellMembers(item) : ''
  return `:${doc}${members && `\n  ${members}`}`
}

function cellMembers({ members }: CellItem): string {
  const listed = (title: string, of: (member: CellMember) => readonly string[]): string => {
    const found = members.flatMap(of)
    return found.length === 0 ? '' : `${title} ${found.join(', ')}.`
  }
  return [
    listed('Takes', (member) => {
      if (member.kind === 'Compartment') return member.names.map(({ name }) => `\`${name}\``)
      return member.kind === 'Input' ? [noted(`\`${member.name.name}\``, member.doc)] : []
    }),
    listed('Emits', (member) =>
      member.kind === 'Equation' && member.role !== undefined && member.role !== 'loss'
        ? [noted(`${member.role} \`${member.name.name}\``, member.doc)]
        : [],
    ),
    listed('Has the bias', (member) =>
      member.kind === 'Bias'
        ? [
            `\`${member.name.name}\`${member.learn ? `, which learns by \`${member.learn.name.name}\`` : ''}`,
          ]
        : [],
    ),
    listed('Has the loss', (member) =>
      member.kind === 'Equation' && member.role === 'loss' ? [`\`${member.name.name}\``] : [],
    ),
  ]
    .filter((each) => each !== '')
    .join(' ')
}

const noted = (name: string, doc: string | undefined): string =>
  doc === undefined ? name : `${name} (${doc})`
