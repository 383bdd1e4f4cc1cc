/**
 * A module in WebAssembly's text format, folded and indented, with the names and comments that the
 * emitter gave: for people.
 */
import { lineComment } from '../../../../contract/escape.ts'
import type { Code, FunctionType, Local } from './code.ts'
import { instructions, type ImmediateKind } from './instructions.ts'
import type { WasmFunction, WasmModule } from './module.ts'

const WIDTH = 100

/** The text of a module. */
export function printModule(module: WasmModule): string {
  const { initialPages, maximumPages } = module.memory
  const lines = [
    '(module',
    `  (import "env" "memory" (memory ${initialPages} ${maximumPages} shared))`,
    ...module.imports.map((type) => `  (import "env" "${type.name}" (func ${signature(type)}))`),
    ...module.globals.map(({ name, type, initial, mutable }) => {
      const shown = mutable ? `(mut ${type})` : type
      return `  (global $${name} ${shown} (${type}.const ${initial}))`
    }),
    ...module.functions.flatMap(printFunction),
    ')',
  ]
  return `${lines.join('\n')}\n`
}

function signature({ name, parameters, result }: FunctionType): string {
  const taken = parameters.length > 0 ? ` (param ${parameters.join(' ')})` : ''
  return `$${name}${taken}${result === 'void' ? '' : ` (result ${result})`}`
}

function printFunction({ type, parameters, locals, body, exported, comment }: WasmFunction) {
  const shown = parameters.map((each) => ` (param $${each.name} ${each.type})`).join('')
  const result = type.result === 'void' ? '' : ` (result ${type.result})`
  return [
    ...(comment === undefined
      ? []
      : comment.split('\n').map((line) => `  ;; ${lineComment(line)}`)),
    `  (func $${type.name}${exported ? ` (export "${type.name}")` : ''}${shown}${result}`,
    ...locals.map((each) => `    (local $${each.name} ${each.type})`),
    ...body.flatMap((code) => printCode(code, 4)),
    '  )',
  ]
}

function printCode(code: Code, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const head = headOf(code)
  const parts = partsOf(code)
  const flat = parts.every((part) => part.heading === undefined)
    ? oneLine(code, WIDTH - indent)
    : undefined
  if (flat !== undefined) return [pad + flat]
  return [
    `${pad}(${head}`,
    ...parts.flatMap(({ heading, codes }) => [
      ...(heading === undefined ? [] : [`${pad}  (${heading}`]),
      ...codes.flatMap((each) => printCode(each, indent + (heading === undefined ? 2 : 4))),
      ...(heading === undefined ? [] : [`${pad}  )`]),
    ]),
    `${pad})`,
  ]
}

/** The code on one line, if it fits. */
function oneLine(code: Code, width: number): string | undefined {
  const head = headOf(code)
  let left = width - head.length - 2
  const shown: string[] = []
  for (const part of partsOf(code)) {
    if (part.heading !== undefined || code.kind === 'block' || code.kind === 'loop')
      return undefined
    for (const each of part.codes) {
      const text = left > 0 ? oneLine(each, left - 1) : undefined
      if (text === undefined) return undefined
      shown.push(text)
      left -= text.length + 1
    }
  }
  return left < 0 ? undefined : `(${[head, ...shown].join(' ')})`
}

interface PrintedPart {
  readonly heading?: string
  readonly codes: readonly Code[]
}

function partsOf(code: Code): readonly PrintedPart[] {
  switch (code.kind) {
    case 'op':
    case 'call':
    case 'select':
      return [{ codes: code.args }]
    case 'set':
    case 'tee':
    case 'globalSet':
    case 'drop':
      return [{ codes: [code.value] }]
    case 'return':
      return [{ codes: code.value ? [code.value] : [] }]
    case 'br':
      return [{ codes: code.test ? [code.test] : [] }]
    case 'block':
    case 'loop':
      return [{ codes: code.body }]
    case 'if':
      return [
        { codes: [code.test] },
        { heading: 'then', codes: code.then },
        ...(code.otherwise.length > 0 ? [{ heading: 'else', codes: code.otherwise }] : []),
      ]
    case 'const':
    case 'get':
    case 'globalGet':
    case 'unreachable':
      return []
  }
}

function headOf(code: Code): string {
  const named = ({ name }: Local): string => `$${name}`
  switch (code.kind) {
    case 'const':
      return `${code.type}.const ${printNumber(code.value)}`
    case 'op':
      return `${code.name}${immediates(code)}`
    case 'get':
      return `local.get ${named(code.local)}`
    case 'set':
      return `local.set ${named(code.local)}`
    case 'tee':
      return `local.tee ${named(code.local)}`
    case 'globalGet':
      return `global.get $${code.global.name}`
    case 'globalSet':
      return `global.set $${code.global.name}`
    case 'call':
      return `call $${code.target.name}`
    case 'block':
    case 'loop':
      return `${code.kind} $${code.label}`
    case 'if':
      return 'if'
    case 'br':
      return `${code.test ? 'br_if' : 'br'} $${code.label}`
    case 'select':
      return `select (result ${code.type})`
    case 'return':
      return 'return'
    case 'drop':
      return 'drop'
    case 'unreachable':
      return 'unreachable'
  }
}

function immediates({ name, offset, lane, bytes }: Code & { readonly kind: 'op' }): string {
  const row = instructions[name] as readonly [number, number, string, ImmediateKind?]
  const shownOffset = offset === 0 ? '' : ` offset=${offset}`
  switch (row[3]) {
    case 'memory':
      return shownOffset
    case 'memoryLane':
      return `${shownOffset} ${lane}`
    case 'lane':
      return ` ${lane}`
    case 'bytes16':
      if (name === 'v128.const') {
        const view = new DataView((bytes ?? new Uint8Array(16)).buffer)
        const words = [0, 4, 8, 12].map((at) => view.getUint32(at, true))
        return ` i32x4 ${words.map((word) => `0x${word.toString(16).padStart(8, '0')}`).join(' ')}`
      }
      return ` ${[...(bytes ?? [])].join(' ')}`
    default:
      return ''
  }
}

function printNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : String(value)
}
