/**
 * The methods of a generated network that make, change, save and load what lasts from one step to
 * the next.
 */
import { Scope, StructureKind, type MethodDeclarationStructure } from 'ts-morph'
import { stringLiteral } from '../../../contract/escape.ts'
import { recordType } from './declarations.ts'
import { field } from './identifiers.ts'
import { storedText } from './sparse.ts'
import { namesIn } from './statements.ts'
import { callOf, type MethodWriter } from './methods.ts'
import type { Naming } from './naming.ts'

/** `initialWeights`: every storage with its value at the start. */
export function initialMethod(initial: MethodWriter, naming: Naming): MethodDeclarationStructure {
  const { program } = initial.writer
  const { parameters, statements } = initial.method('initial')
  const valueOf = (storage: string): string => {
    const store = program.stores.find((candidate) => candidate.storage === storage)
    if (!store) throw new Error(`${storage} has no initial value`)
    return `variable(${initial.writer.inline(store.value)})`
  }
  const fields = naming.families.map(({ name, array, storages }) => {
    const values = storages.map((storage) => valueOf(storage.name))
    return `${field(name, array ? `[${values.join(', ')}]` : values.join())},`
  })
  return {
    kind: StructureKind.Method,
    name: 'initialWeights',
    scope: Scope.Private,
    docs: ['The weights before the first step.'],
    parameters: parameters.map((parameter) => ({ ...parameter })),
    returnType: 'Weights',
    statements: [
      // Without weights there is nothing that would need what the statements prepare.
      ...(naming.families.length > 0 ? statements : []),
      ...(naming.families.length > 0
        ? ['', 'const variable = (value: TF.Tensor) => tf.variable(value, false)']
        : []),
      `return {\n${fields.join('\n')}\n}`,
    ],
  }
}

/** `commit`: gives every storage that changes its new value. */
export function commitMethods(network: MethodWriter): MethodDeclarationStructure[] {
  const { lines, parameters, preamble } = commitParts(network)
  if (lines.length === 0) return []
  return [
    {
      kind: StructureKind.Method,
      name: 'commit',
      scope: Scope.Private,
      docs: ['Makes the new weights the weights.'],
      parameters: parameters.map((parameter) => ({ ...parameter })),
      returnType: 'void',
      statements: [...preamble, ...lines],
    },
  ]
}

/** `this.commit(updates)`; empty if nothing is ever stored. */
export function commitCall(network: MethodWriter): string {
  const { lines, takes } = commitParts(network)
  return lines.length === 0 ? '' : `this.commit(${takes.join(', ')})`
}

function commitParts(network: MethodWriter) {
  const { program } = network.writer
  const lines = program.stores.map(({ storage, value, push }) => {
    const text = network.writer.inline(value)
    return storedText(network.storageName(storage), text, push && network.ringOf(storage))
  })
  const free = new Set(lines.flatMap(namesIn))
  return { lines, ...network.signature(free, 'commit') }
}

/** `save`, `load`, `derived`, `set` and `dispose`. */
export function storageMethods(
  naming: Naming,
  derived: MethodWriter,
  withSynapses: boolean,
): MethodDeclarationStructure[] {
  const families = naming.families.map(({ name }) => name)
  const storages = naming.families.flatMap((family) => family.storages)
  const entries = storages.map(({ name }) => `${field(name, naming.storage(name))},`)
  const tied = derived.method('derived')
  const { variables } = derived.writer.program
  const outputs = variables.map(
    ({ name, value }) => `${field(name, derived.reference(value, 'step'))},`,
  )
  return [
    {
      kind: StructureKind.Method,
      name: 'save',
      docs: ['The weights and all else that lasts, by name.'],
      returnType: 'Record<StorageName, NamedArray>',
      statements: ['return arrays(this.storages())'],
    },
    {
      kind: StructureKind.Method,
      name: 'load',
      docs: ['Sets what is given; all of it or, if anything does not fit, nothing.'],
      parameters: [{ name: 'values', type: 'Readonly<Record<string, GivenArray>>' }],
      returnType: 'void',
      statements: [
        loadStatements(
          storages.flatMap(({ name, mask }) => (mask === undefined ? [] : [{ name, mask }])),
        ),
      ],
    },
    {
      kind: StructureKind.Method,
      name: 'derived',
      docs: ['Weights that follow from others, by name.'],
      returnType: recordType(variables, 'NamedArray'),
      statements:
        outputs.length === 0
          ? ['return {}']
          : [
              `return this.scope(() => {
                ${tied.empty ? '' : callOf(tied)}
                return arrays({ ${outputs.join('\n')} })
              })`,
            ],
    },
    {
      kind: StructureKind.Method,
      name: 'set',
      docs: ['Changes a parameter from the next step on; a switch is 0 or 1, or a boolean.'],
      parameters: [
        { name: 'name', type: 'string' },
        { name: 'value', type: 'number | boolean' },
      ],
      returnType: 'void',
      statements: ['Object.assign(this.p, { [name]: allowed(name, Number(value)) })'],
    },
    {
      kind: StructureKind.Method,
      name: 'dispose',
      docs: ['Frees the weights; the network is of no use afterwards.'],
      returnType: 'void',
      statements: [
        'for (const storage of Object.values<TF.Variable>(this.storages())) storage.dispose()',
        ...(withSynapses
          ? [
              'for (const { pre, post } of Object.values(this.synapses)) this.tf.dispose([pre, post])',
            ]
          : []),
      ],
    },
    {
      kind: StructureKind.Method,
      name: 'storages',
      scope: Scope.Private,
      returnType: 'Record<StorageName, TF.Variable>',
      statements: [
        ...(families.length > 0 ? [`const { ${families.join(', ')} } = this.weights`] : []),
        `return { ${entries.join('\n')} }`,
      ],
    },
  ]
}

/** Loads what is given; weights that have a mask are 0 where it is. */
function loadStatements(
  masked: readonly { readonly name: string; readonly mask: string }[],
): string {
  const masks = masked.map(({ name, mask }) => `[${stringLiteral(name)}, ${stringLiteral(mask)}]`)
  const masking =
    masked.length === 0
      ? ''
      : `
  // Units that are not connected stay so.
  for (const [name, mask] of [${masks.join(', ')}] as const) {
    const { tf } = this
    const [weight, present] = [storages[name], storages[mask]]
    if (weight && present && (name in values || mask in values)) {
      weight.assign(tf.where(tf.notEqual(present, 0), weight, tf.zerosLike(weight)))
    }
  }`
  return `
const storages: Record<string, TF.Variable> = this.storages()
for (const [name, { shape, data }] of Object.entries(values)) {
  const storage = storages[name]
  if (!storage) throw new RangeError(\`There is nothing called \${name} to load into.\`)
  if (String(shape) !== String(storage.shape) || data.length !== storage.size) {
    throw new RangeError(
      \`\${name} is [\${storage.shape.join(', ')}], not [\${shape.join(', ')}] with \${data.length} values.\`,
    )
  }
}
this.scope(() => {
  for (const [name, { shape, data }] of Object.entries(values)) {
    storages[name]?.assign(this.tf.tensor(Float32Array.from(data), [...shape]))
  }${masking}
})`
}
