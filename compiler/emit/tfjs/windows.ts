/** The methods of a generated network that learn through time: the end of a window, and a step backwards. */
import { Scope, StructureKind, type MethodDeclarationStructure } from 'ts-morph'
import type { MethodWriter } from './methods.ts'
import type { Part } from './program.ts'
import { storedText } from './sparse.ts'
import { namesIn } from './statements.ts'

/** `endWindow`, `backwards` and `learn`. */
export function windowMethods(
  adjoint: MethodWriter,
  learn: MethodWriter,
): MethodDeclarationStructure[] {
  const back = storing(adjoint, 'adjoint', 'A step backwards, of which the tape has the values.')
  const last = storing(learn, 'learn', 'Moves what learns by the gradients, and clears them.')
  const withRates = (last.parameters ?? []).length > 0
  return [
    {
      kind: StructureKind.Method,
      name: 'endWindow',
      docs: [
        'Goes back through the last steps, and moves what learns by the gradient through them; or only one of both.',
      ],
      parameters: [
        { name: 'steps', type: 'number' },
        {
          name: withRates ? 'given' : '_given',
          type: 'Partial<Rates>',
          initializer: '{}',
        },
        { name: 'part', type: "'back' | 'learn'", hasQuestionToken: true },
      ],
      returnType: 'void',
      statements: [
        'const end = this.stepCount',
        `for (let step = end - 1; part !== 'learn' && step >= end - steps; step--) {
          this.stepCount = step
          this.scope(() => this.backwards())
        }`,
        'this.stepCount = end - 1',
        `if (part !== 'back') this.scope(() => this.learn(${withRates ? 'this.rates(given)' : ''}))`,
        'this.stepCount = end',
      ],
    },
    back,
    last,
  ]
}

/** A method that computes a part and stores what comes of it. */
function storing(writer: MethodWriter, part: Part, doc: string): MethodDeclarationStructure {
  const { statements, free } = writer.code(part)
  const lines = writer.writer.program.stores.map(({ storage, value, push }) =>
    storedText(
      writer.storageName(storage),
      writer.writer.inline(value),
      push && writer.ringOf(storage),
    ),
  )
  const all = new Set([...free, ...lines.flatMap(namesIn)])
  const { parameters, preamble } = writer.signature(all, part)
  return {
    kind: StructureKind.Method,
    name: part === 'learn' ? 'learn' : 'backwards',
    scope: Scope.Private,
    docs: [doc],
    parameters: parameters.map((parameter) => ({ ...parameter })),
    returnType: 'void',
    statements: [...preamble, '', ...statements, '', ...lines],
  }
}
