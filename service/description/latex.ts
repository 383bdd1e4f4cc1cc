/** A description as a LaTeX document that pdflatex compiles with the packages of any distribution. */
import { escapeLatex, mathLatexInline, mathLatexLines } from '../typeset/index.ts'
import type { Block, DescriptionDocument, Inline } from './document.ts'

/** The whole document. */
export function toLatex({ title, introduction, sections }: DescriptionDocument): string {
  const body = [
    ...printBlocks(introduction),
    ...sections.flatMap(({ letter, title: name, blocks }) => [
      `\\section*{${letter === undefined ? '' : `${letter}\\quad `}${escapeLatex(name)}}`,
      ...printBlocks(blocks),
    ]),
  ]
  return `\\documentclass[10pt,a4paper]{article}
\\usepackage[T1]{fontenc}
\\usepackage[utf8]{inputenc}
\\usepackage{textcomp}
\\usepackage{amsmath,amssymb}
\\usepackage[margin=22mm]{geometry}
\\usepackage{array,longtable}
\\setlength{\\parindent}{0pt}
\\setlength{\\parskip}{5pt}
\\setlength{\\LTpre}{4pt}
\\setlength{\\LTpost}{4pt}
\\renewcommand{\\arraystretch}{1.15}
\\newcolumntype{P}[1]{>{\\raggedright\\arraybackslash}p{#1}}
\\allowdisplaybreaks
\\emergencystretch=3em
\\title{${escapeLatex(title)}}
\\author{}
\\date{}
\\begin{document}
\\abovedisplayskip=6pt
\\belowdisplayskip=6pt
\\maketitle
\\vspace{-4em}

${body.join('\n\n')}

\\end{document}
`
}

/** Blocks, of which equations follow their paragraph without an empty line, which would be a paragraph. */
function printBlocks(blocks: readonly Block[]): readonly string[] {
  const parts: string[] = []
  for (const block of blocks) {
    const printed = printBlock(block)
    const before = parts.at(-1)
    if (block.kind === 'equations' && before !== undefined)
      parts[parts.length - 1] = `${before}\n${printed}`
    else parts.push(printed)
  }
  return parts
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return line(block.inlines)
    case 'heading':
      return `\\subsection*{\\normalsize\\normalfont ${line(block.inlines)}}`
    case 'items':
      return `\\begin{itemize}\\setlength{\\itemsep}{1pt}\\setlength{\\parskip}{0pt}\\raggedright\n${block.items.map((item) => `  \\item{} ${line(item)}`).join('\n')}\n\\end{itemize}`
    case 'equations':
      return mathLatexLines(block.equations, 76)
    case 'table': {
      const share = 0.98 - 0.026 * block.widths.length
      const columns = block.widths
        .map((width) => `P{${((width / 100) * share).toFixed(3)}\\linewidth}`)
        .join('')
      const head = block.head.map((each) => `\\textbf{${escapeLatex(each)}}`).join(' & ')
      const rows = block.rows.map((cells) => `${cells.map(line).join(' & ')} \\tabularnewline`)
      return `{\\small
\\begin{longtable}{@{}${columns}@{}}
\\hline
${head} \\tabularnewline
\\hline
\\endhead
${rows.join('\n')}
\\hline
\\end{longtable}}`
    }
  }
}

const line = (inlines: readonly Inline[]): string => inlines.map(printInline).join('')

function printInline(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return escapeLatex(inline.text)
    case 'strong':
      return `\\textbf{${escapeLatex(inline.text)}}`
    case 'math':
      return `$${mathLatexInline(inline.math)}$`
    case 'code':
      return `\\texttt{${breakable(escapeLatex(inline.text))}}`
  }
}

/** Typewriter text breaks after marks at which it may. */
const breakable = (escaped: string): string =>
  escaped
    .replaceAll('\\_', '\\_\\allowbreak{}')
    .replaceAll(/([.(,[\]])|([a-z])(?=[A-Z])/g, '$1$2\\allowbreak{}')
