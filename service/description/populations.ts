/** B: populations: what they are made of, how many units they have, where these are. */
import type { Model, Population, Positions } from '../../compiler/model/model.ts'
import { number, product, relation, type Mathematics } from '../typeset/index.ts'
import { code, math, text, type Block, type Inline } from './document.ts'
import { fold, foldedText } from './fold.ts'
import { quantity } from './quantities.ts'

/** The table of populations, arrays in one line. */
export function populationBlocks({ populations }: Model): readonly Block[] {
  const groups = fold(
    populations,
    ({ family }) => family,
    ({ shape, cell, positions }) => JSON.stringify([shape, cell.name, positions?.plan]),
  )
  const placed = populations.some(({ positions }) => positions)
  return [
    {
      kind: 'table',
      caption: 'Populations',
      head: ['Name', 'Elements', 'Size', ...(placed ? ['Positions'] : [])],
      widths: placed ? [18, 32, 18, 32] : [28, 44, 28],
      rows: groups.flatMap(({ family, elements }) => {
        const [first] = elements
        if (!first) return []
        return [
          [
            [
              code(
                foldedText(
                  family,
                  elements.map(({ index }) => index),
                ),
              ),
            ],
            [code(first.cell.name)],
            sizeInlines(first, elements.length),
            ...(placed ? [first.positions ? positionInlines(first.positions) : []] : []),
          ],
        ]
      }),
    },
  ]
}

function sizeInlines({ shape, size }: Population, count: number): readonly Inline[] {
  const each: Mathematics =
    shape.length > 1
      ? relation(product(shape.map((side) => number(side))), '=', number(size, undefined, 12))
      : number(size, undefined, 12)
  return [math(each), ...(count > 1 ? [text(' each')] : [])]
}

function positionInlines({ plan, dimension }: Positions): readonly Inline[] {
  const { layout, period } = plan
  if (layout.kind === 'file') return [text('of a file')]
  const { rows, columns, spacing } = layout
  const kind = rows === 1 ? 'line' : 'grid'
  const periodic = period.some((each) => each > 0)
  return [
    text(rows === 1 ? `${kind} of ${columns}, ` : `${kind} of ${rows} × ${columns}, `),
    math(quantity(spacing[0], dimension)),
    text(` apart${periodic ? ', space begins again at its end' : ''}`),
  ]
}

/** For the summary: `x, h[0..2], y` with their sizes. */
export function populationsInOne(populations: readonly Population[]): readonly Inline[] {
  const units = populations.reduce((all, { size }) => all + size, 0)
  const count = populations.length
  return [
    text(
      `${count} ${count === 1 ? 'population' : 'populations'} of ${units.toLocaleString('en-US')} ${units === 1 ? 'unit' : 'units'} in all`,
    ),
  ]
}
