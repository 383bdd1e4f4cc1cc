/**
 * The measures of the published inspectors, from those of the `.ccn` models: by layer, `global` (all
 * layers as one vector), `global_hidden` (without the output), and means of the layers' angles, plain
 * or weighted with the size of the layer's update.
 */
import type { Measured } from './mapping.ts'

/** A reference gradient as it is written in an angle and in a norm, all and of the hidden layers. */
interface Reference {
  readonly name: string
  readonly norms: readonly [string, string]
}

/** Gradient descent, and gradient descent back through other weights than those of the forward pass. */
export const references = (replaced: string): Readonly<Record<'bp' | 'fa', Reference>> => ({
  bp: { name: 'backprop', norms: ['backprop(W)', 'backprop(W[0..layers - 1])'] },
  fa: {
    name: `backprop(${replaced})`,
    norms: [`backprop(W, ${replaced})`, `backprop(W[0..layers - 1], ${replaced})`],
  },
})

/** Our labels of what is measured in each model. */
export interface MeasureNames {
  /** Updates, `W`, all and of the hidden layers. */
  readonly update: readonly [string, string]
  readonly weight: readonly [string, string]
  readonly references: Readonly<Record<'bp' | 'fa', Reference>>
  /** The published reference gradients are this times the exact ones. */
  readonly referenceScale: number
  readonly Y: string
  readonly Q?: string
  /** Whether bursts are. */
  readonly bursts: boolean
  /** The variable that is the event rate, if it is not `e`. */
  readonly rate?: string
  /** Statistics of the event rates, if they are not those of the last phase. */
  readonly rates?: string
  /** What statistics of bursts are of, if it is not that of BurstCCN. */
  readonly burstVariables?: BurstVariables
}

/** Those of a circuit of rates whose weights are `W`, and whose feedback `Y` takes the place of their transposes. */
export const usualNames: MeasureNames = {
  update: ['W', 'W[0..layers - 1]'],
  weight: ['W', 'W[0..layers - 1]'],
  references: references('W = Y'),
  referenceScale: 1,
  Y: 'Y',
  bursts: false,
}

/** What the statistics of a kind are of, and whether of the hidden layers or of all. */
type BurstVariables = Readonly<Record<string, readonly [string, 'hidden' | 'all']>>

/** The label in a model with convolutional areas of what is `label` in one without. */
export const withAreas = (label: string): string =>
  label
    .replaceAll('layers - 1', 'areas + layers - 1')
    .replaceAll('[...h, y]', '[...c, ...h, y]')
    .replaceAll('[...predict.h, predict.y]', '[...predict.c, ...predict.h, predict.y]')
    .replaceAll('predict.h.u', '[...predict.c, ...predict.h].u')
    .replaceAll(/(?<!predict\.)\bh\.u/g, '[...c, ...h].u')

type Reader = (measured: Measured) => number

/** A measure by the fixture's key, `angle_bp/layer_1`; undefined if there is none such. */
export function measureOf(
  names: MeasureNames,
  key: string,
  measured: Measured,
): number | undefined {
  const [kind = '', where = ''] = key.split('/')
  const number = /^layer_(\d+)$/.exec(where)?.[1]
  const layer = number === undefined ? undefined : Number(number)
  if (layer === undefined && !wheres.has(where)) return undefined
  return reader(names, kind, where, layer)?.(measured)
}

const wheres: ReadonlySet<string> = new Set([
  'global',
  'global_hidden',
  'global_average',
  'global_hidden_average',
  'global_weighted',
  'global_hidden_weighted',
])

function reader(
  names: MeasureNames,
  kind: string,
  where: string,
  layer: number | undefined,
): Reader | undefined {
  const [all, hidden] = names.update
  const rates = names.rates ?? `[...h, y].${names.rate ?? 'e'}`
  const [, reference] = /_(bp|fa)$/.exec(kind) ?? []
  if (reference === 'bp' || reference === 'fa') {
    const [exact, exactHidden] = names.references[reference].norms
    const other = names.references[reference].name
    switch (kind.slice(0, -3)) {
      case 'angle': {
        const angle = pick(`angle(${all}, ${other})`, `angle(${hidden}, ${other})`, where, layer)
        return angle ?? meanAngle(`angle(${all}, ${other})`, `norm(update(${all}))`, where)
      }
      case 'grad_norm_ratio': {
        const ratio = pick(`ratio(${all}, ${other})`, `ratio(${hidden}, ${other})`, where, layer)
        return ratio && ((measured) => ratio(measured) / names.referenceScale)
      }
      case 'grad_norm': {
        const norm = pick(`norm(${exact})`, `norm(${exactHidden})`, where, layer)
        return norm && ((measured) => names.referenceScale * norm(measured))
      }
      default:
        return undefined
    }
  }
  switch (kind) {
    case 'grad_norm':
      return pick(`norm(update(${all}))`, `norm(update(${hidden}))`, where, layer)
    case 'W_norm':
      return pick(`norm(${names.weight[0]})`, `norm(${names.weight[1]})`, where, layer)
    case 'Y_norm':
      return pick(`norm(${names.Y})`, undefined, where, layer)
    case 'angle_WY':
      // Feedback weights belong to the lower layer there; here W[1] is the first with a partner.
      return pick(
        `angle(${names.weight[0]}, ${names.Y})`,
        undefined,
        where,
        layer === undefined ? undefined : layer + 1,
      )
    case 'event_rate_variance':
      return statistic('variance', rates, 'all', where, layer)
    case 'event_rate_derivative_mean':
      return statistic('mean', `${rates} * (1 - ${rates})`, 'all', where, layer)
    case 'event_rate_saturation_factor':
      return statistic('mean', `${rates} < 0.01 or ${rates} > 0.99`, 'all', where, layer)
    default:
      return names.bursts ? burstReader(names, kind, where, layer) : undefined
  }
}

function burstReader(
  names: MeasureNames,
  kind: string,
  where: string,
  layer: number | undefined,
): Reader | undefined {
  switch (kind) {
    case 'Q_norm':
      return names.Q === undefined ? undefined : pick(`norm(${names.Q})`, undefined, where, layer)
    case 'angle_QY':
      return names.Q === undefined
        ? undefined
        : pick(`angle(-${names.Q}, ${names.Y})`, undefined, where, layer)
    default:
      break
  }
  const [, subject = '', quantity = ''] = /^(.*)_(magnitude|variance|max)$/.exec(kind) ?? []
  const variable = (names.burstVariables ?? variables)[subject]
  return variable && statistic(quantity, variable[0], variable[1], where, layer)
}

const variables: BurstVariables = {
  apical: ['h.u', 'hidden'],
  burst_prob_change: ['[...h, y].lift', 'all'],
  burst_rate_change: ['[...h, y].excess', 'all'],
}

/** A measure by label: one layer, all, or the hidden ones. */
function pick(
  all: string,
  hidden: string | undefined,
  where: string,
  layer: number | undefined,
): Reader | undefined {
  if (layer !== undefined) return (measured) => measured.value(all, layer)
  if (where === 'global') return (measured) => measured.value(all)
  if (where === 'global_hidden' && hidden !== undefined) return ({ value }) => value(hidden)
  return undefined
}

/** `global_average`, `global_hidden_weighted`, ...: means of the layers' angles. */
function meanAngle(angle: string, size: string, where: string): Reader | undefined {
  const [, some, how] = /^global(_hidden)?_(average|weighted)$/.exec(where) ?? []
  if (how === undefined) return undefined
  return ({ value, layers }) => {
    let total = 0
    let weights = 0
    for (let layer = 0; layer < layers + (some === undefined ? 1 : 0); layer++) {
      const weight = how === 'average' ? 1 : value(size, layer)
      total += weight * value(angle, layer)
      weights += weight
    }
    return total / weights
  }
}

/** The published variance is the unbiased one, ours is divided by the count. */
function statistic(
  quantity: string,
  variable: string,
  layers: 'hidden' | 'all',
  where: string,
  layer: number | undefined,
): Reader | undefined {
  if (where !== 'global' && layer === undefined) return undefined
  return ({ value, count }) => {
    const n = count(layer ?? layers)
    switch (quantity) {
      case 'magnitude':
        return value(`mean(abs(${variable}))`, layer)
      case 'mean':
        return value(`mean(${variable})`, layer)
      case 'max':
        return value(`max_of(abs(${variable}))`, layer)
      default:
        return n < 2 ? Number.NaN : (value(`variance(${variable})`, layer) * n) / (n - 1)
    }
  }
}

/** The tensor of the fixture that a kind of measure sums up, if it is one. */
export function summarised(kind: string): string | undefined {
  if (kind.startsWith('apical_')) return 'apic'
  if (/^burst_(prob|rate)_change_/.test(kind)) return 'delta'
  return /^(grad_norm|angle_(bp|fa))/.test(kind) ? 'grad_W_bias' : undefined
}
