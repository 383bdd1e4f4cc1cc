/**
 * One program as a function: its kernels called in order, with the sizes, the part of each thread, and
 * the addresses. Kernels of the same structure, in all programs, are one function.
 */
import type { Dim, IrNode, Shape } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { job } from '../../contract/control.ts'
import {
  access,
  add,
  call,
  get,
  int,
  mul,
  op,
  select,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from './tree.ts'
import { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import { convolutionFunction } from './kernels/convolution/index.ts'
import type { Lanes } from './lanes.ts'
import { producerOf, type Kernel } from '../plan/kernels.ts'
import { layoutOf, numberIn, sizeOf, type Layout } from '../plan/layout.ts'
import { shareOf } from '../plan/barriers.ts'
import type { Place } from '../plan/schedule.ts'
import type { WorkId } from '../plan/work.ts'
import { fillRowsFunction } from './random.ts'
import { poissonRowsFunction } from './poisson.ts'
import { bodyOf, strideOf, type Body } from './body.ts'
import { loopFunction } from './loops.ts'
import type { MemoryMap } from '../plan/memory-map.ts'
import { productFunction } from './product.ts'
import { asConvolution } from '../plan/cost.ts'
import { formOf } from '../plan/product-form.ts'
import type { Planned } from '../plan/programs.ts'
import { singleFunction } from './single.ts'

/**
 * A program that is to be profiled: each of its kernels runs so often in a row, and then the host is
 * called with -1 for the first kernel, -2 for the second and so on, in the order of the schedule.
 */
export interface KernelProfile {
  readonly program: string
  readonly repeat: number
}

/** What the functions of all programs share. */
export interface Shared {
  readonly module: ModuleBuilder
  readonly lanes: Lanes
  readonly map: MemoryMap
  readonly barrier: FunctionType
  /** Calls the host for the operation of a number. */
  readonly host: FunctionType
  /** Numbers of host operations, by program and value. */
  readonly operations: ReadonlyMap<string, number>
  readonly functions: Map<string, FunctionType>
  readonly profile?: KernelProfile
}

/** The function `(thread, step, scalars)` of a program. */
export function programFunction(planned: Planned, shared: Shared): FunctionType {
  return new ProgramEmitter(planned, shared).emit()
}

class ProgramEmitter {
  readonly #planned: Planned
  readonly #shared: Shared
  readonly #fn: FunctionBuilder
  readonly #batch: Local
  readonly #paddedBatch: Local
  readonly #threads: Local
  readonly #scratch: Local
  readonly #parts = new Map<string, { readonly from: Local; readonly to: Local }>()

  constructor(planned: Planned, shared: Shared) {
    this.#planned = planned
    this.#shared = shared
    this.#fn = new FunctionBuilder(planned.name, [
      ['thread', 'int'],
      ['step', 'int'],
      ['scalars', 'int'],
    ])
    const word = (address: number): Code => access('int.load', address, int(0))
    const thread = get(this.#fn.parameter(0))
    this.#batch = this.#fn.define('batch', word(job.batch))
    this.#paddedBatch = this.#fn.define('paddedBatch', shared.lanes.paddedCode(get(this.#batch)))
    this.#threads = this.#fn.define('threads', word(job.threads))
    this.#scratch = this.#fn.define(
      'scratch',
      add(word(job.scratch), mul(word(job.scratchBytes), thread)),
    )
  }

  emit(): FunctionType {
    const { schedule } = this.#planned
    schedule.steps.forEach(({ kernel, barrier }, number) => {
      if (barrier) this.#meet()
      this.#profiled(number, () => this.#emitKernel(kernel))
    })
    if (schedule.copies.length > 0) {
      this.#meet()
      this.#onFirstThread(() => {
        for (const { from, storage } of schedule.copies) {
          const to = this.#shared.map.storages.get(storage)
          const { elements } = sizeOf(this.#planned.machine, layoutOf(this.#value(from).shape))
          const size = this.#shared.lanes.padded(elements) * this.#shared.lanes.bytes
          this.#fn.push(op('memory.copy', int(to ?? 0), this.#addressOf(from), int(size)))
        }
      })
    }
    return this.#shared.module.add(this.#fn.build())
  }

  // --- addresses and sizes ----------------------------------------------------------------------------

  #value(id: WorkId) {
    return nodeAt(this.#planned.work.values, id)
  }

  #size(dim: Dim): Code {
    return dim === 'batch' ? get(this.#batch) : int(numberIn(dim))
  }

  #stride(layout: Layout): Code {
    return strideOf(this.#shared.lanes, this.#size(layout.columns))
  }

  #addressOf(id: WorkId): Code {
    const place = this.#planned.schedule.places[id]
    if (!place) throw new Error(`the value ${id} lies nowhere`)
    return this.#address(place)
  }

  #address(place: Place): Code {
    const { map, lanes } = this.#shared
    const { bytes } = lanes
    const ofExamples = (perExample: number): Code =>
      add(mul(get(this.#paddedBatch), int(perExample)), int(map.exampleBase))
    switch (place.region) {
      case 'host':
        return add(get(this.#fn.parameter(2)), int(place.slot * bytes))
      case 'storage':
        return int(known(map.storages, place.name))
      case 'input': {
        // What comes from a file is an input of `init`, and always of the same size.
        if (this.#planned.name === 'init') return int(known(map.files, place.name))
        return ofExamples(known(map.inputs, place.name))
      }
      case 'program':
        return int(map.programBase + place.offset * bytes)
      case 'example':
        return ofExamples(map.exampleStart + place.offset * bytes)
    }
  }

  /** The part of so many columns or rows that this thread does. */
  #part(dim: Dim, axis: 'columns' | 'rows'): { readonly from: Local; readonly to: Local } {
    const key = `${axis} ${dim}`
    const known = this.#parts.get(key)
    if (known) return known
    const size = this.#size(dim)
    const end = axis === 'rows' ? size : this.#shared.lanes.paddedCode(size)
    // Columns or rows that a thread takes at a time.
    const unit = this.#shared.lanes.blocking.columnUnit
    const units = op('int.div', add(size, int(unit - 1)), int(unit))
    const start = (thread: Code): Code =>
      mul(op('int.div', mul(units, thread), get(this.#threads)), int(unit))
    const thread = get(this.#fn.parameter(0))
    const from = this.#fn.define('from', start(thread))
    const to = this.#fn.define('to', start(add(thread, int(1))))
    this.#fn.set(to, select(get(to), end, op('int.lt', get(to), end)))
    const part = { from, to }
    this.#parts.set(key, part)
    return part
  }

  #meet(): void {
    this.#fn.branch(op('int.gtUnsigned', get(this.#threads), int(1)), () => {
      this.#fn.push(call(this.#shared.barrier, get(this.#threads)))
    })
  }

  /** Emits a kernel, repeated and reported to the host where the program is profiled. */
  #profiled(number: number, emit: () => void): void {
    const { profile, host } = this.#shared
    if (profile?.program !== this.#planned.name) return emit()
    const turn = this.#fn.local('int', 'turn')
    this.#fn.count(turn, int(0), int(profile.repeat), 1, emit)
    this.#fn.push(call(host, int(-1 - number)))
  }

  #onFirstThread(build: () => void): void {
    this.#fn.branch(op('int.isZero', get(this.#fn.parameter(0))), build)
  }

  // --- kernels ----------------------------------------------------------------------------------------

  #emitKernel(kernel: Kernel): void {
    if (kernel.kind === 'single') return this.#emitSingle(kernel)
    if (kernel.kind === 'convolution') return this.#emitConvolution(kernel)
    const { work, kernels } = this.#planned
    const body = bodyOf(work, kernels, kernel)
    const addresses = [
      ...body.sources.map(({ value }) => this.#addressOf(value)),
      ...body.written.map(({ value }) => this.#addressOf(value)),
    ]
    if (kernel.kind === 'product') this.#emitProduct(kernel, body, addresses)
    else this.#emitLoop(kernel, kernel.kind, body, addresses)
  }

  #emitProduct(kernel: Kernel, body: Body, addresses: readonly Code[]): void {
    const { making, args } = this.#value(producerOf(kernel))
    if (making.kind !== 'other' || making.node.op !== 'matmul') throw new Error('no product')
    const [a, b] = args
    if (!a || !b) throw new Error('a product has two operands')
    const form = formOf(making.node)
    const { module, lanes } = this.#shared
    const fn = this.#function(`${form} ${body.key}`, `product${form}`, (name) =>
      productFunction(module, lanes, form, name, body),
    )
    const [left, right] = [layoutOf(a.shape), layoutOf(b.shape)]
    const inner = form === 'TN' ? left.rows : left.columns
    const { from, to } = this.#part(kernel.space.columns, 'columns')
    this.#fn.push(
      call(
        fn,
        this.#addressOf(a.value),
        this.#addressOf(b.value),
        this.#size(kernel.space.rows),
        this.#size(kernel.space.columns),
        this.#size(inner),
        this.#stride(left),
        this.#stride(right),
        int(0),
        this.#size(kernel.space.rows),
        get(from),
        get(to),
        get(this.#scratch),
        this.#stride(kernel.space),
        ...addresses,
      ),
    )
  }

  #emitLoop(
    kernel: Kernel,
    kind: 'map' | 'columns' | 'rows' | 'total',
    body: Body,
    addresses: readonly Code[],
  ): void {
    const { module, lanes } = this.#shared
    const { making, args, shape } = this.#value(
      kernel.producer ?? kernel.members[0] ?? producerOf(kernel),
    )
    const reduction =
      making.kind === 'other' && making.node.op === 'reduce'
        ? { fn: making.node.fn, inner: kernel.inner.length }
        : undefined
    const fn = this.#function(`${reduction?.fn ?? ''} ${body.key}`, kind, (name) =>
      loopFunction(module, lanes, kind, name, body, reduction),
    )
    const range = kind === 'map' ? kernel.space : layoutOf(args[0]?.shape ?? shape)
    const share = shareOf(this.#planned.work, kernel)
    if (share === 'parts') throw new Error('a loop is shared by columns or rows')
    if (share === 'first thread') {
      this.#onFirstThread(() => {
        const sizes = [this.#size(range.rows), this.#size(range.columns), int(0), int(0)]
        this.#fn.push(call(fn, ...sizes, ...addresses))
      })
      return
    }
    const { from, to } = this.#part(share === 'rows' ? range.rows : range.columns, share)
    if (kind !== 'rows') {
      const sizes = [this.#size(range.rows), this.#size(range.columns), get(from), get(to)]
      this.#fn.push(call(fn, ...sizes, ...addresses))
      return
    }
    const apart = shape.length < 2 ? lanes.bytes : lanes.machine.rowUnit * lanes.bytes
    const [last, ...others] = addresses.toReversed()
    if (!last) throw new Error('a reduction is written')
    this.#fn.push(
      call(
        fn,
        int(apart),
        this.#size(range.columns),
        get(from),
        get(to),
        ...others.toReversed(),
        add(last, mul(get(from), int(apart))),
      ),
    )
  }

  #emitConvolution(kernel: Kernel): void {
    const id = producerOf(kernel)
    const { making, args, shape } = this.#value(id)
    const node = making.kind === 'other' ? asConvolution(making.node) : undefined
    if (!node) throw new Error('no convolution')
    const { module, lanes } = this.#shared
    const shapes = args.map((operand) => operand.shape)
    const fn = this.#function(structureOf(node, shapes), node.op, (name) =>
      convolutionFunction(module, lanes, name, { ...node, shape }, shapes),
    )
    this.#fn.push(
      call(
        fn,
        get(this.#batch),
        ...args.map(({ value }) => this.#addressOf(value)),
        this.#addressOf(id),
        get(this.#fn.parameter(0)),
        get(this.#threads),
        get(this.#scratch),
      ),
    )
  }

  #emitSingle(kernel: Kernel): void {
    const id = producerOf(kernel)
    const { making, args, shape } = this.#value(id)
    if (making.kind !== 'other') throw new Error('no operation')
    const { node } = making
    if (node.op === 'random') return this.#emitDraw(node, id)
    if (node.op === 'factor') {
      const operation = known(this.#shared.operations, `${this.#planned.name} ${id}`)
      this.#onFirstThread(() => this.#fn.push(call(this.#shared.host, int(operation))))
      return
    }
    const { module, lanes } = this.#shared
    const shapes = args.map((operand) => operand.shape)
    const fn = this.#function(structureOf(node, shapes), node.op, (name) =>
      singleFunction(module, lanes, name, { ...node, shape }, shapes),
    )
    this.#onFirstThread(() => {
      this.#fn.push(
        call(
          fn,
          get(this.#batch),
          ...args.map(({ value }) => this.#addressOf(value)),
          this.#addressOf(id),
        ),
      )
    })
  }

  /** A draw, unless a recorded one is given. */
  #emitDraw(node: IrNode & { readonly op: 'random' }, id: WorkId): void {
    const { module, lanes, map } = this.#shared
    if (node.distribution === 'bernoulli') throw new Error('a Bernoulli draw was not resolved')
    const key = known(map.keys, node.stream)
    const layout = layoutOf(node.shape)
    if (node.distribution === 'poisson') return this.#emitPoisson(id, layout, key)
    const fn = fillRowsFunction(module, lanes, node.distribution)
    const { from, to } = this.#part(layout.rows, 'rows')
    const generated = op('int.isZero', access('int.load', key + 8, int(0)))
    this.#fn.branch(generated, () => {
      this.#fn.push(
        call(
          fn,
          this.#addressOf(id),
          access('int.load', key, int(0)),
          access('int.load', key + 4, int(0)),
          get(this.#fn.parameter(1)),
          get(from),
          sub(get(to), get(from)),
          this.#size(layout.columns),
        ),
      )
    })
  }

  #emitPoisson(id: WorkId, layout: Layout, key: number): void {
    const { module, lanes } = this.#shared
    const fn = poissonRowsFunction(module, lanes)
    const { from, to } = this.#part(layout.rows, 'rows')
    const [mean] = this.#value(id).args
    if (!mean) throw new Error('a Poisson draw has a mean')
    const its = layoutOf(mean.shape)
    const rowStep = its.rows === 1 ? int(0) : this.#stride(its)
    const columnStep = int(its.columns === 1 ? 0 : lanes.bytes)
    const word = (offset: number): Code => access('int.load', key + offset, int(0))
    this.#fn.branch(op('int.isZero', word(8)), () => {
      const step = get(this.#fn.parameter(1))
      this.#fn.push(
        call(
          fn,
          this.#addressOf(id),
          this.#addressOf(mean.value),
          rowStep,
          columnStep,
          word(0),
          word(4),
          step,
          get(from),
          sub(get(to), get(from)),
          this.#size(layout.columns),
        ),
      )
    })
  }

  #function(key: string, stem: string, make: (name: string) => FunctionType): FunctionType {
    const { functions } = this.#shared
    const known = functions.get(key)
    if (known) return known
    const made = make(`${stem}.${functions.size}`)
    functions.set(key, made)
    return made
  }
}

/** The same text for operations that do the same. */
function structureOf(node: IrNode, shapes: readonly Shape[]): string {
  const { name: _, origin: __, section: ___, ...structure } = node as IrNode & { name?: string }
  return JSON.stringify([{ ...structure, args: [] }, shapes])
}

function known<V>(map: ReadonlyMap<string, V>, name: string): V {
  const value = map.get(name)
  if (value === undefined) throw new Error(`there is nothing named ${name}`)
  return value
}
