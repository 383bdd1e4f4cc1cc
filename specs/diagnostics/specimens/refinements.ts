/** What is wrong with limits between circuits. */
import { units } from './sources.ts'
import type { Specimen } from './specimen.ts'

const file = (statement: string) =>
  `model m\nparam n = 1\nvariant v { set n = 2 }\n${statement}\n${units}connect x.e -> y.soma as W { init n }`
const limit = (part: string, of = 'v refines m when settled') =>
  file(`${of} { over 1 s, 2 s, 4 s  y.e = y.e  ${part} }`)

export const ofRefinements: readonly Specimen[] = [
  { code: 'CCN2001', source: file('v refines ⟦w⟧ when settled { over 1, 2, 3  y.e = y.e }') },
  { code: 'CCN2001', source: file('v refines m as ⟦cells⟧ grow { over 1, 2, 3  y.e = y.e }') },
  { code: 'CCN2001', source: limit('run ⟦fast⟧ against slow') },
  { code: 'CCN2041', source: limit('⟦over 1 s, 2 s, 3 s⟧') },
  { code: 'CCN6008', source: file('v refines m when settled { ⟦over 1 s, 2 s⟧  y.e = y.e }') },
  {
    code: 'CCN6008',
    source: file(
      'v refines m as n shrinks { over 1, 2, ⟦2⟧  y.e = y.e }'.replace('1, 2,', '3, 2,'),
    ),
  },
  { code: 'CCN6008', source: file('⟦v⟧ refines m when settled { over 1 s, 2 s, 3 s }') },
  {
    code: 'CCN6008',
    source: file('v refines ⟦v⟧ when settled { over 1 s, 2 s, 3 s  y.e = y.e }'),
  },
  { code: 'CCN6008', source: limit('⟦seeds 0⟧') },
]
