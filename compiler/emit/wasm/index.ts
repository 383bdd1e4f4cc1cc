/**
 * The wasm target: a tensor program as one fused, statically planned, multi-threaded SIMD program.
 *
 * What it does is decided before: programs, kernels and where values lie in `compiler/plan/`, the loops in
 * `compiler/code/`. Here they are rendered (`render.ts`) and encoded (`encoder/`).
 */
import type { IrModule } from '../../ir/ir.ts'
import type { Precision, WasmArtifact } from '../../../contract/artifact.ts'
import { Lanes } from '../../code/lanes.ts'
import type { KernelProfile, Shared } from '../../code/frame.ts'
import { codeOf } from '../../code/programs.ts'
import { scratchOf } from '../../code/scratch.ts'
import { withFixed } from '../../plan/fixed.ts'
import { hostOperations, programInfo } from '../../plan/describe.ts'
import { givenTo, memoryMap } from '../../plan/memory-map.ts'
import { printPlans } from '../../plan/print.ts'
import { tapeSize } from '../../plan/tape.ts'
import { planPrograms, streamsOf, type Planned } from '../../plan/programs.ts'
import { encodeModule } from './encoder/binary.ts'
import type { WasmModule } from './encoder/module.ts'
import { printModule } from './encoder/text.ts'
import { wasmMachine } from './machine.ts'
import { renderModule } from './render.ts'

export interface WasmOptions {
  /** Default f32. */
  readonly precision?: Precision
  /** Makes a program tell the host when each of its kernels has run; for profiles. */
  readonly profile?: KernelProfile
}

/** Pages of 64 KiB: all that a 32-bit address reaches. */
const MAXIMUM_PAGES = 65_536

const bytesOf = (precision: Precision): number => (precision === 'f32' ? 4 : 8)

/** The compiled program of a module. */
export function emitWasm(given: IrModule, options: WasmOptions = {}): WasmArtifact {
  const module = withFixed(given)
  const precision = options.precision ?? 'f32'
  const programs = planPrograms(module, wasmMachine)
  const map = memoryMap(module, streamsOf(programs), programs, {
    machine: wasmMachine,
    bytes: bytesOf(precision),
  })
  const operations = hostOperations(programs, map, precision)
  const build = (fused: boolean): WasmModule =>
    rendered(module, programs, {
      map,
      operations: operations.numbers,
      lanes: new Lanes(wasmMachine, precision, fused),
      ...(options.profile && { profile: options.profile }),
    })
  return {
    kind: 'wasm',
    name: module.name,
    precision,
    fused: encodeModule(build(true)),
    plain: encodeModule(build(false)),
    params: module.params.map(({ name, value, kind, minimum, maximum }) => ({
      name,
      value,
      kind,
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    })),
    rates: module.rates,
    storages: given.storages.map(({ name, shape, mask }) => ({
      name,
      shape,
      ...(mask !== undefined && { mask }),
      place: { region: 'fixed', address: map.storages.get(name) ?? 0 },
    })),
    inputs: module.inputs.map(({ name, shape, inference }) => ({
      name,
      shape,
      inference,
      place: { region: 'example', bytes: map.inputs.get(name) ?? 0 },
    })),
    files: givenTo(module).map(({ name, shape }) => ({
      name,
      shape,
      place: { region: 'fixed', address: map.files.get(name) ?? 0 },
    })),
    programs: programs.map((planned) => programInfo(planned, map, precision)),
    operations: operations.list,
    patterns: [...map.tables.patterns.values()],
    delays: [...map.tables.delays.values()],
    rings: [...map.tables.rings.values()],
    ones: [...map.tables.ones.values()],
    ...(map.tables.visitAll !== undefined && { visitAll: map.tables.visitAll }),
    ...(map.events && { events: map.events }),
    memory: {
      exampleBase: map.exampleBase,
      exampleBytes: map.exampleBytes,
      scratchBytes: scratchOf(programs, new Lanes(wasmMachine, precision, true)),
      gather: map.gather,
    },
  }
}

/** The same program in WebAssembly's text format. */
export function printWasm(given: IrModule, options: WasmOptions = {}): string {
  const module = withFixed(given)
  const precision = options.precision ?? 'f32'
  const lanes = new Lanes(wasmMachine, precision, true)
  const programs = planPrograms(module, wasmMachine)
  const map = memoryMap(module, streamsOf(programs), programs, {
    machine: wasmMachine,
    bytes: lanes.bytes,
  })
  const { numbers } = hostOperations(programs, map, precision)
  return printModule(rendered(module, programs, { map, operations: numbers, lanes }))
}

/**
 * The plans of its programs as text: kernels, what is fused, where values lie, where threads meet. `notes` are
 * lines on what was decided before there was a plan.
 */
export function printPlan(
  given: IrModule,
  options: WasmOptions & { readonly notes?: readonly string[] } = {},
): string {
  const module = withFixed(given)
  const precision = options.precision ?? 'f32'
  const programs = planPrograms(module, wasmMachine)
  const map = memoryMap(module, streamsOf(programs), programs, {
    machine: wasmMachine,
    bytes: bytesOf(precision),
  })
  const { name } = module
  const tape = tapeSize(module, wasmMachine, bytesOf(precision))
  const { notes = [] } = options
  return printPlans({ name, precision, programs, map, notes, ...(tape && { tape }) })
}

function rendered(
  module: IrModule,
  programs: readonly Planned[],
  given: Pick<Shared, 'map' | 'operations' | 'lanes' | 'profile'>,
): WasmModule {
  const initialPages = Math.ceil(given.map.exampleBase / 65_536) + 1
  const memory = { initialPages, maximumPages: MAXIMUM_PAGES }
  return renderModule(codeOf(module, programs, given), memory)
}
