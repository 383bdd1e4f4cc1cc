/**
 * What is known of a convolution when its code is made: sizes, the pieces in which examples are taken,
 * and where each part of a thread's scratch memory begins.
 *
 * All three operations are products of a kernel [features, taps] with patches [taps, places], a tap
 * being a channel and a place within the kernel, a place an example and a place of the output. Patches
 * are never all in memory: panels of them are gathered as tiles need them, by two tables of byte offsets,
 * of taps within an image and of places within a piece of examples. With padding, images are first
 * copied into ones with a border of zeros.
 */
import type { ConvGeometry, Dim, Shape } from '../../../ir/ir.ts'
import type { Lanes } from '../../lanes.ts'
import type { ConvolutionNode } from '../../../plan/cost.ts'
import { blockColumns, panelWidth } from '../blocking.ts'

export interface ConvolutionPlan {
  /** Number of examples. */
  readonly examples: Dim
  readonly geometry: ConvGeometry
  readonly channels: number
  readonly height: number
  readonly width: number
  /** Height and width with the border. */
  readonly borderedHeight: number
  readonly borderedWidth: number
  readonly isBordered: boolean
  /** Channels and features of a group. */
  readonly inputs: number
  readonly features: number
  readonly kernel: readonly [number, number]
  readonly output: readonly [number, number]
  /** Places of the output of an example. */
  readonly places: number
  /** Rows of a matrix of patches. */
  readonly taps: number
  /** Examples of a piece. */
  readonly piece: number
  /** Bytes from one example to the next: of images, as they are and as they are read; of outputs. */
  readonly imageStride: number
  readonly readStride: number
  readonly outputStride: number
  /** Bytes of a row of the kernel. */
  readonly kernelStride: number
}

export function planConvolution(
  lanes: Lanes,
  node: ConvolutionNode,
  [a, b]: readonly Shape[],
): ConvolutionPlan {
  if (!a || !b) throw new Error('a convolution has two operands')
  const image = node.op === 'convImageGradient' ? node.shape : a
  const kernel = node.op === 'convKernelGradient' ? node.shape : b
  const output = node.op === 'conv' ? node.shape : node.op === 'convImageGradient' ? a : b
  const { geometry } = node
  const [channels = 1, height = 1, width = 1] = image.slice(1).map(Number)
  const [features = 1, inputs = 1, kernelHeight = 1, kernelWidth = 1] = kernel.map(Number)
  const [outHeight = 1, outWidth = 1] = output.slice(2).map(Number)
  const [top, left] = geometry.padding
  const places = outHeight * outWidth
  const taps = inputs * kernelHeight * kernelWidth
  const isBordered = top > 0 || left > 0
  const borderedHeight = height + 2 * top
  const borderedWidth = width + 2 * left
  const imageStride = lanes.padded(channels * height * width) * lanes.bytes
  return {
    examples: image[0] ?? 1,
    geometry,
    channels,
    height,
    width,
    borderedHeight,
    borderedWidth,
    isBordered,
    inputs,
    features: features / geometry.groups,
    kernel: [kernelHeight, kernelWidth],
    output: [outHeight, outWidth],
    places,
    taps,
    piece: Math.max(1, Math.ceil(lanes.blocking.piece / places)),
    imageStride,
    readStride: isBordered
      ? lanes.padded(channels * borderedHeight * borderedWidth) * lanes.bytes
      : imageStride,
    outputStride: lanes.padded(features * places) * lanes.bytes,
    kernelStride: lanes.padded(taps) * lanes.bytes,
  }
}

/** Columns of a block of panels with so many rows: whole units, as many as fit, at least one. */
export function fittingColumns(lanes: Lanes, rows: number): number {
  const fit =
    Math.floor(lanes.blocking.gathered / rows / lanes.blocking.columnUnit) *
    lanes.blocking.columnUnit
  return Math.min(blockColumns(lanes), Math.max(lanes.blocking.columnUnit, fit))
}

/** Channels of a block of image gradients. */
export function blockChannels(lanes: Lanes, { kernel, inputs }: ConvolutionPlan): number {
  return Math.min(inputs, Math.max(1, Math.floor(blockColumns(lanes) / (kernel[0] * kernel[1]))))
}

/** Where the parts of a thread's scratch memory begin, in bytes, and how many bytes there are. */
export interface ConvolutionScratch {
  /** Byte offsets of taps within an image, of places within a piece, and of their outputs. */
  readonly taps: number
  readonly places: number
  readonly outputs: number
  /** A block of results. */
  readonly block: number
  /** Panels. */
  readonly panels: number
  /** Rows of output gradients, of `rowStride` bytes. */
  readonly rows: number
  readonly rowStride: number
  /** Images with a border. */
  readonly images: number
  readonly bytes: number
}

export function convolutionScratch(
  lanes: Lanes,
  op: ConvolutionNode['op'],
  plan: ConvolutionPlan,
): ConvolutionScratch {
  const { taps, places, piece, features, kernel, borderedHeight, borderedWidth } = plan
  const { lineBytes: line } = lanes.machine
  let bytes = 0
  const room = (size: number): number => {
    const start = bytes
    // Loops round up to lines of memory.
    bytes += Math.ceil((size + 2 * line) / line) * line
    return start
  }
  const inPiece = piece * places
  const width = panelWidth(lanes)
  const area = kernel[0] * kernel[1]
  const isImage = op === 'convImageGradient'
  const columns = isImage ? blockChannels(lanes, plan) * area : blockColumns(lanes)
  const outRows = op === 'convKernelGradient' ? features : lanes.blocking.blockRows
  const depth = op === 'conv' ? taps : isImage ? features : inPiece
  const panelColumns = isImage ? columns + lanes.blocking.columnUnit : fittingColumns(lanes, depth)
  const rowStride = (lanes.padded(inPiece) + lanes.machine.rowUnit) * lanes.bytes
  const bordered = borderedHeight * borderedWidth
  return {
    taps: room((taps + lanes.blocking.columnUnit) * lanes.intBytes),
    places: room((inPiece + lanes.blocking.columnUnit) * lanes.intBytes),
    outputs: room(op === 'conv' ? (inPiece + lanes.blocking.columnUnit) * lanes.intBytes : 0),
    block: room(outRows * (columns + 2 * lanes.blocking.columnUnit) * lanes.bytes),
    panels: room(depth * (panelColumns + width) * lanes.bytes),
    rows: room(op === 'convKernelGradient' ? (features + 1) * rowStride : 0),
    rowStride,
    images: room(
      !plan.isBordered
        ? 0
        : isImage
          ? blockChannels(lanes, plan) * bordered * lanes.bytes
          : piece * plan.readStride,
    ),
    bytes: Math.ceil(bytes / line) * line,
  }
}
