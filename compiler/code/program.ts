/**
 * One program as a function: its kernels called in order, with the sizes, the part of each thread, and
 * the addresses. Kernels of the same structure, in all programs, are one function.
 */
import type { IrNode, Shape } from '../ir/ir.ts'
import { add, call, get, int, mul, op, type Code, type FunctionType } from './tree.ts'
import { convolutionFunction } from './kernels/convolution/index.ts'
import { producerOf, type Kernel } from '../plan/kernels.ts'
import { layoutOf, sizeOf } from '../plan/layout.ts'
import { PIECE } from '../plan/pieces.ts'
import { shareOf } from '../plan/barriers.ts'
import { emitDraw } from './draws.ts'
import { bodyOf, type Body } from './body.ts'
import { known, ProgramFrame, type Shared } from './frame.ts'
import { EventListing } from './event-lists.ts'
import type { EventTables } from './events.ts'
import { loopFunction } from './loops.ts'
import { activeFunction, rowFunction } from './rows.ts'
import { productFunction } from './product.ts'
import { asConvolution } from '../plan/cost.ts'
import { formOf } from '../plan/product-form.ts'
import type { Planned } from '../plan/programs.ts'
import { isSynapseNode } from './kernels/synapses/site.ts'
import { emitSynapses } from './synapses.ts'
import { singleFunction } from './single.ts'

/** The function `(thread, step, scalars)` of a program. */
export function programFunction(planned: Planned, shared: Shared): FunctionType {
  return new ProgramEmitter(planned, shared).emit()
}

class ProgramEmitter {
  readonly #frame: ProgramFrame

  constructor(planned: Planned, shared: Shared) {
    this.#frame = new ProgramFrame(planned, shared)
  }

  emit(): FunctionType {
    const { schedule } = this.#frame.planned
    const lists = new EventListing(this.#frame)
    let done = 0
    schedule.steps.forEach(({ kernel, barrier, together }, number) => {
      if (number < done) return
      if (barrier) {
        this.#frame.meet()
        lists.afterMeeting(number)
      }
      done = number + (together ?? 1)
      const emit = (): void =>
        schedule.steps
          .slice(number, done)
          .forEach((each, i) => this.#profiled(number + i, () => this.#emitKernel(each.kernel)))
      if (together !== undefined) this.#frame.inPieces(kernel.space.columns, PIECE, emit)
      else emit()
    })
    lists.atEnd()
    if (schedule.copies.length > 0) {
      this.#frame.meet()
      this.#frame.onFirstThread(() => {
        for (const { from, to } of schedule.copies) {
          const { shape } = this.#frame.value(from)
          const { elements } = sizeOf(
            this.#frame.planned.machine,
            layoutOf(shape),
            this.#frame.planned.work.capacities,
          )
          const size = this.#frame.shared.lanes.padded(elements) * this.#frame.shared.lanes.bytes
          this.#frame.fn.push(
            op(
              'memory.copy',
              this.#frame.address(to, shape),
              this.#frame.addressOf(from),
              int(size),
            ),
          )
        }
      })
    }
    return this.#frame.shared.module.add(this.#frame.fn.build())
  }

  /** Emits a kernel, repeated and reported to the host where the program is profiled. */
  #profiled(number: number, emit: () => void): void {
    const { profile, host } = this.#frame.shared
    if (profile?.program !== this.#frame.planned.name) return emit()
    const turn = this.#frame.fn.local('int', 'turn')
    this.#frame.fn.count(turn, int(0), int(profile.repeat), 1, emit)
    this.#frame.fn.push(call(host, int(-1 - number)))
  }

  // --- kernels ----------------------------------------------------------------------------------------

  #emitKernel(kernel: Kernel): void {
    if (kernel.kind === 'single') return this.#emitSingle(kernel)
    if (kernel.kind === 'convolution') return this.#emitConvolution(kernel)
    const { work, kernels } = this.#frame.planned
    const whole = bodyOf(work, kernels, kernel)
    const isListed = ({ value }: Body['written'][number]): boolean =>
      this.#frame.listOf(value)?.alone === true
    const body = whole.written.some(isListed)
      ? { ...whole, written: whole.written.filter((each) => !isListed(each)) }
      : whole
    const addresses = [
      ...body.sources.map((source) => this.#frame.operand(source)),
      ...body.written.map(({ value }) => this.#frame.addressOf(value)),
    ]
    if (kernel.kind === 'product') this.#emitProduct(kernel, body, addresses)
    else this.#emitLoop(kernel, kernel.kind, body, addresses)
  }

  #emitProduct(kernel: Kernel, body: Body, addresses: readonly Code[]): void {
    const { making, args } = this.#frame.value(producerOf(kernel))
    if (making.kind !== 'other' || making.node.op !== 'matmul') throw new Error('no product')
    const [a, b] = args
    if (!a || !b) throw new Error('a product has two operands')
    const form = formOf(making.node)
    const { module, lanes } = this.#frame.shared
    const fn = this.#frame.function(`${form} ${body.key}`, `product${form}`, (name) =>
      productFunction(module, lanes, form, name, body, this.#frame.tableOf),
    )
    const [left, right] = [layoutOf(a.shape), layoutOf(b.shape)]
    const inner = form === 'TN' ? left.rows : left.columns
    const { from, to } = this.#frame.part(kernel.space.columns, 'columns')
    this.#frame.fn.push(
      call(
        fn,
        this.#frame.operand(a),
        this.#frame.operand(b),
        this.#frame.size(kernel.space.rows),
        this.#frame.size(kernel.space.columns),
        this.#frame.size(inner),
        this.#frame.stride(left),
        this.#frame.stride(right),
        int(0),
        this.#frame.size(kernel.space.rows),
        get(from),
        get(to),
        get(this.#frame.scratch),
        this.#frame.stride(kernel.space),
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
    const { module, lanes } = this.#frame.shared
    const { making, args, shape } = this.#frame.value(
      kernel.producer ?? kernel.members[0] ?? producerOf(kernel),
    )
    const reduction =
      making.kind === 'other' && making.node.op === 'reduce'
        ? { fn: making.node.fn, inner: kernel.inner.length }
        : undefined
    if (kind === 'map' && this.#emitRow(kernel, body, addresses)) return
    const fn = this.#frame.function(`${reduction?.fn ?? ''} ${body.key}`, kind, (name) =>
      loopFunction(module, lanes, kind, name, body, reduction, this.#frame.tableOf),
    )
    const range = kind === 'map' ? kernel.space : layoutOf(args[0]?.shape ?? shape)
    const share = shareOf(this.#frame.planned.work, kernel)
    if (share === 'parts') throw new Error('a loop is shared by columns or rows')
    if (share === 'first thread') {
      this.#frame.onFirstThread(() => {
        const sizes = [
          this.#frame.size(range.rows),
          this.#frame.size(range.columns),
          int(0),
          int(0),
        ]
        this.#frame.fn.push(call(fn, ...sizes, ...addresses))
      })
      return
    }
    const { from, to } = this.#frame.part(share === 'rows' ? range.rows : range.columns, share)
    if (kind !== 'rows') {
      const sizes = [
        this.#frame.size(range.rows),
        this.#frame.size(range.columns),
        get(from),
        get(to),
      ]
      this.#frame.fn.push(call(fn, ...sizes, ...addresses))
      return
    }
    const apart = shape.length < 2 ? lanes.bytes : lanes.machine.rowUnit * lanes.bytes
    const [last, ...others] = addresses.toReversed()
    if (!last) throw new Error('a reduction is written')
    this.#frame.fn.push(
      call(
        fn,
        int(apart),
        this.#frame.size(range.columns),
        get(from),
        get(to),
        ...others.toReversed(),
        add(last, mul(get(from), int(apart))),
      ),
    )
  }

  /** Element-wise functions over one row of known addresses, as circuits with a past have them. */
  #emitRow(kernel: Kernel, body: Body, addresses: readonly Code[]): boolean {
    const { module, lanes } = this.#frame.shared
    const { rows, columns } = kernel.space
    if (rows !== 1 || columns === 'batch') return false
    const fixed = addresses.map((each) =>
      each.kind === 'const' ? Number(each.value) >>> 0 : undefined,
    )
    const outputs = fixed.slice(body.sources.length)
    const sources = fixed.slice(0, body.sources.length)
    const events = this.#eventsOf(kernel)
    const lists = new Map(
      body.own.flatMap((id, own) => {
        const place = this.#frame.listOf(id)
        return place ? [[own, place] as const] : []
      }),
    )
    const key = `row ${JSON.stringify([sources, outputs, [...lists]])} ${body.key}`
    const fn = this.#frame.function(
      `${key}${events ? JSON.stringify(events) : ''}`,
      'row',
      (name) =>
        events
          ? activeFunction(
              module,
              lanes,
              name,
              body,
              { known: { sources, outputs }, tables: this.#frame.tableOf },
              events,
            )
          : rowFunction(
              module,
              lanes,
              name,
              body,
              { sources, outputs },
              { tables: this.#frame.tableOf, lists },
            ),
    )
    const { from, to } = this.#frame.part(columns, 'columns')
    const given = addresses.filter((_, i) => fixed[i] === undefined)
    this.#frame.fn.push(call(fn, int(1), this.#frame.size(columns), get(from), get(to), ...given))
    return true
  }

  /** What a loop over synapses goes by, if by events that lie at known addresses. */
  #eventsOf(kernel: Kernel): EventTables | undefined {
    const active = this.#frame.planned.active.get(kernel)
    const { patterns, visitAll } = this.#frame.shared.map.tables
    if (!active || visitAll === undefined) return undefined
    const { pattern, pre, post } = active
    const addresses = [pre, post].map((each) =>
      each.map((operand) => {
        const address = this.#frame.operand(operand)
        return address.kind === 'const' ? Number(address.value) >>> 0 : undefined
      }),
    )
    const [ofPre = [], ofPost = []] = addresses.map((each) =>
      each.filter((found) => found !== undefined),
    )
    if (ofPre.length < pre.length || ofPost.length < post.length) return undefined
    const { starts, sources = 0, postStarts = 0, postSynapses = 0 } = known(patterns, pattern.name)
    const cells = { pre: pattern.pre, post: pattern.post }
    return { visitAll, pre: ofPre, post: ofPost, cells, starts, sources, postStarts, postSynapses }
  }

  #emitConvolution(kernel: Kernel): void {
    const id = producerOf(kernel)
    const { making, args, shape } = this.#frame.value(id)
    const node = making.kind === 'other' ? asConvolution(making.node) : undefined
    if (!node) throw new Error('no convolution')
    const { module, lanes } = this.#frame.shared
    const shapes = args.map((operand) => operand.shape)
    const fn = this.#frame.function(structureOf(node, shapes), node.op, (name) =>
      convolutionFunction(module, lanes, name, { ...node, shape }, shapes),
    )
    this.#frame.fn.push(
      call(
        fn,
        get(this.#frame.batch),
        ...args.map((operand) => this.#frame.operand(operand)),
        this.#frame.addressOf(id),
        this.#frame.thread,
        get(this.#frame.threads),
        get(this.#frame.scratch),
      ),
    )
  }

  #emitSingle(kernel: Kernel): void {
    const id = producerOf(kernel)
    const { making, args, shape } = this.#frame.value(id)
    if (making.kind !== 'other') throw new Error('no operation')
    const { node } = making
    if (node.op === 'random') return emitDraw(this.#frame, node, id)
    if (node.op === 'factor') {
      const operation = known(this.#frame.shared.operations, `${this.#frame.planned.name} ${id}`)
      this.#frame.onFirstThread(() =>
        this.#frame.fn.push(call(this.#frame.shared.host, int(operation))),
      )
      return
    }
    if (isSynapseNode(node)) return emitSynapses(this.#frame, id, node)
    const { module, lanes } = this.#frame.shared
    const shapes = args.map((operand) => operand.shape)
    const fn = this.#frame.function(structureOf(node, shapes), node.op, (name) =>
      singleFunction(module, lanes, name, { ...node, shape }, shapes),
    )
    this.#frame.onFirstThread(() => {
      this.#frame.fn.push(
        call(
          fn,
          get(this.#frame.batch),
          ...args.map((operand) => this.#frame.operand(operand)),
          this.#frame.addressOf(id),
        ),
      )
    })
  }
}

/** The same text for operations that do the same. */
function structureOf(node: IrNode, shapes: readonly Shape[]): string {
  const { name: _, origin: __, section: ___, ...structure } = node as IrNode & { name?: string }
  return JSON.stringify([{ ...structure, args: [] }, shapes])
}
