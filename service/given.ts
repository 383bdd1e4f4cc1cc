/**
 * The service's functions as other programs call them: what they cannot take ends in a CallError before anything is done.
 * Rooms of the house import the functions themselves.
 */
import * as v from 'valibot'
import { called, calledLater } from '../contract/calls/call.ts'
import {
  call,
  finding,
  flag,
  having,
  host,
  lists,
  named,
  oneOf,
  optional,
  placesIn,
  settings,
  text,
  texts,
  textsByName,
  whole,
} from '../contract/calls/values.ts'
import * as render from '../grammar/diagnostics/render.ts'
import { format as formatText } from '../grammar/print.ts'
import { checkAll as all, countOf as count } from './check-all.ts'
import { descriptionFormats, renderDescription as describe } from './description/render.ts'
import { drawDiagram as draw } from './graph/diagram.ts'
import { hostInMemory as inMemory } from './memory-host.ts'
import * as typeset from './typeset/index.ts'
import { isMathematics } from './typeset/is-mathematics.ts'

const path = named('the path of a file')
const mathematics = v.custom(isMathematics, 'mathematics, such as fromExpression makes')
const equations = v.array(mathematics, 'a list of mathematics')
const width = optional(whole(1))
const compilation = having(['diagnostics', 'sources'], 'what `compile` of ccn/compiler returned')
const from = { table: { replace: call, symbolOf: call, productOf: call } }
const nodeOf = (kind: string, members: readonly string[]) =>
  having(['span', ...members], `${kind} of a syntax tree`)

/** Checks the file at an absolute path; see `check-all.ts`. Throws CallError. */
export const checkAll: typeof all = called(
  'checkAll',
  [path, host, { table: { parse: call } }],
  all,
)

/** How many findings are of a severity. Throws CallError. */
export const countOf: typeof count = called(
  'countOf',
  [
    v.array(having('diagnostic', 'a list of findings'), 'a list of findings'),
    oneOf('error', 'warning', 'remark'),
  ],
  count,
)

/** A finding as plain data, with lines and columns. Throws CallError. */
export const diagnosticData: typeof render.toJson = called(
  'diagnosticData',
  [finding, placesIn],
  render.toJson,
)

/** A finding with the lines that it is about. Throws CallError. */
export const renderDiagnostic: typeof render.renderDiagnostic = called(
  'renderDiagnostic',
  [finding, placesIn, { table: { color: flag } }],
  render.renderDiagnostic,
)

/** Draws a circuit. Rejects with CallError. */
export const drawDiagram: typeof draw = calledLater(
  'drawDiagram',
  [
    lists(
      ['populations', 'connections', 'experiments'],
      'a description, such as `describe` of a Workspace gives',
    ),
    {
      table: {
        theme: oneOf('auto', 'light', 'dark'),
        experiment: text,
        marks: v.looseObject({}, 'marks by name'),
        load: call,
      },
    },
  ],
  draw,
)

/** Describes what was compiled; undefined if the circuit could not be known. Throws CallError. */
export const renderDescription: typeof describe = called(
  'renderDescription',
  [compilation, oneOf(...descriptionFormats), { table: { variants: texts, set: settings } }],
  describe,
)

/** A text in the canonical layout; as it is, where it has errors. Throws CallError. */
export const format: typeof formatText = called('format', [named('a text'), path], formatText)

/** A host of texts, and of the standard library; see `memory-host.ts`. Throws CallError. */
export const hostInMemory: typeof inMemory = called(
  'hostInMemory',
  [textsByName, textsByName],
  inMemory,
)

/** An expression as mathematics. Throws CallError. */
export const fromExpression: typeof typeset.fromExpression = called(
  'fromExpression',
  [nodeOf('an expression', ['kind']), from],
  typeset.fromExpression,
)

/** `w += a`: w ← w + a. Throws CallError. */
export const fromAssignment: typeof typeset.fromAssignment = called(
  'fromAssignment',
  [nodeOf('an assignment', ['target', 'operator', 'value']), from],
  typeset.fromAssignment,
)

/** `tau * dv/dt = a` as mathematics. Throws CallError. */
export const fromDerivative: typeof typeset.fromDerivative = called(
  'fromDerivative',
  [nodeOf('an equation', ['variable', 'value']), from],
  typeset.fromDerivative,
)

/** Mathematics as a line of Unicode. Throws CallError. */
export const mathText: typeof typeset.mathText = called('mathText', [mathematics], typeset.mathText)

/** Mathematics as LaTeX. Throws CallError. */
export const mathLatex: typeof typeset.mathLatex = called(
  'mathLatex',
  [mathematics],
  typeset.mathLatex,
)

/** Equations under each other, as LaTeX. Throws CallError. */
export const mathLatexLines: typeof typeset.mathLatexLines = called(
  'mathLatexLines',
  [equations, width],
  typeset.mathLatexLines,
)

/** Mathematics as MathML. Throws CallError. */
export const mathML: typeof typeset.mathML = called(
  'mathML',
  [mathematics, optional(oneOf('inline', 'block'))],
  typeset.mathML,
)

/** Equations under each other, as MathML. Throws CallError. */
export const mathMLLines: typeof typeset.mathMLLines = called(
  'mathMLLines',
  [equations, width],
  typeset.mathMLLines,
)
