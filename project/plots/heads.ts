/** What stands above a picture: what its upward axis is, and on the other side which of several it is. */
import type * as PlotModule from '@observablehq/plot'
import { FONT_SIZE, shown } from './plotter.ts'
import type { Theme } from './theme.ts'

/** The texts; `dx` moves the first. */
export function headMarks(
  Plot: typeof PlotModule,
  theme: Theme,
  {
    label,
    note,
    dx = 0,
  }: { readonly label: string; readonly note?: string | undefined; readonly dx?: number },
): readonly PlotModule.Markish[] {
  const above = { dy: -14, fontSize: FONT_SIZE } as const
  return [
    Plot.text([shown(label)], {
      ...above,
      frameAnchor: 'top-left',
      textAnchor: 'start',
      dx,
      fill: theme.ink,
      fontWeight: 600,
    }),
    ...(note === undefined || note === ''
      ? []
      : [
          Plot.text([shown(note)], {
            ...above,
            frameAnchor: 'top-right',
            textAnchor: 'end',
            fill: theme.faint,
          }),
        ]),
  ]
}
