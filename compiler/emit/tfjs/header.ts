/**
 * The head of a generated module: what it is, where it came from, how to use it; and `meta`, the
 * same as data.
 */
import {
  blockComment,
  isIdentifier,
  oneLine,
  propertyKey,
  stringLiteral,
} from '../../../contract/escape.ts'
import type { Dim, IrModule } from '../../ir/ir.ts'
import { identifierOf } from './identifiers.ts'
import type { Program } from './program.ts'

/** The opening comment. */
export function headerComment(module: IrModule, program: Program, version?: string): string {
  const variable = program.variables.find(({ name }) => name !== identifierOf(name))
  const spelled = variable
    ? [` Names are the source's: \`${variable.name}\` is \`${identifierOf(variable.name)}\` here.`]
    : ['']
  const setting = module.params[0]
  const parameters = setting
    ? `, parameters: { ${propertyKey(setting.name)}: ${setting.value} }`
    : ''
  const inputs = module.inputs
    .map(({ name }) => (isIdentifier(name) ? name : `${propertyKey(name)}: ${identifierOf(name)}`))
    .join(', ')
  const past = module.storages.find(({ role }) => role === 'state')
  const examples = past ? fixedExamples(module) : 32
  const rows = `Float32Arrays of ${examples} ${examples === 1 ? 'row' : 'rows'} each`
  const presented = inputs === '' ? '{})' : `{ ${inputs} }) // ${rows}`
  const lines = [
    `The circuit \`${module.name}\`, compiled by ccn${version === undefined ? '' : ` ${version}`} from ${oneLine(module.source)}.`,
    ...(module.doc === undefined ? [] : ['', ...wrap(module.doc.trim())]),
    '',
    ...wrap(
      `Change the source and compile again, rather than this file.${spelled[0]} The shape of a value stands at the end of its line. A product x W^T is written (W x^T)^T, which some backends multiply ten times faster. Needs TensorFlow.js alone, in any of its variants:`,
    ),
    '',
    `    import * as tf from '@tensorflow/tfjs'`,
    `    const network = create(tf, { seed: 1${parameters} })`,
    `    network.step(${examples}, ${presented}`,
  ]
  return `/**\n${lines.map((line) => ` * ${blockComment(line)}`.trimEnd()).join('\n')}\n */`
}

/** Examples of a circuit with a past: as many as its inputs hold, side by side. */
function fixedExamples({ inputs }: IrModule): number {
  const first = inputs[0]?.shape[0]
  return typeof first === 'number' ? first : 1
}

/** `meta`: what a program can ask about the module. */
export function metaConstant(module: IrModule, program: Program): string {
  const list = (values: readonly { readonly name: string }[]): string =>
    `[${values.map(({ name }) => stringLiteral(name)).join(', ')}]`
  const record = (entries: readonly (readonly [string, string])[]): string =>
    `{ ${entries.map(([name, value]) => `${propertyKey(name)}: ${value},`).join('\n')} }`
  const fields = record([
    ['name', stringLiteral(module.name)],
    ['source', stringLiteral(module.source)],
    [
      'parameters',
      record(
        module.params.map(({ name, value, kind, unit, minimum, maximum }) => [
          name,
          `{ ${[
            `value: ${value}, kind: '${kind}'`,
            ...(unit === undefined ? [] : [`unit: ${stringLiteral(unit)}`]),
            ...(minimum === undefined ? [] : [`minimum: ${minimum}`]),
            ...(maximum === undefined ? [] : [`maximum: ${maximum}`]),
          ].join(', ')} }`,
        ]),
      ),
    ],
    [
      'inputs',
      record(
        module.inputs.map(({ name, shape, inference }) => [
          name,
          `{ shape: [${shape.slice(1).join(', ')}], inference: ${inference} }`,
        ]),
      ),
    ],
    [
      'weights',
      record(
        module.storages.map(({ name, shape, role, axes }) => [
          name,
          `{ shape: [${shape.map(dimLiteral).join(', ')}], role: '${role}'${axes ? `, axes: [${axes.map(stringLiteral).join(', ')}]` : ''} }`,
        ]),
      ),
    ],
    ['rates', record(module.rates.map(({ name, value }) => [name, String(value)]))],
    ['answers', list(program.answers)],
    ['scores', list(program.scores)],
    ['measures', list(program.measures)],
  ])
  return `/** Facts about the circuit; shapes without the axis of the examples. */\nexport const meta = ${fields} as const`
}

/** A size, or a text that says whose synapses there are as many as. */
const dimLiteral = (dim: Dim): string =>
  typeof dim === 'number' ? String(dim) : stringLiteral(dim)

/** Words in lines that fit a comment, paragraph by paragraph. */
function wrap(text: string): string[] {
  const paragraphs = text.split(/\n[ \t]*\n/)
  return paragraphs.flatMap((paragraph, i) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.trim().split(/\s+/)) {
      if (line !== '' && line.length + word.length > 94) {
        lines.push(line)
        line = ''
      }
      line = line === '' ? word : `${line} ${word}`
    }
    return [...(i > 0 ? [''] : []), ...lines, line]
  })
}
