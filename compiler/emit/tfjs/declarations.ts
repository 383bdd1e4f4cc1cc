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
import type { IrModule, ParamInfo, Shape, StorageInfo } from '../../ir/ir.ts'
import { nodeAt } from '../../ir/operands.ts'
import { formatShape } from '../../ir/shapes.ts'
import { comment } from './header.ts'
import { property, quote } from './identifiers.ts'
import type { Family, Naming } from './naming.ts'
import type { NamedValue, Program } from './program.ts'

/** The exported types, in the order in which a reader meets them. */
export function declarations(
  module: IrModule,
  program: Program,
  naming: Naming,
): StatementStructures[] {
  const inferring = naming.inputs.filter(({ info }) => info.inference)
  const learning = naming.inputs.filter(({ info }) => !info.inference)
  const shapeOf = ({ value }: NamedValue): Shape => nodeAt(program.nodes, value).shape
  const list: (StatementStructures | undefined)[] = [
    interfaceOf('Parameters', 'Parameters of the circuit; `set` changes them between steps.', [
      ...module.params.map((param) => ({
        name: property(param.name),
        type: 'number',
        docs: [parameterDoc(param)],
      })),
    ]),
    {
      ...interfaceOf('Weights', 'What the circuit keeps from one step to the next.', []),
      properties: naming.families.map(familyProperty),
    },
    interfaceOf(
      'InferenceInputs',
      'What is presented, as tensors with the examples along the first axis.',
      [
        { name: 'batch', type: 'number', docs: ['The number of examples.'] },
        ...inferring.map(({ info, name }) => ({
          name,
          type: 'TF.Tensor',
          docs: [formatShape(info.shape)],
        })),
      ],
    ),
    {
      ...interfaceOf(
        'Inputs',
        learning.length > 0
          ? 'The same with what teaches.'
          : 'The same; nothing more is needed to learn.',
        learning.map(({ info, name }) => ({
          name,
          type: 'TF.Tensor',
          docs: [formatShape(info.shape)],
        })),
      ),
      extends: ['InferenceInputs'],
    },
    arrayType(
      'InferenceArrays',
      'What is presented to infer, row by row.',
      inferring.map(({ info }) => `readonly ${property(info.name)}: Float32Array`),
    ),
    learning.length === 0
      ? aliasOf('LearningArrays', 'What is presented to learn.', 'InferenceArrays')
      : arrayType(
          'LearningArrays',
          'What is presented to learn.',
          learning.map(({ info }) => `readonly ${property(info.name)}: Float32Array`),
          'InferenceArrays & ',
        ),
    interfaceOf(
      'Rates',
      'Learning rates of the optimisers.',
      module.rates.map(({ name, value }) => ({
        name: property(name),
        type: 'number',
        docs: [`Default ${value}.`],
      })),
    ),
    interfaceOf(
      'Variables',
      'Everything that `observe` can show.',
      program.variables.map((variable) => ({
        name: property(variable.name),
        type: 'NamedArray',
        docs: [formatShape(shapeOf(variable))],
      })),
    ),
    aliasOf('Answers', 'What the circuit answers.', recordType(program.answers, 'NamedArray')),
    aliasOf('Scores', 'Sums over the examples.', recordType(program.scores, 'number')),
    aliasOf('Measures', 'What a measured step measures.', recordType(program.measures, 'number')),
  ]
  return list.filter((item) => item !== undefined)
}

/** `Record<'loss' | 'error', number>`. */
export function recordType(values: readonly { readonly name: string }[], type: string): string {
  const names = values.map(({ name }) => quote(name))
  return `Record<${names.length > 0 ? names.join(' | ') : 'never'}, ${type}>`
}

interface Property {
  readonly name: string
  readonly type: string
  readonly docs: string[]
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
    properties: properties.map(({ docs, ...rest }) => ({
      ...rest,
      docs: docs.map(comment),
      isReadonly: name !== 'Parameters',
    })),
  }
}

function aliasOf(name: string, doc: string, type: string): TypeAliasDeclarationStructure {
  return { kind: StructureKind.TypeAlias, name, isExported: true, docs: [doc], type }
}

function arrayType(
  name: string,
  doc: string,
  fields: readonly string[],
  base = '',
): TypeAliasDeclarationStructure {
  return aliasOf(name, doc, `${base}{ ${fields.join('; ')} }`)
}

/** `Baseline burst probability. Default 0.5, above 0, below 1.` */
function parameterDoc({ doc, value, unit, kind, minimum, maximum }: ParamInfo): string {
  const range = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ]
  const facts = [
    `Default ${value}`,
    ...(kind === 'switch' ? ['1 is on, 0 is off'] : range),
    ...(unit === undefined ? [] : [`in SI units (the source says ${unit})`]),
  ]
  const meaning = doc === undefined ? '' : `${doc.trim().replace(/[.]?$/, '')}. `
  return `${meaning}${facts.join(', ')}.`
}

function familyProperty({ name, array, storages }: Family) {
  if (!array) {
    return { name, type: 'TF.Variable', isReadonly: true, docs: [storageDoc(storages[0]!)] }
  }
  const members = storages.map((storage) => `TF.Variable, // ${storageDoc(storage)}`)
  return {
    name,
    type: `readonly [\n${members.join('\n')}\n]`,
    isReadonly: true,
  }
}

/** `W[0] [500, 784]: h[0] by x`. */
function storageDoc({ name, shape, axes, role }: StorageInfo): string {
  const meaning = axes && axes.length > 0 ? `: ${axes.join(' by ')}` : ''
  const what = role === 'weight' ? '' : role === 'slot' ? ', of the optimiser' : ', constant'
  return comment(`${name} ${formatShape(shape)}${meaning}${what}`)
}
