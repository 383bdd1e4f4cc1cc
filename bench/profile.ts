/**
 * Where a step goes, kernel by kernel, on one thread: the step program calls the host after each of its
 * kernels, which takes the time. For a small circuit every kernel runs many times in a row, since the
 * call itself takes as long as a kernel; then its numbers are in the nearest cache, as they are there
 * in a real step too.
 */
import { wasmMachine } from '../compiler/emit/wasm/machine.ts'
import { emitWasm } from '../compiler/emit/wasm/index.ts'
import { asConvolution, convolutionOperations } from '../compiler/plan/cost.ts'
import { planPrograms, type Planned } from '../compiler/plan/programs.ts'
import { layoutOf } from '../compiler/plan/layout.ts'
import { producerOf, type Kernel } from '../compiler/plan/kernels.ts'
import type { Dim } from '../compiler/ir/ir.ts'
import { nodeAt } from '../compiler/ir/operands.ts'
import { nodeHost } from '../runtime/node/engine/wasm-host.ts'
import { WasmNetwork, type Machine } from '../runtime/engine/wasm/network.ts'
import { webAssembly } from '../runtime/engine/wasm/webassembly.ts'
import {
  burstCircuit,
  convolutionCircuit,
  examples,
  smallCircuit,
  type Circuit,
} from './circuits.ts'
import { machine } from './machine.ts'
import { figures, median, table } from './statistics.ts'
import { sizeOfDim } from '../compiler/ir/shapes.ts'

/** Untimed rounds, for V8 to compile, and timed ones. */
const WARMING = 200
const ROUNDS = 400
/** The same of a circuit whose step takes tens of milliseconds. */
const SLOW = 10

export async function benchProfile(): Promise<void> {
  console.log(machine())
  await profile(convolutionCircuit(32), 1, SLOW)
  await profile(burstCircuit(4, 500, 32), 1)
  await profile(burstCircuit(4, 500, 256), 1)
  await profile(smallCircuit(), 500)
}

async function profile(circuit: Circuit, repeat: number, slow = 1): Promise<void> {
  const { ir, peer } = circuit
  const planned = planPrograms(ir, wasmMachine).find(({ name }) => name === 'step')
  if (!planned) throw new Error('there is no step program')
  const { steps } = planned.schedule
  const artifact = emitWasm(ir, { profile: { program: 'step', repeat } })
  const module = await webAssembly.compile(
    nodeHost.features().relaxedSimd ? artifact.fused : artifact.plain,
  )
  const initial = Math.ceil(artifact.memory.exampleBase / 65_536) + 1
  const memory = new webAssembly.Memory({ initial, maximum: 65_536, shared: true })
  const operations: Machine['operations'] = { run: () => undefined }
  const host = (operation: number): void => operations.run(operation)
  const { run, signal } = new webAssembly.Instance(module, { env: { memory, host } }).exports
  if (!run || !signal) throw new Error('the program lacks its entry points')
  const network = new WasmNetwork(
    artifact,
    {
      memory,
      exports: { run, signal },
      threads: 1,
      adapts: false,
      maySleep: true,
      operations,
      terminate: () => undefined,
    },
    { seed: 1 },
  )
  let last = 0
  const times: number[][] = steps.map(() => [])
  operations.run = (operation) => {
    const now = performance.now()
    times[-1 - operation]?.push(((now - last) * 1000) / repeat)
    last = performance.now()
  }
  const presented = examples(circuit, peer.batch)
  // Without learning, since repeated kernels would learn repeatedly; the work is the same.
  const rates = repeat > 1 ? Object.fromEntries(ir.rates.map(({ name }) => [name, 0])) : {}
  const warming = WARMING / slow
  const rounds = ROUNDS / slow
  for (let round = 0; round < warming + rounds; round++) {
    if (round === warming) for (const each of times) each.length = 0
    last = performance.now()
    network.step(peer.batch, presented, rates)
  }
  network.dispose()
  report(circuit, planned, times, rounds)
}

function report(
  { name, peer: { batch } }: Circuit,
  planned: Planned,
  times: readonly (readonly number[])[],
  rounds: number,
): void {
  const least = times.map((each) => Math.min(...each))
  const total = least.reduce((sum, each) => sum + each, 0)
  const rows = planned.schedule.steps.map(({ kernel }, i) => {
    const time = least[i] ?? Number.NaN
    const work = multiplications(planned, kernel, batch)
    return {
      time,
      cells: [
        `${i}`,
        describe(planned, kernel, batch),
        figures(time),
        figures(median(times[i] ?? [])),
        `${((100 * time) / total).toFixed(1)} %`,
        work > 0 ? ((2 * work) / time / 1000).toFixed(1) : '',
      ],
    }
  })
  console.log(
    `\n${name}: µs of every kernel of a step on one thread (${rounds} rounds); ` +
      `together ${figures(total)} at least\n`,
  )
  const head = ['', 'kernel', 'least', 'median', 'share', 'GFLOP/s']
  console.log(table([head, ...rows.toSorted((a, b) => b.time - a.time).map(({ cells }) => cells)]))
}

const sizeIn = (dim: Dim, batch: number): number => sizeOfDim(dim, batch)

/** Multiply-adds of a product; 0 of anything else. */
function multiplications({ work }: Planned, kernel: Kernel, batch: number): number {
  if (kernel.kind === 'convolution') {
    const { making, args, shape } = nodeAt(work.values, producerOf(kernel))
    const node = making.kind === 'other' ? asConvolution(making.node) : undefined
    if (!node) return 0
    const shapes = args.map((operand) => operand.shape)
    const { count, isPerExample } = convolutionOperations({ ...node, shape }, shapes)
    return (count * (isPerExample ? batch : 1)) / 2
  }
  if (kernel.kind !== 'product') return 0
  const { rows, columns } = kernel.space
  return sizeIn(rows, batch) * sizeIn(columns, batch) * innerSize(work, kernel, batch)
}

function innerSize(work: Planned['work'], kernel: Kernel, batch: number): number {
  const { making, args } = nodeAt(work.values, producerOf(kernel))
  const transposed =
    making.kind === 'other' && making.node.op === 'matmul' && making.node.transposeLeft
  const { rows, columns } = layoutOf(args[0]?.shape ?? [])
  return sizeIn(transposed ? rows : columns, batch)
}

/** What a kernel is, its size, and the names of what it computes. */
function describe({ work, schedule }: Planned, kernel: Kernel, batch: number): string {
  const { rows, columns } = kernel.space
  const size = `${sizeIn(rows, batch)} x ${sizeIn(columns, batch)}`
  const inner = kernel.kind === 'product' ? `, sums of ${innerSize(work, kernel, batch)}` : ''
  const ids = [
    ...kernel.inner,
    ...kernel.members,
    ...(kernel.producer === undefined ? [] : [kernel.producer]),
  ]
  const names = ids.flatMap((id) => {
    const place = schedule.places[id]
    if (place?.region === 'storage') return [place.name]
    return nodeAt(work.values, id).name ?? []
  })
  const members = kernel.members.length > 0 ? ` + ${kernel.members.length}` : ''
  return `${kernel.kind}${members} ${size}${inner}: ${[...new Set(names)].slice(0, 6).join(', ')}`
}
