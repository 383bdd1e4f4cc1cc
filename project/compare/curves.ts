/** Curves of several runs in one picture: one for each group, its mean within one standard error. */
import type { Chart, NamedCurve } from '../plots/chart-data.ts'
import type { RunChart } from '../report/curves.ts'
import { meanOf } from './results.ts'

/** The charts of the runs of a group. */
export interface GroupCharts {
  readonly label: string
  readonly runs: readonly (readonly RunChart[])[]
}

/** Charts by what they show, the curves of all groups in each. */
export function overlaid(groups: readonly GroupCharts[]): readonly RunChart[] {
  const names = [...new Set(groups.flatMap(({ runs }) => runs.flat().map(({ name }) => name)))]
  return names.flatMap((name) => {
    const charts = groups.map(({ label, runs }) => ({
      label,
      found: runs.flatMap((all) => all.filter((each) => each.name === name)),
    }))
    const first = charts.flatMap(({ found }) => found)[0]!
    return kindsOf(first).map((kind): RunChart => {
      const curves = charts.flatMap(({ label, found }, colour) =>
        groupCurves(
          label,
          found.flatMap((each) => curveOf(each, kind)),
          colour,
        ),
      )
      const { levels, breaks } = first
      return {
        name: kind === undefined ? name : `${name}, ${kind}`,
        x: first.x,
        y: { label: kind === undefined ? first.y.label : `${first.y.label}, ${kind}` },
        curves,
        ...(levels && { levels }),
        ...(breaks && { breaks }),
      }
    })
  })
}

/** The curves of a chart that have pictures of their own: one, but for kinds of phases. */
function kindsOf({ curves }: Chart): readonly (string | undefined)[] {
  const phases = curves.filter(({ name }) => name.startsWith('in ')).map(({ name }) => name)
  if (phases.length > 0) return phases
  // Of scores that of the test set, or the next best.
  const part = ['test', 'validation', 'training'].find((name) =>
    curves.some((each) => each.name === name),
  )
  return [part]
}

/** The curve that stands for a chart: of a measure the overall one. */
function curveOf({ curves }: Chart, kind: string | undefined): readonly NamedCurve[] {
  const found =
    kind === undefined
      ? (curves.find(({ name }) => name === 'overall') ?? curves[0])
      : curves.find(({ name }) => name === kind)
  return found ? [found] : []
}

/** The mean of curves where all have a point at the same place, or else each by itself. */
function groupCurves(
  label: string,
  curves: readonly NamedCurve[],
  colour: number,
): readonly NamedCurve[] {
  const [first] = curves
  if (!first) return []
  if (curves.length === 1) return [{ ...first, name: label, colour, dashed: false }]
  const length = Math.min(...curves.map(({ x }) => x.length))
  const places = Array.from({ length }, (_, i) => first.x[i]!)
  const alike = curves.every(({ x }) => places.every((place, i) => x[i] === place))
  if (!alike) return curves.map((curve) => ({ ...curve, name: label, colour, dashed: false }))
  const means = places.map((_, i) => meanOf(curves.map(({ y }) => y[i]!)))
  return [
    {
      name: label,
      x: places,
      y: means.map(({ mean }) => mean),
      spread: means.map(({ error = 0 }) => error),
      colour,
    },
  ]
}
