/**
 * Public functions called with nonsense, as programs in JavaScript may: each ends in one sentence of an error that docs/api.md
 * lists, before anything is done; none in a TypeError from inside.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as compiler from '../../compiler/index.ts'
import * as ccn from '../../project/index.ts'
import * as browser from '../../runtime/browser.ts'
import * as runtime from '../../runtime/node/index.ts'
import * as service from '../../service/index.ts'

const entries: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ccn,
  'ccn/service': service,
  'ccn/compiler': compiler,
  'ccn/runtime': runtime,
  'ccn/browser': browser,
}

/** Takes nothing, and loads every engine. */
const without = new Set(['listEngines'])

const documented = [
  ccn.CompileError,
  ccn.DataError,
  ccn.EngineError,
  ccn.IoError,
  ccn.ProjectError,
  ccn.RunError,
  service.CallError,
]

const throws = (): never => {
  throw new Error('a trap')
}
const trap = new Proxy({}, { get: throws, has: throws, ownKeys: throws, getPrototypeOf: throws })
const revoked = Proxy.revocable({}, {})
revoked.revoke()

const nonsense: readonly unknown[] = [
  undefined,
  null,
  42,
  Number.NaN,
  10n,
  true,
  Symbol('s'),
  '',
  'a\0b',
  'x'.repeat(5000),
  [],
  [1],
  {},
  { read: 3 },
  { nodes: 3, span: null, kind: 'x', plan: 3, table: [] },
  Object.create(null),
  () => {},
  async () => {},
  new Map([[1, 2]]),
  new Uint8Array(3),
  new Date(Number.NaN),
  trap,
  revoked.proxy,
]

type Callable = (...given: readonly unknown[]) => unknown
type Class = new (...given: readonly unknown[]) => object

/** What a call ends in that is no documented error, as one line. */
async function undocumented(call: () => unknown): Promise<string | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    const isOurs = documented.some((each) => error instanceof each)
    if (isOurs && /^[^\n]+\.$/.test((error as Error).message)) return undefined
    return String(error)
  }
}

const isClass = (value: unknown): value is Class =>
  typeof value === 'function' && String(value).startsWith('class ')
const isError = (value: unknown): boolean => isClass(value) && value.prototype instanceof Error

/** Ways to call what an entry gives, by name. */
function waysOf(
  entry: Readonly<Record<string, unknown>>,
): readonly (readonly [string, Callable])[] {
  return Object.entries(entry).flatMap(([name, value]): (readonly [string, Callable])[] => {
    if (typeof value !== 'function' || isError(value) || without.has(name)) return []
    if (!isClass(value)) return [[name, value as Callable]]
    const statics = Object.getOwnPropertyNames(value).flatMap(
      (each): (readonly [string, Callable])[] => {
        const method: unknown = Object.getOwnPropertyDescriptor(value, each)?.value
        if (typeof method !== 'function') return []
        return [[`${name}.${each}`, (...given) => (method as Callable).apply(value, [...given])]]
      },
    )
    return [[`new ${name}`, (...given) => new value(...given)], ...statics]
  })
}

let folder = ''
const before = process.cwd()
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ccn-calls-'))
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

const path = '/project/main.ccn'
const source = 'model m\ncell Unit { input x  event e = x }\npopulation h[3] : Unit\n'
const host = ccn.memoryHost({ 'main.ccn': source })
const compilation = compiler.compile(path, host)
const workspace = new service.Workspace(host)
const description = workspace.describe(path)
const number = { kind: 'number', text: '1' }

/** Calls whose first arguments are right: nonsense takes the place of the one behind them. */
const later: readonly (readonly [string, Callable, readonly unknown[]])[] = [
  ...Object.entries(ccn).flatMap(
    ([name, value]): (readonly [string, Callable, readonly unknown[]])[] =>
      typeof value === 'function' && !isClass(value) && !['sweep', 'train'].includes(name)
        ? [[name, value as Callable, ['none.ccn']]]
        : [],
  ),
  ['ccn.compile', (options) => ccn.compile('main.ccn', options as object), []],
  ['host', (given) => ccn.compile('main.ccn', { host: given as typeof host }), []],
  ['compile', compiler.compile as Callable, [path]],
  ['compile', compiler.compile as Callable, [path, host]],
  ['emitProgram', compiler.emitProgram as Callable, ['wasm', compilation.ir]],
  ['emitProgram', compiler.emitProgram as Callable, ['wasm', compilation.ir, new Map()]],
  ['emitWasm', compiler.emitWasm as Callable, [compilation.ir]],
  ['printPlan', compiler.printPlan as Callable, [compilation.ir]],
  ['printIr', compiler.printIr as Callable, [compilation.ir]],
  ['optimise', compiler.optimise as Callable, [compilation.ir]],
  ['checkAll', service.checkAll as Callable, [path]],
  ['checkAll', service.checkAll as Callable, [path, host]],
  ['countOf', service.countOf as Callable, [[]]],
  ['renderDescription', service.renderDescription as Callable, [compilation]],
  ['renderDescription', service.renderDescription as Callable, [compilation, 'text']],
  ['drawDiagram', service.drawDiagram as Callable, [description]],
  ['mathML', service.mathML as Callable, [number]],
  ['mathLatexLines', service.mathLatexLines as Callable, [[number]]],
  ['hostInMemory', service.hostInMemory as Callable, [{}]],
  ...(
    ['open', 'close', 'check', 'diagnose', 'describe', 'definition', 'hover', 'format'] as const
  ).flatMap((name): (readonly [string, Callable, readonly unknown[]])[] => {
    const method = (...given: readonly unknown[]) =>
      (workspace[name] as Callable).apply(workspace, [...given])
    return [
      [name, method, []],
      [name, method, [path]],
    ]
  }),
  ['RunFolder.open', (...given) => (runtime.RunFolder.open as Callable)(...given), ['none']],
  ['overridePlan', runtime.overridePlan as Callable, [compilation.plan]],
  ['selectEngine', runtime.selectEngine as Callable, ['wasm']],
  ['fetchDataset', runtime.fetchDataset as Callable, ['none']],
  ['readCheckpoint', runtime.readCheckpoint as Callable, ['none']],
  ['decodeSafetensors', runtime.decodeSafetensors as Callable, [new Uint8Array(0)]],
  ['loadArtifact', browser.loadArtifact as Callable, ['{}']],
]

describe('nonsense in place of', () => {
  it.each(Object.entries(entries))('the first argument of what %s gives', async (_, entry) => {
    const ways = waysOf(entry)
    expect(ways.length).toBeGreaterThan(5)
    const found: string[] = []
    for (const [name, call] of ways)
      for (const [i, given] of nonsense.entries()) {
        const error = await undocumented(() => call(given))
        if (error !== undefined) found.push(`${name}, nonsense ${i}: ${error}`)
      }
    expect(found).toEqual([])
  })

  it('a later argument', async () => {
    const found: string[] = []
    for (const [name, call, first] of later)
      for (const [i, given] of nonsense.entries()) {
        const error = await undocumented(() => call(...first, given))
        if (error !== undefined) found.push(`${name}, nonsense ${i}: ${error}`)
      }
    expect(found).toEqual([])
  })

  it.each([
    [() => compiler.compile(path, JSON.parse('{"read": 3}')), 'compile is called with a host: an'],
    [
      () => compiler.compile(path, host, JSON.parse('{"untill": "ir"}')),
      'has no option untill. It',
    ],
    [() => workspace.hover(path, Number.NaN), 'a whole number of at least 0, not NaN.'],
    [() => service.format(JSON.parse('3'), 'a'), 'format is called with a text, not 3.'],
    [() => service.mathText(JSON.parse('{"kind": "sum"}')), 'mathText is called with mathematics,'],
    [() => browser.loadArtifact('{', {}), 'This is not the data of a circuit that'],
  ])('%s', (call, said) => {
    expect(call).toThrow(said)
  })

  it('a text that a host reads', () => {
    const promising = { ...host, read: () => Promise.resolve('model m') } as unknown as typeof host
    const [found] = compiler.compile(path, promising).diagnostics
    expect(found?.message).toContain('its host gives a promise, not a text')
  })
})
