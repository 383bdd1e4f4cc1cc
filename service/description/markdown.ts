/**
 * A description as Markdown, with equations as lines of Unicode text or as blocks of LaTeX (`math`), which GitHub and
 * GitLab typeset. Whatever could be markup in texts is escaped.
 */
import { mathLatexLines, mathText } from '../typeset/index.ts'
import type { Block, DescriptionDocument, Inline } from './document.ts'

/** See the module's head; `head` is the level of the title. */
export function toMarkdown(
  { title, introduction, sections }: DescriptionDocument,
  equations: 'text' | 'latex',
): string {
  const print = (block: Block): string => printBlock(block, equations)
  const parts = [
    `# ${escape(title)}`,
    ...introduction.map(print),
    ...sections.flatMap(({ letter, title: name, blocks }) => [
      `## ${letter === undefined ? '' : `${letter}: `}${escape(name)}`,
      ...blocks.map(print),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

function printBlock(block: Block, equations: 'text' | 'latex'): string {
  switch (block.kind) {
    case 'paragraph':
      return line(block.inlines)
    case 'heading':
      return `### ${line(block.inlines)}`
    case 'items':
      return block.items.map((item) => `- ${line(item)}`).join('\n')
    case 'equations':
      return equations === 'latex'
        ? `\`\`\`math\n${mathLatexLines(block.equations)
            .replace('\\begin{align*}', '\\begin{aligned}')
            .replace('\\end{align*}', '\\end{aligned}')}\n\`\`\``
        : `\`\`\`text\n${block.equations.map(mathText).join('\n')}\n\`\`\``
    case 'table': {
      const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
      return [
        row(block.head.map(escape)),
        row(block.head.map(() => '---')),
        ...block.rows.map((cells) => row(cells.map((cell) => line(cell)))),
      ].join('\n')
    }
  }
}

const line = (inlines: readonly Inline[]): string => inlines.map(printInline).join('').trim()

function printInline(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return escape(inline.text)
    case 'strong':
      return `**${escape(inline.text)}**`
    case 'math':
      return escape(mathText(inline.math))
    case 'code':
      return codeOf(inline.text)
  }
}

/** Code with as many backquotes around it as it needs; in a table a bar ends a cell even there. */
function codeOf(text: string): string {
  const flat = flatten(text).replaceAll('|', '\\|')
  if (flat.trim() === '') return ''
  const most = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([found]) => found.length))
  const fence = '`'.repeat(most + 1)
  const pad = most > 0 ? ' ' : ''
  return `${fence}${pad}${flat}${pad}${fence}`
}

/** Line ends and control characters become spaces. */
const flatten = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')

/**
 * Text in which no mark of Markdown or HTML is left: marks are escaped where they would mean something. An underscore
 * within a word marks nothing, a bracket only what could be a link.
 */
const escape = (text: string): string =>
  flatten(text)
    .replaceAll(/[\\`*|$]/g, '\\$&')
    .replaceAll(/<(?=[A-Za-z/!?])|&(?=[A-Za-z#])|~(?=~)|!(?=\[)|\](?=[([:])/g, '\\$&')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/^(\s*)([-+>#=~[]|\d+[.)](?=\s))/, '$1\\$2')
