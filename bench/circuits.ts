/** The circuits of the benchmarks, and CCN's engines as contenders that run them. */
import { compile, emitProgram, type IrModule, type Sources } from '../compiler/index.ts'
import { selectEngine, type EngineName } from '../runtime/node/engine/index.ts'
import type { ExampleTable, Network, StepBlock } from '../runtime/engine/network.ts'
import { host, root } from '../specs/helpers/repository.ts'
import type { Contender } from './contest.ts'
import type { PeerCircuit } from './peer.ts'
import { elementCount } from '../compiler/ir/shapes.ts'

/** A compiled circuit, with what a peer needs to run the same. */
export interface Circuit {
  readonly name: string
  readonly ir: IrModule
  readonly sources: Sources
  readonly peer: PeerCircuit
}

/** BurstCCN with fixed random feedback: `examples/burstccn.ccn`. */
export function burstCircuit(layers: number, hidden: number, batch: number): Circuit {
  const sizes = [784, ...Array.from({ length: layers }, () => hidden), 10]
  return {
    name: `${sizes.join('-')}, batch ${batch}`,
    ...compiled('examples/burstccn.ccn', { layers: String(layers), hidden: String(hidden) }),
    peer: { sizes, batch, rate: 0.15, decay: 5e-5 },
  }
}

/** The convolutional circuit of `examples/cifar10.ccn`, as published: feedback tied to W. */
export function convolutionCircuit(batch: number): Circuit {
  return {
    name: `CIFAR-10 circuit, batch ${batch}`,
    ...compiled('examples/cifar10.ccn', {}),
    peer: { script: 'torch_conv_step.py', sizes: [3072, 10], batch, rate: 0.001, decay: 1e-4 },
  }
}

/** 3-50-1, one example a step: `bench/small.ccn`. */
export function smallCircuit(): Circuit {
  return {
    name: '3-50-1, batch 1',
    ...compiled('bench/small.ccn', {}),
    peer: { sizes: [3, 50, 1], batch: 1, rate: 0.1, decay: 0 },
  }
}

function compiled(
  path: string,
  set: Readonly<Record<string, string>>,
): { readonly ir: IrModule; readonly sources: Sources } {
  const { ir, sources, diagnostics } = compile(`${root}/${path}`, host, { set })
  if (!ir) throw new Error(diagnostics.map((found) => found.message).join('\n'))
  return { ir, sources }
}

/** Examples of made-up data: what they are does not matter, but activities should be usual ones. */
export function examples(
  { ir, peer }: Circuit,
  count: number,
): Readonly<Record<string, Float32Array>> {
  const outputs = peer.sizes.at(-1) ?? 1
  return Object.fromEntries(
    ir.inputs.map(({ name, shape }) => {
      const width = elementCount(shape, 1)
      if (name !== 'y.target') {
        return [name, Float32Array.from({ length: count * width }, (_, i) => Math.sin(i * i))]
      }
      const target = new Float32Array(count * outputs)
      for (let i = 0; i < count; i++) {
        if (outputs > 1) target[i * outputs + ((i * 7) % outputs)] = 1
        else target[i] = 0.5 + 0.4 * Math.sin(i)
      }
      return [name, target]
    }),
  )
}

export interface CcnOptions {
  readonly engine: EngineName
  readonly threads?: number
  /** Steps in blocks that gather from a table, as training does them, or each with inputs from outside. */
  readonly blocks?: boolean
}

/** A network of a circuit; the caller disposes of it. */
export async function networkOf(
  { ir, sources, peer }: Circuit,
  { engine: name, threads }: CcnOptions,
): Promise<Network> {
  const engine = await selectEngine(name, threads === undefined ? {} : { threads })
  const program = await emitProgram(engine.target, ir, sources)
  return engine.instantiate(program, { seed: 1, batch: peer.batch })
}

/** Rows of the table that blocks gather from. */
const TABLE = 4096

/** CCN on one of its engines. */
export async function ccnContender(circuit: Circuit, options: CcnOptions): Promise<Contender> {
  const network = await networkOf(circuit, options)
  const { batch } = circuit.peer
  const presented = examples(circuit, batch)
  const one = examples(circuit, 1)
  const steps = options.blocks ? network.steps?.bind(network) : undefined
  const run = steps
    ? blockRunner(steps, circuit)
    : (count: number): void => {
        for (let i = 0; i < count; i++) network.step(batch, presented)
        // Engines may compute only when something is asked of them.
        network.infer(1, one)
      }
  return {
    name: nameOf(options),
    async time(count) {
      const start = performance.now()
      run(count)
      return (performance.now() - start) / 1000
    },
    close: () => network.dispose(),
  }
}

function nameOf({ engine, threads, blocks }: CcnOptions): string {
  const on = threads === undefined ? '' : `, ${threads} thread${threads > 1 ? 's' : ''}`
  return `CCN ${engine}${on}${blocks ? ', blocks' : ''}`
}

function blockRunner(steps: (block: StepBlock) => void, circuit: Circuit): (count: number) => void {
  const { batch } = circuit.peer
  const rows = examples(circuit, TABLE)
  const table: ExampleTable = {
    inputs: Object.fromEntries(
      Object.entries(rows).map(([name, values]) => [name, { rows: values }]),
    ),
  }
  let order = new Uint32Array()
  return (count) => {
    if (order.length < count * batch) {
      // An odd factor makes a permutation of the table's rows.
      order = Uint32Array.from({ length: count * batch }, (_, i) => (i * 1237) % TABLE)
    }
    steps({ table, order: order.subarray(0, count * batch), batch, rates: [{}] })
  }
}
