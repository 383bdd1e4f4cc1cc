/**
 * The types of a generated module: its parameters, weights, inputs and results under the names of
 * the source, with units, ranges and shapes in their comments.
 */
import {
  StructureKind,
  type InterfaceDeclarationStructure,
  type StatementStructures,
  type TypeAliasDeclarationStructure,
} from 'ts-morph'
import { blockComment, lineComment, propertyKey, stringLiteral } from '../../../contract/escape.ts'
import type { IrModule, ParamInfo, RateInfo, Shape, StorageInfo } from '../../ir/ir.ts'
import { nodeAt } from '../../ir/operands.ts'
import { formatShape } from '../../ir/shapes.ts'
import type { Family, Naming } from './naming.ts'
import type { NamedValue, Program } from './program.ts'

/** Types that a reader of the equations wants before them, and those that can wait. */
export interface Declarations {
  readonly before: readonly (string | StatementStructures)[]
  readonly after: readonly StatementStructures[]
}

/** The exported types that depend on the module. */
export function declarations(module: IrModule, program: Program, naming: Naming): Declarations {
  const inferring = naming.inputs.filter(({ info }) => info.inference)
  const learning = naming.inputs.filter(({ info }) => !info.inference)
  const tensors = (inputs: Naming['inputs']): Property[] =>
    inputs.map(({ info, name }) => ({ name, type: 'TF.Tensor', doc: formatShape(info.shape) }))
  const arrays = (inputs: Naming['inputs']): string => {
    const fields = inputs.map(({ info }) => `readonly ${propertyKey(info.name)}: Float32Array`)
    return `{ ${fields.join('; ')} }`
  }
  const nothingMore = learning.length === 0
  const count = { name: 'batch', type: 'number', doc: 'The number of examples.' }
  const shapeOf = ({ value }: NamedValue): Shape => nodeAt(program.nodes, value).shape
  return {
    before: [
      interfaceOf(
        'Parameters',
        'Parameters of the circuit.',
        module.params.map((param) => ({
          name: propertyKey(param.name),
          type: 'number',
          doc: parameterDoc(param),
        })),
      ),
      `const defaultParameters: Readonly<Parameters> = { ${module.params
        .map(({ name, value }) => `${propertyKey(name)}: ${value}`)
        .join(', ')} }`,
      interfaceOf('Rates', 'Learning rates.', module.rates.map(rateProperty)),
      {
        ...interfaceOf('Weights', 'What the circuit keeps from one step to the next.', []),
        properties: naming.families.map(familyProperty),
      },
      interfaceOf('InferenceInputs', 'What is presented, examples along the first axis.', [
        count,
        ...tensors(inferring),
      ]),
      nothingMore
        ? aliasOf('Inputs', 'What is presented to learn.', 'InferenceInputs')
        : {
            ...interfaceOf('Inputs', 'The same, and what teaches.', tensors(learning)),
            extends: ['InferenceInputs'],
          },
    ],
    after: [
      aliasOf('InferenceArrays', 'What is presented, row by row.', arrays(inferring)),
      aliasOf(
        'LearningArrays',
        'The same, and what teaches.',
        nothingMore ? 'InferenceArrays' : `InferenceArrays & ${arrays(learning)}`,
      ),
      aliasOf('Answers', 'What the circuit answers.', recordType(program.answers, 'NamedArray')),
      aliasOf('Scores', 'Sums over the examples.', recordType(program.scores, 'number')),
      aliasOf('Measures', 'What a step can measure.', recordType(program.measures, 'number')),
      interfaceOf(
        'Variables',
        'Everything that `observe` can show.',
        program.variables.map((variable) => ({
          name: propertyKey(variable.name),
          type: 'NamedArray',
          doc: formatShape(shapeOf(variable)),
        })),
      ),
    ],
  }
}

/** `Record<'loss' | 'error', number>`. */
export function recordType(values: readonly { readonly name: string }[], type: string): string {
  const names = values.map(({ name }) => stringLiteral(name))
  return `Record<${names.length > 0 ? names.join(' | ') : 'never'}, ${type}>`
}

interface Property {
  readonly name: string
  readonly type: string
  readonly doc: string
}

function interfaceOf(
  name: string,
  doc: string,
  properties: readonly Property[],
): InterfaceDeclarationStructure {
  return {
    kind: StructureKind.Interface,
    name,
    isExported: true,
    docs: [doc],
    properties: properties.map(({ doc: text, ...rest }) => ({
      ...rest,
      docs: [blockComment(text)],
      isReadonly: name !== 'Parameters',
    })),
  }
}

function aliasOf(name: string, doc: string, type: string): TypeAliasDeclarationStructure {
  return { kind: StructureKind.TypeAlias, name, isExported: true, docs: [doc], type }
}

function rateProperty({ name, value }: RateInfo): Property {
  return { name: propertyKey(name), type: 'number', doc: `Default ${value}.` }
}

/** `Baseline burst probability. Default 0.5, above 0, below 1.` */
function parameterDoc({ doc, value, unit, kind, minimum, maximum }: ParamInfo): string {
  const range =
    minimum !== undefined && maximum !== undefined
      ? [`${minimum} to ${maximum}`]
      : [
          ...(minimum === undefined ? [] : [`at least ${minimum}`]),
          ...(maximum === undefined ? [] : [`at most ${maximum}`]),
        ]
  const facts = [
    `Default ${value}`,
    ...(kind === 'switch' ? ['0 is off, 1 is on'] : range),
    ...(unit === undefined ? [] : [`in SI units (the source says ${unit})`]),
  ]
  const meaning = doc === undefined ? '' : `${sentence(doc)} `
  return `${meaning}${facts.join(', ')}.`
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/[.]$/, '')
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`
}

function familyProperty({ name, array, storages }: Family) {
  if (!array) {
    return { name, type: 'TF.Variable', isReadonly: true, docs: [storageDoc(storages[0]!)] }
  }
  const members = storages.map((storage) => `TF.Variable, // ${lineComment(storageDoc(storage))}`)
  return {
    name,
    type: `readonly [\n${members.join('\n')}\n]`,
    isReadonly: true,
  }
}

const roleText: Readonly<Record<StorageInfo['role'], string>> = {
  weight: '',
  slot: ', of the optimiser',
  constant: ', constant',
  state: ', constant',
  average: ', a running average of training',
  check: ': infinite once a probability was not from 0 to 1',
}

/** `W[0] [500, 784]: h[0] by x`. */
function storageDoc({ name, shape, axes, role }: StorageInfo): string {
  const meaning = axes && axes.length > 0 ? `: ${axes.join(' by ')}` : ''
  const what = roleText[role]
  return blockComment(`${name} ${formatShape(shape)}${meaning}${what}`)
}
