/**
 * The compiler's functions as other programs call them: what they cannot take ends in a CallError before anything is done.
 * Rooms of the house import the functions themselves.
 */
import * as v from 'valibot'
import { called, calledLater } from '../contract/calls/call.ts'
import {
  call,
  having,
  host,
  isListed,
  lists,
  named,
  oneOf,
  optional,
  sources,
  texts,
} from '../contract/calls/values.ts'
import { printAst as ast } from '../grammar/print-tree.ts'
import { compile as compileFile } from './compile.ts'
import * as emitted from './emitted.ts'
import { compileOptions } from './options.ts'
import * as wasm from './emit/wasm/index.ts'
import { print } from './ir/print.ts'
import { keptTexts as kept } from './model/patterns/kept.ts'
import { printModel as model } from './model/print.ts'
import { optimise as run } from './passes/index.ts'

const isGraph = (value: unknown): boolean => isListed(value, ['nodes', 'outputs', 'stores'])

/** The tensor program of a compilation. */
const isModule = (value: unknown): boolean => {
  if (!isListed(value, ['params', 'storages', 'inputs', 'rates'])) return false
  const { graphs } = value as { readonly graphs?: Readonly<Record<string, unknown>> }
  return ['init', 'infer', 'step', 'derived'].every((each) => isGraph(graphs?.[each]))
}
const ir = v.custom(isModule, 'the `ir` of a compilation')
const subject = v.custom(
  (value) => isModule(value) || isGraph(value),
  'the `ir` of a compilation, or a graph of it',
)
const bound = lists(
  ['params', 'populations', 'connections', 'matrices', 'patterns'],
  'the `model` of a compilation',
)
const wasmOptions = {
  table: {
    precision: oneOf('f32', 'f64'),
    profile: having(['program', 'repeat'], 'a program and how often'),
  },
}

/** Compiles the file at an absolute path; see `compile.ts`. Throws CallError. */
export const compile: typeof compileFile = called(
  'compile',
  [named('the path of a file'), host, compileOptions],
  compileFile,
)

/** The tfjs target's TypeScript module. Rejects with CallError. */
export const emitTypeScript: typeof emitted.emitTypeScript = calledLater(
  'emitTypeScript',
  [ir, optional(sources)],
  emitted.emitTypeScript,
)

/** The same as JavaScript, for an engine that runs it at once. Rejects with CallError. */
export const emitJavaScript: typeof emitted.emitJavaScript = calledLater(
  'emitJavaScript',
  [ir, optional(sources)],
  emitted.emitJavaScript,
)

/** What an engine of that target runs; see `emitted.ts`. Rejects with CallError. */
export const emitProgram: typeof emitted.emitProgram = calledLater(
  'emitProgram',
  [oneOf('tfjs', 'wasm'), ir, optional(sources), wasmOptions],
  emitted.emitProgram,
)

/** The compiled program of a module. Throws CallError. */
export const emitWasm: typeof wasm.emitWasm = called('emitWasm', [ir, wasmOptions], wasm.emitWasm)

/** The plan of the wasm target as text. Throws CallError. */
export const printPlan: typeof wasm.printPlan = called(
  'printPlan',
  [ir, { table: { ...wasmOptions.table, notes: texts } }],
  wasm.printPlan,
)

/** The program of the wasm target as text. Throws CallError. */
export const printWasm: typeof wasm.printWasm = called(
  'printWasm',
  [ir, wasmOptions],
  wasm.printWasm,
)

/** The text of a graph or a module. Throws CallError. */
export const printIr: typeof print = called(
  'printIr',
  [subject, { table: { locate: call } }],
  print,
)

/** The syntax tree of a file as text. Throws CallError. */
export const printAst: typeof ast = called(
  'printAst',
  [having(['kind', 'items', 'text'], 'the `ast` of a compilation')],
  ast,
)

/** A model as text. Throws CallError. */
export const printModel: typeof model = called('printModel', [bound], model)

/** A line for each pattern and each mask: how weights are kept, and why. Throws CallError. */
export const keptTexts: typeof kept = called('keptTexts', [bound], kept)

/** The module with all its graphs optimised. Throws CallError. */
export const optimise: typeof run = called(
  'optimise',
  [ir, { table: { printAfter: texts, onPass: call, onUnsettled: call } }],
  run,
)
