/**
 * A member takes the place of the inherited one of its name, of whatever kind each is and wherever each stands: what comes of it is the
 * program of the cell as it would be written at once.
 */
import { describe, expect, it } from 'vitest'
import { print } from '../../../compiler/ir/print.ts'
import { compileText } from '../../helpers/compile-text.ts'

const members = {
  compartment: 'compartment x',
  input: 'input x = 3',
  bias: 'bias x = 4',
  state: 'state x = 5 : 1 s * dx/dt = 2 - x',
  equation: 'x = 6',
  signal: 'signal x = 7',
  'state of a compartment': 'compartment dendrite { state x = 8 : 1 s * dx/dt = input - x }',
  'equation of a compartment': 'compartment dendrite { x = 9 + input }',
} as const
type Kind = keyof typeof members

const reads = 'signal out = 2 * x'
const circuit = (cells: string, to: string): string => `${cells}
cell One { signal one = 1 }
population one[1] : One
population b[2]   : B
connect one.one -> b.${to} as W { init 0.5  fixed }
experiment e { step 0.1 s  duration 1 s  measure out = mean(b.out) }`

const programOf = (text: string): string => {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return print(ir).replaceAll(/ ; .*$/gm, '')
}

const kinds = Object.keys(members) as Kind[]
const pairs = kinds.flatMap((before) =>
  kinds.filter((kind) => kind !== before).map((after) => [before, after] as const),
)

describe('a member in the place of an inherited one', () => {
  it.each(pairs)('%s, now %s', (before, after) => {
    // Something to connect to, where the member itself is no compartment.
    const soma = 'compartment soma  heard = soma'
    const to = after === 'compartment' ? 'x' : 'soma'
    const inherited = `cell A { ${soma}  ${members[before]}  ${reads} }  cell B extends A { ${members[after]} }`
    // A compartment that is left empty stays.
    const rest =
      before.endsWith('of a compartment') && !after.endsWith('of a compartment')
        ? 'compartment dendrite'
        : ''
    const atOnce = `cell B { ${soma}  ${rest}  ${reads}  ${members[after]} }`
    expect(programOf(circuit(inherited, to))).toBe(programOf(circuit(atOnce, to)))
  })
})
