/**
 * How the ten digits are written: for each a few styles, for each style its pen strokes, for each
 * stroke the points that the pen passes. Coordinates are on a sheet 10 wide and 14 high, x to the
 * right and y down. The pen draws a smooth curve through the points; a point given twice is a
 * corner.
 */

/** Points in order; the first number is x, the second y. */
export type Stroke = readonly (readonly [number, number])[]

export interface Style {
  /** How often the style is used, relative to the digit's other styles. */
  readonly weight: number
  readonly strokes: readonly Stroke[]
}

/** A stroke from text like `1,2 3,4 | 5,6`, where `|` marks the point before it as a corner. */
function stroke(text: string): Stroke {
  const points: [number, number][] = []
  for (const item of text.split(' ')) {
    if (item === '|') points.push(points.at(-1)!)
    else points.push(item.split(',').map(Number) as [number, number])
  }
  return points
}

function style(weight: number, ...strokes: string[]): Style {
  return { weight, strokes: strokes.map(stroke) }
}

/** The styles of each digit, 0 to 9. */
export const STYLES: readonly (readonly Style[])[] = [
  [
    style(3, '5.6,0 3.4,0.8 1.6,3.6 1,7.4 2,11.6 4.8,14 7.8,12 9,7.4 8.4,3.2 6.8,0.7 4.8,0'), // closed
    style(2, '6.8,0.9 4.2,0.6 2,3.2 1.1,7.2 2.2,12 5,13.9 8,11.4 9,6.6 7.9,2.6 5.8,0.4 4,0.2'), // ends overlap
    style(1, '4,0.6 2,4 2,10 4.6,13.8 7.4,11.5 8.2,5 6.6,1 4.8,0.9'), // narrow
  ],
  [
    style(3, '5.2,0 5,14'), // bare
    style(2, '2.4,3.6 5.4,0 | 5.3,14'), // with a serif
    style(1, '2.6,3 5.2,0 | 5.2,14', '2.2,14 8.2,13.8'), // serif and base
  ],
  [
    style(3, '1.4,3.6 2.8,0.9 5.4,0 8,1.6 8.2,4.6 6.3,8 3.6,11.2 1.2,13.8 | 9,13.8'), // straight
    style(2, '1.6,3 3.5,0.3 6.8,0.4 8.2,3.4 6.6,7.4 3.4,11.8 1.3,13.2 1.2,11.6 3,11 6,13.2 9,13'), // looped
    style(1, '1.6,1.6 4.6,0.2 7.8,1.2 7.8,4 5,8.5 1.4,13 2.6,13.6 6,12.8 9,14'), // wavy base
  ],
  [
    style(3, '1.4,2 4.4,0 7.9,1.6 7.5,4.8 4.2,6.5 | 8.2,8 8.7,11 6,13.8 3,13.8 1,12'), // round
    style(2, '1.4,0.5 8.3,0.4 | 4.4,5.6 | 7.9,6.9 8.8,10.4 6.5,13.6 3.4,14 1.1,12.2'), // flat top
    style(1, '1.6,1 5.4,0 7.6,2.6 5.6,5.8 3.8,6.4 4,7 7.4,7.6 8.6,10.8 5.6,13.9 1.2,13'), // small loop
  ],
  [
    style(3, '2.6,0.4 1.1,8.4 | 9.2,8.2', '7.2,2.6 6.5,14'), // open
    style(2, '6.9,14 6.9,0 | 1,9.6 | 9.3,9.5'), // closed
    style(1, '1.8,0.4 1.4,5 2.6,8 5,8.6 7.6,7', '8.2,0 7.8,6 7,14'), // round
  ],
  [
    style(3, '8.5,0.3 2.4,0.4 | 1.8,6 | 5,5 8.4,7 8.7,10.5 6,13.7 3,13.9 1,12.3'), // one stroke
    style(2, '2.6,0.8 2.1,6 | 5.4,5.4 8.4,8 8,12 4.6,14 1.2,12.6', '2.6,0.6 8.9,0.2'), // top apart
    style(1, '8,0.4 4,0.6 2,3.2 3.2,6 6.8,7.4 8.5,10.4 6,13.7 1.6,13'), // curved like an S
  ],
  [
    style(3, '7.5,0.3 4,3.5 1.8,8 2,12 5,14 8.1,12 8,8.8 5,7.5 2.2,9.6'), // curved
    style(2, '6,0 2.4,7.4 1.7,11.6 4.2,14 7.8,12.6 8,9.2 5,7.8 2,10.4'), // straight back
    style(1, '4,0 2,5 1.5,10.4 3.4,13.8 6.8,13.4 7.4,10.6 5,9.4 2,11.4'), // small loop
  ],
  [
    style(3, '1,0.6 8.8,0.5 | 4,14'), // plain
    style(2, '1,0.6 8.8,0.5 | 4,14', '2.8,7.4 8,6.8'), // with a bar
    style(1, '1.1,2.8 1.4,0.5 | 8.7,0.6 | 5.6,6 4.3,14'), // serif, curved stem
  ],
  [
    style(3, '7.8,2 5,0 2.2,2 3,4.8 6.6,8 8.3,11 6.4,13.8 3.5,13.8 1.7,11 3.4,8 7,5 8.1,2.6'), // one stroke
    style(
      2,
      '5,0.2 2.4,1.8 2.6,5 5,6.6 7.4,5 7.6,1.8 5,0.2',
      '5,6.6 2,8.4 1.6,11.8 5,14 8.4,11.8 8,8.4 5,6.6',
    ), // two circles
  ],
  [
    style(3, '8,2.6 5.4,0.2 2.3,1.8 1.9,5 4.2,7.2 7,6.2 8.2,2.8 | 8.3,8.6 6.7,12.4 3,14'), // curved
    style(2, '8,2 5,0 2.2,2 2.2,5.4 5,7 7.6,5 8.2,1.2 | 7.4,14'), // straight
    style(1, '7.8,1.4 4.6,0.6 2.4,3.2 3.8,6 6.6,5.2 8,1.4 | 7,8 5,14'), // leaning stem
  ],
]
