/** What plans and loop code need to know of WebAssembly: its sizes, and those that V8 does well with. */
import { gatherBytes, keyBytes, keys } from '../../../contract/control.ts'
import { rowUnit } from '../../../contract/rows.ts'
import type { Machine } from '../../plan/machine.ts'

/** Rows of a tile; also of the blocks of a product of few terms. */
const tileRows = 4

/**
 * Vectors of 128 bits, addresses of 32. The sizes of blocks were chosen by measurement
 * (`npm run bench -- kernels`) for 15 vector registers, a first cache of 32 KiB and a second one of 1 MiB
 * or more.
 */
export const wasmMachine: Machine = {
  rowUnit,
  vectorBytes: 16,
  addressBytes: 4,
  lineBytes: 64,
  mostAddresses: 300,
  mostInner: 100,
  control: { keys, keyBytes, gatherBytes },
  blocking: {
    // V8 orders a step as all loads, then all multiply-adds, so accumulators and operands must fit in 15
    // registers together: 4 x 2 vectors take 8 + 6, 2 x 4 the same, 1 x 6 take 6 + 7.
    tileRows,
    tilePanels: [0, 3, 2, 1, 1],
    panelVectors: 2,
    blockRows: 16,
    blockBytes: 1024,
    shallow: 64,
    shallowRows: tileRows,
    shallowBytes: 8192,
    // A cache line of f32.
    columnUnit: 16,
    packedBytes: 524_288,
    packRows: 13,
    packColumns: 48,
    depth: 384,
    plainDepth: 64,
    dotRows: 47,
    dotColumns: 12,
    dotBytes: 256,
    narrowRows: 8,
    piece: 1024,
    gathered: 65_536,
  },
}
