/**
 * Certificates of a compilation as plain data: what holds of the circuit, and what shows it, each fact with
 * its file and line. Everything here can be written as JSON.
 */
import type { Compilation } from '../../compiler/compile.ts'
import type { Fact } from '../../compiler/check/properties/index.ts'
import type { PropertyName } from '../../compiler/model/claims.ts'
import type { Span } from '../../grammar/ast.ts'
import { positionAt } from '../../grammar/diagnostics/render.ts'

/** A place in a text; lines and columns from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is so, and what it rests on. */
export interface CertifiedFact {
  /** A clause without a full stop, names in backticks. */
  readonly text: string
  readonly place?: Place
  /** It is why the property does not hold. */
  readonly breaks?: true
  readonly facts?: readonly CertifiedFact[]
}

/** Whether a circuit has a property, and why. */
export interface Certificate {
  readonly property: PropertyName
  readonly holds: boolean
  /** A sentence without a full stop. */
  readonly summary: string
  /** Where the model states the property, if it does. */
  readonly stated?: Place
  readonly facts: readonly CertifiedFact[]
}

/** A certificate of every property; none where the circuit could not be known. */
export function certify({ certificates, sources }: Compilation): readonly Certificate[] {
  const place = ({ file, start }: Span): Place => {
    const { line, column } = positionAt(sources.get(file) ?? '', start)
    return { file, line, column }
  }
  const plain = ({ text, span, breaks, facts }: Fact): CertifiedFact => ({
    text,
    ...(span && { place: place(span) }),
    ...(breaks && { breaks }),
    ...(facts && facts.length > 0 && { facts: facts.map(plain) }),
  })
  return (certificates?.() ?? []).map(({ stated, facts, ...rest }) => ({
    ...rest,
    ...(stated && { stated: place(stated) }),
    facts: facts.map(plain),
  }))
}
