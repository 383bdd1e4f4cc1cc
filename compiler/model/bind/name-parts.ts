/** What names are made of, and how things that they mean are called in messages. */
import type { Expression, Span } from '../../../grammar/ast.ts'
import type { Environment } from './environment.ts'
import { type Reference, type Variable } from './reference.ts'

export function referenceTo(variable: Variable, of: 'self'): Reference {
  switch (variable.kind) {
    case 'equation':
    case 'state':
    case 'compartment':
    case 'input':
    case 'bias':
      return { kind: 'cell', of, variable }
    case 'binding':
    case 'trace':
    case 'given':
    case 'role':
    case 'parameter':
    case 'modulator':
      return { kind: 'local', variable }
  }
}

/** Everything that a name could mean, for suggestions. */
export function namesIn(environment: Environment): readonly string[] {
  return [...environment.variables.keys(), ...environment.scope.names()]
}

export const isSideName = (name: string): name is 'pre' | 'post' =>
  name === 'pre' || name === 'post'

export const nameOf = (expression: Expression): string =>
  expression.kind === 'Name' ? expression.name : ''

/** `a` of `a.b[0].c`; undefined where something else than a name stands in front. */
export function rootOf(expression: Expression): string | undefined {
  let at = expression
  while (at.kind === 'Member' || at.kind === 'Index') at = at.object
  return at.kind === 'Name' ? at.name : undefined
}

export function spanOfRoot(expression: Expression): Span {
  let at = expression
  while (at.kind === 'Member' || at.kind === 'Index') at = at.object
  return at.span
}

export function describeVariable(variable: Variable): string {
  switch (variable.kind) {
    case 'equation':
    case 'binding':
      return 'computed by an equation'
    case 'state':
    case 'trace':
      return 'a state variable'
    case 'compartment':
      return 'a compartment'
    case 'input':
      return 'an input'
    case 'bias':
      return 'a bias'
    case 'given':
      return 'given'
    case 'role':
      return 'a signal of the cell'
    case 'modulator':
      return 'a modulator'
    case 'parameter':
      return 'what the function is called with'
  }
}
