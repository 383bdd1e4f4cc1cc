/**
 * The tfjs target: a tensor program as one strict TypeScript module that a person can read, an
 * equation a line, and that runs on any backend of TensorFlow.js.
 *
 * Pure: the same module gives the same text. What the text contains is decided by the program alone;
 * nothing is simplified here. The structure is one tree, created at once, formatted by Prettier.
 */
import { Project, StructureKind, type StatementStructures } from 'ts-morph'
import { stringLiteral } from '../../../contract/escape.ts'
import { distributions } from '../../ir/ir.ts'
import { synapseDim } from '../../../contract/pattern.ts'
import type { IrModule, Shape } from '../../ir/ir.ts'
import { networkClass, recordTypes, type Programs } from './class.ts'
import { declarations } from './declarations.ts'
import { embed } from './embed.ts'
import { headerComment, metaConstant } from './header.ts'
import { commonTypes, helperFunctions, type Needs } from './helpers.ts'
import type { LeafNames } from './expressions.ts'
import { Identifiers } from './identifiers.ts'
import { MethodWriter } from './methods.ts'
import { nameModule } from './naming.ts'
import type { EmitOptions, SupportSources } from './options.ts'
import { supportSources } from './support.generated.ts'
import {
  networkProgram,
  singleProgram,
  storingProgram,
  type Part,
  type Program,
} from './program.ts'
import { sparseFunctions, synapsesField, synapsesType } from './sparse.ts'
import { ProgramWriter } from './statements.ts'
import { shapeLiteral } from './tensors.ts'

export type { EmitOptions } from './options.ts'
export { toJavaScript } from './to-javascript.ts'

/** The TypeScript text of `module`. */
export async function emitTfjs(module: IrModule, options: EmitOptions = {}): Promise<string> {
  const naming = nameModule(module)
  const locate = options.locate ?? (() => undefined)
  const methods = (
    program: Program,
    written: readonly Part[],
    scope = naming.scope,
    names: LeafNames = naming,
  ) => new MethodWriter(new ProgramWriter(program, scope, names, locate), naming, written)
  // Before the first step, what comes from outside comes from files.
  const given = new Map<string, Shape>([
    ...(module.files ?? []).map(({ name, shape }) => [name, shape] as const),
    ...(module.pairValues ?? []).map(({ name, pattern }) => [name, [synapseDim(pattern)]] as const),
  ])
  const initialNames: LeafNames = {
    ...naming,
    input: (name) => `this.given(${stringLiteral(name)}, ${shapeLiteral(given.get(name) ?? [])})`,
  }
  const programs: Programs = {
    initial: methods(
      singleProgram(module.graphs.init, 'initial'),
      ['initial'],
      new Identifiers(),
      initialNames,
    ),
    derived: methods(singleProgram(module.graphs.derived, 'derived'), ['derived']),
    ...windowPrograms(module, methods),
    network: methods(networkProgram(module), [
      'forward',
      'score',
      'circuit',
      'update',
      'backprop',
      'measure',
    ]),
  }
  const { program } = programs.network.writer
  const needs = needsOf(module, programs)
  const types = declarations(module, program, naming)
  const statements: (string | StatementStructures)[] = [
    headerComment(module, program, options.version),
    {
      kind: StructureKind.ImportDeclaration,
      isTypeOnly: true,
      namespaceImport: 'TF',
      moduleSpecifier: '@tensorflow/tfjs-core',
    },
    `/** A network with new weights. \`tf\` is TensorFlow.js, its backend set and ready. */
    export function create(tf: typeof TF, options: CreateOptions = {}): Network {
      return new Network(tf, options)
    }`,
    ...types.before,
    networkClass(programs, naming, needs),
    ...recordTypes(programs.network),
    ...types.after,
    ...commonTypes(module),
    metaConstant(module, program),
    ...helperFunctions(),
    ...embedded(needs, supportSources),
  ]
  const text = sourceText(statements)
  return options.isForReading === false ? text : laidOut(text)
}

/** A step backwards and the end of a window, of what learns through time. */
function windowPrograms(
  { graphs: { adjoint, learn } }: IrModule,
  methods: (program: Program, written: readonly Part[]) => MethodWriter,
): Pick<Programs, 'adjoint' | 'learn'> {
  if (!adjoint || !learn) return {}
  return {
    adjoint: methods(storingProgram(adjoint, 'adjoint'), ['adjoint']),
    learn: methods(storingProgram(learn, 'learn'), ['learn']),
  }
}

function needsOf(module: IrModule, programs: Programs): Needs {
  const text = Object.values(programs)
    .map((methods: MethodWriter) => methods.text)
    .join('\n')
  const tensors = [
    'timesTransposed',
    'exprel',
    'unlessBroken',
    'convolve',
    'convolveBack',
    'correlate',
  ] as const
  return {
    draws: distributions.filter((name) => text.includes(`this.${name}(`)),
    given: module.graphs.init.nodes.some(({ op }) => op === 'input'),
    factor: text.includes('this.factor('),
    matrices: [
      ...(text.includes('this.orthogonal(') ? (['orthogonalPart'] as const) : []),
      ...(text.includes('this.radius(') ? (['spectralRadius'] as const) : []),
    ],
    synapses: sparseFunctions.filter((name) =>
      name === 'pushed'
        ? Object.values(module.graphs).some(({ stores }) => stores.some(({ push }) => push))
        : new RegExp(`\\b${name}\\(tf, `).test(text),
    ),
    patterns: synapsesField(module),
    patternsType: synapsesType(module),
    tensors: tensors.filter((name) => text.includes(`${name}(tf, `)),
  }
}

function embedded(needs: Needs, support: SupportSources): string[] {
  const values = needs.draws.map((name) => `${name}Values`)
  if (needs.draws.includes('bernoulli')) values.push('uniformValues')
  return [
    ...(values.length > 0
      ? embed(support.random + support.poisson + support.binomial, [
          'streamKey',
          'RandomKey',
          ...values,
        ])
      : []),
    ...(needs.factor ? embed(support.svd, ['svdFactors', 'SvdFactors']) : []),
    ...embed(support.matrices, needs.matrices),
    ...embed(support.tensors, needs.tensors),
    ...embed(support.synapses, [
      ...needs.synapses,
      ...(needs.patterns === '' ? [] : ['synapsesOf', 'Synapses', 'GivenPattern']),
    ]),
  ]
}

function sourceText(statements: (string | StatementStructures)[]): string {
  const project = new Project({ useInMemoryFileSystem: true })
  const file = project.createSourceFile('module.ts', {
    statements: statements.map((statement, i) => {
      if (i < 2) return statement
      return typeof statement === 'string'
        ? `\n${statement}`
        : { ...statement, leadingTrivia: '\n' }
    }),
  })
  return file.getFullText()
}

async function laidOut(text: string): Promise<string> {
  // Loaded where somebody reads what comes out.
  const { format } = await import('prettier')
  return format(text, {
    parser: 'typescript',
    semi: false,
    singleQuote: true,
    printWidth: 100,
    trailingComma: 'all',
  })
}
