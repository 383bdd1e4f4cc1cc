/** `ccn check --certify`: prints what holds of a circuit, and what shows it. */
import type { CertifiedFact, Certificate, Place } from '../service/certificates/index.ts'
import type { CertifiedForm } from '../service/certificates/forms.ts'
import type { CertifiedFile } from '../project/certify.ts'
import { dataFor, renderFor } from './diagnostics.ts'
import type { Session } from './session.ts'

/** What a form is called: `experiment mnist, variant symmetric`. */
export function nameOfForm({ experiment, variant }: CertifiedForm): string | undefined {
  const parts = [
    ...(experiment === undefined ? [] : [`experiment ${experiment}`]),
    ...(variant === undefined ? [] : [`variant ${variant}`]),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** Prints the certificates of every form; of further ones what differs from the first. */
export function printCertified(session: Session, { forms, sources }: CertifiedFile): void {
  const colours = session.colours()
  const [first] = forms
  const printed = new Set<string>()
  for (const form of forms) {
    const name = nameOfForm(form)
    for (const diagnostic of form.unmet) {
      const key = `${diagnostic.message} ${diagnostic.span.start} ${JSON.stringify(diagnostic.related)}`
      if (printed.has(key)) continue
      printed.add(key)
      const note = name === undefined ? '' : `\n  = in ${name}`
      session.print(`${renderFor(session, diagnostic, sources, 'stdout')}${note}\n`)
    }
    const lines = form.certificates.flatMap((each) => {
      const before = form === first ? undefined : first?.certificates
      const same = before?.find(({ property }) => property === each.property)
      return JSON.stringify(same) === JSON.stringify(each)
        ? []
        : linesOf(session, each, same?.facts ?? [])
    })
    if (name !== undefined) {
      const same = lines.length === 0 ? colours.dim(' as above') : ''
      session.print(`  ${colours.bold(`in ${name}`)}:${same}`)
    }
    for (const line of lines) session.print(line)
  }
}

/** The verdicts alone, of one form. */
export function printVerdicts(session: Session, certificates: readonly Certificate[]): void {
  session.print('What holds of it (`ccn check --certify` shows why, line by line):')
  for (const { facts: _, ...each } of certificates)
    for (const line of linesOf(session, { ...each, facts: [] })) session.print(line)
}

/** The lines of a certificate: its verdict, and below it the facts, indented; `known`: those that were shown. */
export function linesOf(
  session: Session,
  certificate: Certificate,
  known: readonly CertifiedFact[] = [],
): readonly string[] {
  const { property, holds, summary, stated, facts } = certificate
  const colours = session.colours()
  const mark = holds ? colours.green('holds') : colours.red('does not hold')
  const said = stated ? colours.dim(` [stated in line ${stated.line}]`) : ''
  const old = new Set(known.map((each) => JSON.stringify(each)))
  const fresh = facts.filter((each) => !old.has(JSON.stringify(each)))
  const shown = new Set<string>()
  return [
    `  ${colours.bold(property)} ${mark}: ${summary}.${said}`,
    ...fresh.flatMap((each) => factLines(session, each, 2, shown)),
    ...(fresh.length < facts.length ? [colours.dim('    the rest as above')] : []),
  ]
}

function factLines(
  session: Session,
  fact: CertifiedFact,
  depth: number,
  shown: Set<string>,
): readonly string[] {
  const { text, place, breaks, facts = [] } = fact
  const colours = session.colours()
  const lead = `${'  '.repeat(depth)}${breaks ? colours.red('x') : '-'} `
  const at = place ? colours.dim(` [${placeText(session, place)}]`) : ''
  const key = JSON.stringify([text, facts])
  const isKnown = facts.length > 0 && shown.has(key)
  shown.add(key)
  return [
    `${lead}${text}${at}${isKnown ? colours.dim(', as above') : ''}`,
    ...(isKnown ? [] : facts.flatMap((each) => factLines(session, each, depth + 1, shown))),
  ]
}

const placeText = (session: Session, { file, line }: Place): string =>
  `${session.shown(file)}:${line}`

/** The same as data, with paths as people know them. */
export function certifiedData(session: Session, { forms, sources }: CertifiedFile) {
  return forms.map(({ experiment, variant, certificates, unmet }) => ({
    ...(experiment !== undefined && { experiment }),
    ...(variant !== undefined && { variant }),
    certificates: certificatesData(session, certificates),
    unmet: unmet.map((each) => dataFor(session, each, sources)),
  }))
}

/** Certificates as data. */
export function certificatesData(session: Session, certificates: readonly Certificate[]) {
  const place = ({ file, ...rest }: Place): Place => ({ file: session.shown(file), ...rest })
  const fact = (each: CertifiedFact): CertifiedFact => ({
    ...each,
    ...(each.place && { place: place(each.place) }),
    ...(each.facts && { facts: each.facts.map(fact) }),
  })
  return certificates.map((each) => ({
    ...each,
    ...(each.stated && { stated: place(each.stated) }),
    facts: each.facts.map(fact),
  }))
}
