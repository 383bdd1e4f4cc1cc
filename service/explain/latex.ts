/** The equations of an explanation as LaTeX: a description list and displays, to put into a paper. */
import { escapeLatex } from '../typeset/escape-latex.ts'
import { mathLatex } from '../typeset/latex.ts'
import type { Explanation, Formulation } from './explanation.ts'

export function explanationLatex(explanation: Explanation): string {
  const { teachers, facts, names, signals, changes, resting, updates, gradients, differences } =
    explanation
  const parts = [
    display('What changes, as the file says it', changes),
    display(
      'Small is what the teacher departs by from the answer',
      teachers.map((each) => each.deviation),
    ),
    display('At rest', facts),
    display('Names', names),
    display('To first order, the signals that weights learn by', signals),
    display('The changes without a teacher', resting),
    display('The changes', updates),
    display('The gradient', gradients),
    ...(differences.length > 0
      ? [
          '\\paragraph{What makes them differ}',
          '\\begin{itemize}',
          ...differences.map((each) => `  \\item ${escapeLatex(each)}`),
          '\\end{itemize}',
        ]
      : []),
  ]
  return `${parts.filter((each) => each !== '').join('\n')}\n`
}

function display(title: string, formulas: readonly Formulation[]): string {
  if (formulas.length === 0) return ''
  const rows = formulas.map(({ formula, where, note }) => {
    const beside = [where, note].filter((each) => each !== undefined).join('; ')
    return `  & ${mathLatex(formula)}${beside === '' ? '' : ` && \\text{${escapeLatex(beside)}}`}`
  })
  return [
    `\\paragraph{${escapeLatex(title)}}`,
    '\\begin{align*}',
    rows.join(' \\\\\n'),
    '\\end{align*}',
  ].join('\n')
}
