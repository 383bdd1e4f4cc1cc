/** What the code of a convolution is made for, and calls of the functions that products share. */
import { add, call, get, int, mul, op, type Code, type Local } from '../../tree.ts'
import type { FunctionBuilder } from '../../function.ts'
import type { ModuleBuilder } from '../../module.ts'
import type { Lanes } from '../../lanes.ts'
import { blockFunction, type LayoutOfA } from '../tiles.ts'
import { forDepths } from './gather.ts'
import type { ConvolutionPlan, ConvolutionScratch } from './geometry.ts'

export interface ConvolutionSite {
  readonly fn: FunctionBuilder
  readonly module: ModuleBuilder
  readonly lanes: Lanes
  readonly plan: ConvolutionPlan
  readonly scratch: ConvolutionScratch
  /** Number of examples. */
  readonly examples: Local
  readonly a: Local
  readonly b: Local
  readonly result: Local
  readonly thread: Local
  readonly threads: Local
  /** Address of a part of the scratch memory. */
  readonly part: (name: Exclude<keyof ConvolutionScratch, 'bytes' | 'rowStride'>) => Code
}

/** A block of results: rows of A times panels of B, which have `depth` rows. */
export interface BlockProduct {
  readonly layout: LayoutOfA
  readonly a: Code
  /** Bytes between rows of A in memory. */
  readonly aStride: number
  readonly panels: Code
  /** Rows of a panel. */
  readonly depth: Code
  /** Bytes of a row of a panel. */
  readonly panelRow: number
  readonly out: Code
  readonly outStride: Code
  readonly rows: Local
  readonly columns: Local
  /** Not 0 where the block is added to what is there. */
  readonly more?: Code
}

/** Emits a block product, in pieces of its depth that leave rows of A in the first cache. */
export function emitBlock({ fn, module, lanes }: ConvolutionSite, product: BlockProduct): void {
  const { layout, a, aStride, panels, depth, panelRow, rows, columns, more = int(0) } = product
  const compute = blockFunction(module, lanes, layout)
  const panelBytes = fn.define('panelBytes', mul(depth, int(panelRow)))
  const start = fn.define('from', a)
  forDepths(fn, depth, lanes.blocking.depth, (k, taken) => {
    fn.push(
      call(
        compute,
        add(get(start), mul(get(k), int(layout === 'rows' ? lanes.bytes : aStride))),
        int(aStride),
        int(
          layout === 'rows'
            ? lanes.blocking.tileRows * aStride
            : lanes.blocking.tileRows * lanes.bytes,
        ),
        add(panels, mul(get(k), int(panelRow))),
        int(panelRow),
        get(panelBytes),
        product.out,
        product.outStride,
        get(rows),
        get(columns),
        get(taken),
        op('int.or', get(k), more),
      ),
    )
  })
}
