/**
 * The class `Network` of a generated module: first the equations, then what runs them
 * (runtime/engine/network.ts says what each method does), then how values go in and come out.
 */
import {
  Scope,
  StructureKind,
  type ClassDeclarationStructure,
  type MethodDeclarationStructure,
  type PropertyDeclarationStructure,
} from 'ts-morph'
import { helperMethods, withHelpers, type Needs } from './helpers.ts'
import type { MethodWriter, PartMethod } from './methods.ts'
import type { Naming } from './naming.ts'
import type { Part } from './program.ts'
import { runMethods } from './run-methods.ts'
import { commitMethods, initialMethod, storageMethods } from './storages.ts'
import { windowMethods } from './windows.ts'

/** The programs of a module, ready to be written. */
export interface Programs {
  readonly initial: MethodWriter
  readonly network: MethodWriter
  readonly derived: MethodWriter
  /** Of what learns through time. */
  readonly adjoint?: MethodWriter
  readonly learn?: MethodWriter
}

const equations: readonly (readonly [Part, string])[] = [
  ['forward', 'What the circuit computes to answer.'],
  ['score', 'How good the answers are: sums over the examples.'],
  ['circuit', 'Everything the cells compute while they are taught.'],
  ['update', 'The changes that the plasticity rules ask for, and the weights after this step.'],
  ['backprop', 'Reference gradients, to compare with; no cell computes them.'],
  ['measure', 'What is measured in this step.'],
]

/** The class. */
export function networkClass(
  { initial, network, derived, adjoint, learn }: Programs,
  naming: Naming,
  needs: Needs,
): ClassDeclarationStructure {
  return {
    kind: StructureKind.Class,
    name: 'Network',
    isExported: true,
    docs: ['The circuit and its weights. Plain arrays go in and come out; tensors stay inside.'],
    properties: fields(needs),
    ctors: [
      {
        parameters: [
          { name: 'tf', type: 'typeof TF' },
          { name: 'options', type: 'CreateOptions', initializer: '{}' },
        ],
        statements: [
          'this.tf = tf',
          ...(needs.draws.length > 0 || needs.given ? ['this.options = options'] : []),
          'for (const [name, value] of Object.entries<number | boolean>(options.parameters ?? {})) this.set(name, value)',
          ...(needs.patterns === '' ? [] : [needs.patterns]),
          'this.weights = this.scope(() => this.initialWeights())',
        ],
      },
    ],
    methods: withHelpers(
      [
        ...equations.flatMap(([part, doc]) => equationMethod(network.method(part), doc)),
        ...equationMethod(derived.method('derived'), 'Weights that follow from others.'),
        ...runMethods(network),
        ...storageMethods(naming, derived, needs.patterns !== ''),
        initialMethod(initial, naming),
        ...commitMethods(network),
        ...(adjoint && learn ? windowMethods(adjoint, learn) : []),
      ],
      helperMethods(naming),
    ),
  }
}

/** Exported names for what the methods with the equations return. */
export function recordTypes(network: MethodWriter): string[] {
  const types: readonly (readonly [string, Part])[] = [
    ['Forward', 'forward'],
    ['Circuit', 'circuit'],
    ['Updates', 'update'],
    ['Gradients', 'backprop'],
  ]
  const lines = types.flatMap(([type, part]) => {
    const { name, empty } = network.method(part)
    if (!empty) return [`export type ${type} = ReturnType<Network['${name}']>`]
    return part === 'circuit' ? ['export type Circuit = Forward'] : []
  })
  return [`/** The values of the equations, as tensors by name. */\n${lines.join('\n')}`]
}

function equationMethod(method: PartMethod, doc: string): MethodDeclarationStructure[] {
  if (method.empty) return []
  const { name, parameters, statements } = method
  return [
    {
      kind: StructureKind.Method,
      name,
      docs: [doc],
      parameters: parameters.map((parameter) => ({ ...parameter })),
      statements: [...statements],
    },
  ]
}

function fields(needs: Needs): PropertyDeclarationStructure[] {
  const field = (
    name: string,
    rest: Omit<PropertyDeclarationStructure, 'kind' | 'name'>,
  ): PropertyDeclarationStructure => ({ kind: StructureKind.Property, name, ...rest })
  const hidden = { isReadonly: true, scope: Scope.Private }
  return [
    field('stepCount', { initializer: '0', docs: ['Steps of learning done.'] }),
    field('p', {
      isReadonly: true,
      type: 'Parameters',
      initializer: '{ ...defaultParameters }',
      docs: ['The parameters in force.'],
    }),
    field('weights', { isReadonly: true, type: 'Weights' }),
    field('tf', { ...hidden, type: 'typeof TF' }),
    ...(needs.patterns === ''
      ? []
      : [
          field('synapses', {
            ...hidden,
            type: needs.patternsType,
            docs: ['The synapses of each pattern.'],
          }),
        ]),
    ...(needs.draws.length > 0 || needs.given
      ? [field('options', { ...hidden, type: 'CreateOptions' })]
      : []),
    ...(needs.draws.length > 0
      ? [field('keys', { ...hidden, initializer: 'new Map<string, RandomKey>()' })]
      : []),
    ...(needs.factor
      ? [field('factors', { ...hidden, initializer: 'new WeakMap<TF.DataId, SvdFactors>()' })]
      : []),
  ]
}
