/**
 * The wasm target: a tensor program as one fused, statically planned, multi-threaded SIMD program.
 *
 * Each graph of the module gives one or two programs (learning with and without measures, answering
 * and scoring). A program is planned in steps that can be looked at by themselves: what it has to do
 * (`plan/work.ts`), which values are computed in one loop (`plan/kernels.ts`), when kernels run and
 * where values lie (`plan/schedule.ts`); then written as functions (`emit/`).
 */
import type { Graph, IrModule, IrNode } from '../../ir/ir.ts'
import { nodeAt } from '../../ir/operands.ts'
import type {
  HostOperation,
  PlacedDraw,
  PlacedTensor,
  ProgramInfo,
  ProgramName,
  ScalarStep,
  WasmArtifact,
} from '../../../contract/artifact.ts'
import { programNames } from '../../../contract/artifact.ts'
import { gatherBytes } from '../../../contract/control.ts'
import { encodeModule } from './encoder/binary.ts'
import { ModuleBuilder, type WasmModule } from './encoder/module.ts'
import { printModule } from './encoder/text.ts'
import { memoryMap, type MemoryMap } from './emit/memory-map.ts'
import { programFunction, type KernelProfile, type Planned, type Shared } from './emit/program.ts'
import {
  barrierFunction,
  runFunction,
  signalFunction,
  waitFunction,
  workFunction,
} from './emit/threads.ts'
import {
  asConvolution,
  convolutionOperations,
  convolutionScratchBytes,
} from './kernels/convolution/index.ts'
import { productScratchBytes } from './kernels/product.ts'
import { Lanes, type Precision } from './lanes.ts'
import { kernelsOf } from '../../plan/kernels.ts'
import { printPlans } from '../../plan/print.ts'
import { layoutOf, padded, sizeOf } from '../../plan/layout.ts'
import { schedule, type Place } from '../../plan/schedule.ts'
import { workOf } from '../../plan/work.ts'
import { hostScalarSteps } from './scalars.ts'

export interface WasmOptions {
  /** Default f32. */
  readonly precision?: Precision
  /** Makes a program tell the host when each of its kernels has run; for profiles. */
  readonly profile?: KernelProfile
}

/** Pages of 64 KiB: all that a 32-bit address reaches. */
const MAXIMUM_PAGES = 65_536

/** The compiled program of a module. */
export function emitWasm(module: IrModule, options: WasmOptions = {}): WasmArtifact {
  const precision = options.precision ?? 'f32'
  const programs = planPrograms(module)
  const map = memoryMap(
    module,
    streamsOf(programs),
    programs.map((each) => each.schedule),
    new Lanes(precision, true).bytes,
  )
  const operations = hostOperations(programs, map, precision)
  const build = (fused: boolean): WasmModule =>
    buildModule(module, programs, {
      map,
      operations: operations.numbers,
      lanes: new Lanes(precision, fused),
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
    storages: module.storages.map(({ name, shape, mask }) => ({
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
    files: (module.files ?? []).map(({ name, shape }) => ({
      name,
      shape,
      place: { region: 'fixed', address: map.files.get(name) ?? 0 },
    })),
    programs: programs.map((planned) => programInfo(planned, map, precision)),
    operations: operations.list,
    memory: {
      exampleBase: map.exampleBase,
      exampleBytes: map.exampleBytes,
      scratchBytes: scratchOf(programs, new Lanes(precision, true)),
      gather: map.gather,
    },
  }
}

/** The same program in WebAssembly's text format. */
export function printWasm(module: IrModule, options: WasmOptions = {}): string {
  const precision = options.precision ?? 'f32'
  const lanes = new Lanes(precision, true)
  const programs = planPrograms(module)
  const schedules = programs.map((each) => each.schedule)
  const map = memoryMap(module, streamsOf(programs), schedules, lanes.bytes)
  const { numbers } = hostOperations(programs, map, precision)
  return printModule(buildModule(module, programs, { map, operations: numbers, lanes }))
}

/** The plans of its programs as text: kernels, what is fused, where values lie, where threads meet. */
export function printPlan(module: IrModule, options: WasmOptions = {}): string {
  const precision = options.precision ?? 'f32'
  const programs = planPrograms(module)
  const schedules = programs.map((each) => each.schedule)
  const map = memoryMap(module, streamsOf(programs), schedules, new Lanes(precision, true).bytes)
  return printPlans({ name: module.name, precision, programs, map })
}

// --- plans ------------------------------------------------------------------------------------------

/** How every program of a module goes, before anything is written. */
export function planPrograms(module: IrModule): readonly Planned[] {
  const { init, step, infer, derived } = module.graphs
  const all = (graph: Graph, in_: (node: IrNode) => boolean): string[] =>
    graph.outputs.filter(({ value }) => in_(nodeAt(graph.nodes, value))).map(({ name }) => name)
  const isAt = (graph: Graph, section: string): ((name: string) => boolean) => {
    const first = graph.outputs.findIndex(
      ({ value }) => nodeAt(graph.nodes, value).section === section,
    )
    const names = new Set(first < 0 ? [] : graph.outputs.slice(first).map(({ name }) => name))
    return (name) => names.has(name)
  }
  const isMeasure = isAt(step, 'measure')
  const isScore = isAt(infer, 'score')
  const everything = all(step, () => true)
  const answers = all(infer, () => true)
  const wanted: Record<ProgramName, readonly [Graph, readonly string[], boolean]> = {
    init: [init, [], true],
    step: [step, [], true],
    measured: [step, everything.filter(isMeasure), true],
    infer: [infer, answers.filter((name) => !isScore(name)), false],
    score: [infer, answers.filter(isScore), false],
    observe: [step, everything.filter((name) => !isMeasure(name)), false],
    derived: [derived, all(derived, () => true), false],
  }
  return programNames.map((name) => {
    const [graph, outputs, stores] = wanted[name]
    const work = workOf(graph, { outputs, stores })
    const kernels = kernelsOf(work)
    return { name, work, kernels, schedule: schedule(work, kernels) }
  })
}

function streamsOf(programs: readonly Planned[]): readonly string[] {
  return [
    ...new Set(
      programs.flatMap(({ work }) =>
        work.values.flatMap(({ making }) =>
          making.kind === 'other' && making.node.op === 'random' ? [making.node.stream] : [],
        ),
      ),
    ),
  ]
}

// --- the module -------------------------------------------------------------------------------------

function buildModule(
  { inputs }: IrModule,
  programs: readonly Planned[],
  given: Pick<Shared, 'map' | 'operations' | 'lanes' | 'profile'>,
): WasmModule {
  const { map, lanes } = given
  const module = new ModuleBuilder()
  const host = module.import({ name: 'host', parameters: ['i32'], result: 'void' })
  const wait = waitFunction(module, host)
  const signal = signalFunction(module)
  const barrier = barrierFunction(module, wait, signal)
  const shared: Shared = { ...given, module, barrier, host, functions: new Map() }
  const types = programs.map((planned) => programFunction(planned, shared))
  const gathered = inputs.map(({ name, shape }, i) => {
    // Examples are the first axis, whether it is the batch or, in a circuit with a past, a number.
    const hasRows = shape.length > 1
    const elements = hasRows ? Number(layoutOf(shape).columns) : 1
    return {
      entry: map.gather + i * gatherBytes,
      perExample: map.inputs.get(name) ?? 0,
      bytes: elements * lanes.bytes,
      stride: (hasRows ? padded(elements) : 1) * lanes.bytes,
    }
  })
  const run = runFunction(module, barrier, types, gathered, map.exampleBase)
  workFunction(module, wait, run)
  const pages = Math.ceil(map.exampleBase / 65_536) + 1
  return module.build({ initialPages: pages, maximumPages: MAXIMUM_PAGES })
}

function scratchOf(programs: readonly Planned[], lanes: Lanes) {
  const inner = programs.flatMap(({ work }) =>
    work.values.flatMap(({ making, args }) => {
      if (making.kind !== 'other' || making.node.op !== 'matmul') return []
      const { rows, columns } = layoutOf(args[0]?.shape ?? [])
      return [making.node.transposeLeft ? rows : columns]
    }),
  )
  const fixed = inner.filter((dim) => dim !== 'batch')
  const most = Math.max(0, ...fixed)
  const hasBatch = inner.includes('batch')
  const many = 2 ** 20
  const growth = (productScratchBytes(lanes, many) - productScratchBytes(lanes, 0)) / many
  const convolutions = programs.flatMap(({ work }) =>
    work.values.flatMap(({ making, args, shape }) => {
      const node = making.kind === 'other' ? asConvolution(making.node) : undefined
      const shapes = args.map((operand) => operand.shape)
      return node ? [convolutionScratchBytes(lanes, { ...node, shape }, shapes)] : []
    }),
  )
  return {
    fixed: Math.max(inner.length === 0 ? 0 : productScratchBytes(lanes, most), ...convolutions),
    perExample: hasBatch ? Math.ceil(growth) : 0,
  }
}

// --- what the engine must know ----------------------------------------------------------------------

function programInfo(planned: Planned, map: MemoryMap, precision: Precision): ProgramInfo {
  const { work, schedule: planned_ } = planned
  const { steps, slots } = hostScalarSteps(work.graph, planned_.hosts)
  const placeOf = (value: number): Place => {
    const place = planned_.places[value]
    if (!place) throw new Error(`the value ${value} lies nowhere`)
    return place
  }
  const outputs = work.outputs.map(({ name, operand }): PlacedTensor => ({
    name,
    shape: operand.shape,
    place: artifactPlace(placeOf(operand.value), map, precision),
  }))
  const draws = work.values.flatMap(({ making, shape }, id): PlacedDraw[] => {
    if (making.kind !== 'other' || making.node.op !== 'random') return []
    const { stream } = making.node
    const place = artifactPlace(placeOf(id), map, precision)
    return [{ name: stream, shape, place, key: map.keys.get(stream) ?? 0 }]
  })
  return {
    name: planned.name as ProgramName,
    scalars: steps as readonly ScalarStep[],
    slots,
    outputs,
    draws,
    inputs: work.values.flatMap(({ making }) => (making.kind === 'input' ? [making.name] : [])),
    work: operationsIn(planned),
  }
}

function artifactPlace(place: Place, map: MemoryMap, precision: Precision): PlacedTensor['place'] {
  const bytes = precision === 'f32' ? 4 : 8
  switch (place.region) {
    case 'host':
      return { region: 'scalar', slot: place.slot }
    case 'storage':
      return { region: 'fixed', address: map.storages.get(place.name) ?? 0 }
    case 'input':
      return { region: 'example', bytes: map.inputs.get(place.name) ?? 0 }
    case 'program':
      return { region: 'fixed', address: map.programBase + place.offset * bytes }
    case 'example':
      return { region: 'example', bytes: map.exampleStart + place.offset * bytes }
  }
}

function hostOperations(
  programs: readonly Planned[],
  map: MemoryMap,
  precision: Precision,
): { readonly list: readonly HostOperation[]; readonly numbers: ReadonlyMap<string, number> } {
  const list: HostOperation[] = []
  const numbers = new Map<string, number>()
  for (const { name, work, schedule: planned } of programs) {
    const placed = (value: number, shape: PlacedTensor['shape']): PlacedTensor => {
      const place = planned.places[value]
      if (!place) throw new Error(`the value ${value} lies nowhere`)
      return { name: '', shape, place: artifactPlace(place, map, precision) }
    }
    work.values.forEach(({ making, args, shape }, id) => {
      if (making.kind !== 'other' || making.node.op !== 'factor') return
      const [operand] = args
      if (!operand) throw new Error('a factor is of a matrix')
      const { rank, side } = making.node
      numbers.set(`${name} ${id}`, list.length)
      list.push({
        operand: placed(operand.value, operand.shape),
        result: placed(id, shape),
        rank,
        side,
      })
    })
  }
  return { list, numbers }
}

/** Floating-point operations: two for each multiply-add, one for each element of everything else. */
function operationsIn({ work }: Planned): ProgramInfo['work'] {
  let fixed = 0
  let perExample = 0
  const count = (elements: number, isPerExample: boolean): void => {
    if (isPerExample) perExample += elements
    else fixed += elements
  }
  for (const { making, args, shape } of work.values) {
    if (making.kind !== 'map' && making.kind !== 'other') continue
    const { elements, per } = sizeOf(layoutOf(shape))
    if (making.kind === 'other' && making.node.op === 'matmul') {
      const { rows, columns } = layoutOf(args[0]?.shape ?? [])
      const inner = making.node.transposeLeft ? rows : columns
      count(2 * elements * (inner === 'batch' ? 1 : inner), per === 'example' || inner === 'batch')
      continue
    }
    const convolution = making.kind === 'other' ? asConvolution(making.node) : undefined
    if (convolution) {
      const shapes = args.map((operand) => operand.shape)
      const { count: all, isPerExample } = convolutionOperations({ ...convolution, shape }, shapes)
      count(all, isPerExample)
    } else count(elements, per === 'example')
  }
  return { fixed, perExample }
}
