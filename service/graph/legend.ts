/** The legend: what colours, ends and thicknesses say, of those that occur. */
import { markSigns, type Box, type Circuit, type Line } from './circuit.ts'
import type { Classes } from './draw-box.ts'
import { textWidth } from './metrics.ts'
import type { Role } from './palette.ts'
import { textSize } from './sizes.ts'
import { halo, head, strokeOf } from './strokes.ts'
import { short, type Pen } from './svg.ts'

/** A sample with its text. */
interface Entry {
  readonly text: string
  readonly sample: (pen: Pen, x: number, y: number) => string
}

const sampleWidth = 30
const gap = 18
const rowHeight = 19

export interface Legend {
  /** As wide as was asked for, or as its longest text. */
  readonly width: number
  readonly height: number
  readonly draw: (pen: Pen, x: number, y: number) => string
}

/** The legend of a circuit, in rows no wider than `width` if its texts are not. */
export function legendOf(circuit: Circuit, classes: Classes, width: number): Legend {
  const entries = [
    coloursOf(circuit.lines),
    endsOf(circuit.lines),
    weightsOf(circuit.lines),
    boxesOf(circuit.boxes, classes),
    modulatorsOf(circuit),
    marksOf(circuit),
  ].flat()
  const rows: { readonly entry: Entry; readonly x: number }[][] = []
  const sizeOf = ({ text }: Entry): number => sampleWidth + 6 + textWidth(text, textSize)
  const room = Math.max(width, ...entries.map(sizeOf))
  let next = Infinity
  for (const entry of entries) {
    const size = sizeOf(entry)
    if (next + size > room) {
      rows.push([])
      next = 0
    }
    rows.at(-1)!.push({ entry, x: next })
    next += size + gap
  }
  return {
    width: room,
    height: rows.length * rowHeight,
    draw: (pen, left, top) =>
      rows
        .flatMap((row, i) =>
          row.map(({ entry, x }) => {
            const y = top + i * rowHeight + rowHeight / 2
            return (
              entry.sample(pen, left + x, y) +
              pen.text(entry.text, left + x + sampleWidth + 6, y + 4, {
                fill: 'dim',
                'font-size': textSize,
              })
            )
          }),
        )
        .join(''),
  }
}

/** A line of a legend, with a head where one is asked for. */
function lineSample(
  line: Pick<Line, 'sign' | 'hue' | 'weight' | 'teaches' | 'mark'>,
  role: Role,
  withHead: boolean,
): Entry['sample'] {
  return (pen, x, y) => {
    const [from, to] = [
      { x, y },
      { x: x + sampleWidth, y },
    ]
    const end = withHead ? to.x - 3 : to.x
    const drawn = pen.element('path', {
      d: `M${short(x)} ${short(y)}L${short(end)} ${short(y)}`,
      fill: 'none',
      stroke: role,
      ...strokeOf(line),
    })
    return drawn + (withHead ? head(pen, line, from, to) : '')
  }
}

const neutral = { sign: 'unsigned', hue: 'plain', weight: 'fixed', teaches: false } as const

/** What each colour passes or does. */
function coloursOf(lines: readonly Line[]): readonly Entry[] {
  const texts = new Map<string, Line>()
  // Where lines of other colours excite too, an arrow says so, and this colour that nothing is filtered.
  const isTold = lines.some(({ sign, hue }) => sign === 'excitatory' && hue !== 'excitatory')
  for (const line of lines) {
    const isPlain = isTold && line.hue === 'excitatory' && !line.mark
    const text = isPlain ? 'no short-term plasticity' : colourText(line)
    if (text !== undefined && !texts.has(text)) texts.set(text, line)
  }
  return [...texts].map(([text, { hue }]) => {
    const tells = hue === 'inhibitory' || (hue === 'excitatory' && !isTold)
    const sign = tells ? hue : 'unsigned'
    const weight = hue === 'wire' ? 'wire' : 'learns'
    return { text, sample: lineSample({ ...neutral, hue, sign, weight }, hue, sign === hue) }
  })
}

function colourText({ hue, passes, weight, mark }: Line): string | undefined {
  if (mark) return undefined
  switch (hue) {
    case 'event':
    case 'burst':
    case 'other-1':
    case 'other-2':
      return passes
    case 'inhibitory':
      return 'inhibits'
    case 'excitatory':
      return 'excites'
    case 'wire':
      return weight === 'wire' ? 'value passed on, no weight' : undefined
    case 'plain':
    case 'teacher':
      return undefined
  }
}

function endsOf(lines: readonly Line[]): readonly Entry[] {
  const texts = {
    excitatory: 'excites',
    inhibitory: 'inhibits',
    unsigned: 'sign left open',
  } as const
  const signs = (['excitatory', 'inhibitory', 'unsigned'] as const).filter((sign) =>
    // The colour of a line that has no other says it too.
    lines.some((line) => line.sign === sign && line.hue !== sign),
  )
  return signs.map((sign) => ({
    text: texts[sign],
    sample: lineSample({ ...neutral, sign }, 'plain', true),
  }))
}

function weightsOf(lines: readonly Line[]): readonly Entry[] {
  const kinds = ['learns', 'fixed', 'tied', 'copied'] as const
  const entries = kinds
    .filter((kind) => lines.some(({ weight }) => weight === kind))
    .map((weight) => ({
      text: weight === 'learns' ? `learns (${rulesOf(lines)})` : weightTexts[weight],
      sample: lineSample({ ...neutral, weight }, 'plain', false),
    }))
  if (!lines.some(({ teaches }) => teaches)) return entries
  const flow: Entry = {
    text: 'carries what is taught',
    sample: (pen, x, y) =>
      halo(pen, [
        { x, y },
        { x: x + sampleWidth, y },
      ]) + lineSample(neutral, 'plain', false)(pen, x, y),
  }
  return [...entries, flow]
}

/** What lines with a diamond are modulated by. */
const modulatorsOf = ({ modulators }: Circuit): readonly Entry[] =>
  modulators.map((text) => ({
    text,
    sample: (pen, x, y) => {
      const at = x + sampleWidth / 2
      const d = `M${short(at - 6)} ${short(y)}L${short(at)} ${short(y - 6)}L${short(at + 6)} ${short(y)}L${short(at)} ${short(y + 6)}Z`
      return pen.element('path', { d, fill: 'none', stroke: 'dim' })
    },
  }))

const weightTexts = {
  fixed: 'fixed',
  tied: 'tied to others',
  copied: 'set to others at times',
} as const

/** The rules by which lines learn; where there are several, with whose they are. */
function rulesOf(lines: readonly Line[]): string {
  const rules = [...new Set(lines.flatMap(({ rule }) => (rule === undefined ? [] : [rule])))]
  if (rules.length === 1) return `by ${rules[0]}`
  return rules
    .map((rule) => {
      const names = lines
        .filter((line) => line.rule === rule)
        .map(({ title }) => title.replace(/^[+−~] |\[.*/g, ''))
      return `${[...new Set(names)].join(', ')} by ${rule}`
    })
    .join('; ')
}

function boxesOf(boxes: readonly Box[], classes: Classes): readonly Entry[] {
  // A type whose cells excite elsewhere is no class of interneurons.
  const mixed = new Set(boxes.flatMap(({ sign, type }) => (sign === 'inhibitory' ? [] : [type])))
  const interneurons = [...classes]
    .filter(([type]) => !mixed.has(type))
    .map(([type, number]) => ({
      text: type,
      sample: (pen: Pen, x: number, y: number) =>
        pen.element('rect', {
          x: x + 4,
          y: y - 7,
          width: sampleWidth - 8,
          height: 14,
          rx: 7,
          fill: `class-${number}`,
          stroke: `edge-${number}`,
          'stroke-width': 1.3,
        }),
    }))
  const stacked = boxes.some(({ count }) => count > 1)
  const stack: Entry = {
    text: 'array of populations',
    sample: (pen, x, y) =>
      [3, 0]
        .map((i) =>
          pen.element('rect', {
            x: x + 5 + i,
            y: y - 5 - i,
            width: sampleWidth - 13,
            height: 11,
            rx: 2,
            fill: 'box',
            stroke: 'border',
            'stroke-width': 1.2,
          }),
        )
        .join(''),
  }
  return [...interneurons, ...(stacked ? [stack] : [])]
}

function marksOf({ boxes, lines }: Circuit): readonly Entry[] {
  const marks = new Set([...boxes, ...lines].map(({ mark }) => mark))
  return (['added', 'removed', 'changed'] as const)
    .filter((mark) => marks.has(mark))
    .map((mark) => ({
      text: `${markSigns[mark]}${mark}`,
      sample: lineSample({ ...neutral, weight: 'learns', mark }, mark, false),
    }))
}
