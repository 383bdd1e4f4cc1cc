/**
 * The public methods of a generated network that run its equations: each calls the parts it needs,
 * in order, in one scope that frees every tensor at its end.
 */
import { StructureKind, type MethodDeclarationStructure } from 'ts-morph'
import { field } from './identifiers.ts'
import { callOf, type MethodWriter } from './methods.ts'
import type { NamedValue, Part } from './program.ts'
import { commitCall } from './storages.ts'

const given = { name: 'given', type: 'Partial<Rates>', initializer: '{}' }
const toInfer = { name: 'presented', type: 'InferenceArrays' }
const toLearn = { name: 'presented', type: 'LearningArrays' }

/** `infer`, `score`, `step`, `measuredStep` and `observe`. */
export function runMethods(network: MethodWriter): MethodDeclarationStructure[] {
  const { answers, scores, variables, measures, homes } = network.writer.program
  const call = (part: Part): string => {
    const own = network.method(part)
    if (!own.empty) return callOf(own)
    return part === 'circuit' ? callOf(network.method('forward')).replace('forward', 'circuit') : ''
  }
  const entries = (values: readonly NamedValue[], from: 'infer' | 'step'): string => {
    const fields = values.map(({ name, value }) => field(name, network.reference(value, from)))
    return values.length > 3 ? `{\n${fields.join(',\n')}\n}` : `{ ${fields.join(', ')} }`
  }
  const inputs = 'const inputs = this.present(count, presented)'
  const rates = 'const rates = this.rates(given)'
  const commit = commitCall(network)
  const learning = [inputs, call('circuit'), rates, call('update')]
  const measuring = [...learning, call('backprop'), call('measure')]
  const isLate = ({ value }: NamedValue): boolean =>
    ['update', 'backprop', 'measure'].includes(homes[value] ?? '')
  const late = entries(variables.filter(isLate), 'step')
  const early = entries(
    variables.filter((variable) => !isLate(variable)),
    'step',
  )
  return [
    method('infer', 'Answers without learning.', [toInfer], 'Answers', [
      returnScope(
        needed(
          ['const inputs = this.presentToInfer(count, presented)', call('forward')],
          `return arrays(${entries(answers, 'infer')})`,
        ),
      ),
    ]),
    method('score', 'Scores the answers, without learning.', [toLearn], 'Scores', [
      returnScope(
        needed(
          [inputs, call('forward'), call('score')],
          `return numbers(${entries(scores, 'infer')})`,
        ),
      ),
    ]),
    method('step', 'Learns from the examples.', [toLearn, given], 'void', [
      ...(commit === '' ? [] : [scope(needed(learning, commit))]),
      'this.stepCount += 1',
    ]),
    method('measuredStep', 'The same, and measures.', [toLearn, given], 'Measures', [
      `const measured = ${scope(
        needed(
          measuring,
          `const result = numbers(${entries(measures, 'step')})\n${commit}\nreturn result`,
        ),
      )}`,
      'this.stepCount += 1',
      'return measured',
    ]),
    {
      ...method(
        'observe',
        'Any variables, updates and gradients, without learning.',
        [toLearn, { name: 'names', type: 'readonly Name[]' }],
        'Record<Name, NamedArray>',
        [
          returnScope(
            needed(
              [inputs, call('circuit')],
              [
                `const shown: Partial<Record<keyof Variables, Value>> = ${early}`,
                ...(late === '{  }'
                  ? []
                  : [
                      'if (names.some((name) => !(name in shown))) {',
                      needed(
                        ['const rates = this.rates()', call('update'), call('backprop')],
                        `Object.assign(shown, ${late})`,
                      ),
                      '}',
                    ]),
                'return arrays(pick(shown, names))',
              ].join('\n'),
            ),
          ),
        ],
      ),
      typeParameters: [{ name: 'Name', constraint: 'keyof Variables' }],
    },
  ]
}

interface Parameter {
  readonly name: string
  readonly type: string
  readonly initializer?: string
}

function method(
  name: string,
  doc: string,
  parameters: readonly Parameter[],
  returnType: string,
  statements: string[],
): MethodDeclarationStructure {
  const text = statements.join('\n')
  const all: readonly Parameter[] = [{ name: 'count', type: 'number' }, ...parameters]
  return {
    kind: StructureKind.Method,
    name,
    docs: [doc],
    parameters: all.map((parameter) => ({
      ...parameter,
      name: mentions(text, parameter.name) ? parameter.name : `_${parameter.name}`,
    })),
    returnType,
    statements,
  }
}

function scope(statements: string): string {
  return `this.scope(() => {\n${statements}\n})`
}

function returnScope(statements: string): string {
  return `return ${scope(statements)}`
}

/** The definitions of `candidates` that `rest` needs, before it. */
function needed(candidates: readonly string[], rest: string): string {
  return candidates.reduceRight((text, candidate) => {
    const name = /^const (\w+)/.exec(candidate)?.[1]
    return name !== undefined && mentions(text, name) ? `${candidate}\n${text}` : text
  }, rest)
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<!\\.)\\b${name}\\b`).test(text)
}
