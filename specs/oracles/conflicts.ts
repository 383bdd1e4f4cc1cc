/** Options of a fixture that do not go together, or that the published equations do not define together. */
import type { FixtureConfig } from './config.ts'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Options that do not go together. */
export function conflicts(
  fixture: { readonly config: FixtureConfig } & Readonly<Record<string, unknown>>,
): readonly string[] {
  const { W, Y, Q, pyr_intn, intn_pyr, rec, model_name } = fixture.config
  const found: string[] = []
  const scheduled = [W, Y, Q, pyr_intn, intn_pyr, rec].some((each) => each?.optimiser?.lr_scheduler)
  if (scheduled && !fixture['lr_schedule'])
    found.push('An optimiser has an lr_scheduler, but the fixture has no lr_schedule.')
  if (Number(fixture['forward_noise']) > 0 && !fixture['standard_normal_draws'])
    found.push('There is forward_noise, but no standard_normal_draws.')
  if (Y?.mode === 'tied_Q' && Q?.mode === 'tied_Y')
    found.push('Y is tied to Q, and Q to Y: neither is then tied to anything.')
  found.push(...convolutionConflicts(fixture.config), ...strengthConflicts(fixture.config))
  if (model_name.endsWith('burstprop') || model_name === 'mnist_np') {
    if (rec && rec.mode !== 'none' && fixture.config.hidden_activation_function !== 'sigmoid')
      found.push(
        'Recurrence is defined for sigmoid layers only: the published equations have (1 - e) in it.',
      )
    if (rec && rec.mode !== 'none')
      found.push(...recurrenceConflicts(fixture, fixture.config.out_channels?.length ?? 0))
    if (fixture['use_teacher'] === false && model_name === 'mnist_np')
      found.push('Without a teacher the published program fails.')
    if (
      Number(fixture.config.output_activity_shift) > 0 &&
      fixture.config.output_activation_function !== 'softmax'
    )
      found.push('A sigmoid output has no shift.')
  }
  if (model_name === 'mnist_np') found.push(...perturbationConflicts(fixture))
  return found
}

/** Without any error the published program divides by 0 in every rule but that of the apical dendrite. */
function strengthConflicts({
  error_scale: scale,
  model_name,
  W,
  Y,
  Q,
}: FixtureConfig): readonly string[] {
  if (scale !== 0) return []
  if (!model_name.endsWith('_burstccn'))
    return ['An error_scale of 0 is defined for mnist_burstccn and its convolutional form only.']
  const learning = [
    ...(W.optimiser ? ['W'] : []),
    ...(Y?.grad_type === 'kp' ? ['Y'] : []),
    ...(Q?.grad_type === 'kp' ? ['Q'] : []),
  ]
  return learning.map(
    (name) => `${name} learns by a rule that the published program divides by an error_scale of 0.`,
  )
}

/** Each layer has one draw, its perturbation; with forward noise two more, of its input in either pass. */
function perturbationConflicts(fixture: Readonly<Record<string, unknown>>): readonly string[] {
  const { standard_normal_draws: draws, init, forward_noise: noise } = fixture
  if (!Array.isArray(draws)) return ['There are perturbations, but no standard_normal_draws.']
  const layers = Array.isArray(init) ? init.length : 0
  const expected = layers * (Number(noise) > 0 ? 3 : 1)
  return draws
    .flatMap((each) => (Array.isArray(each) && each.length !== expected ? [each.length] : []))
    .slice(0, 1)
    .map((found) => `A step has ${found} standard_normal_draws, but needs ${expected}.`)
}

/** Which hidden layers have recurrent weights: all, or of a convolutional model the dense ones alone. */
function recurrenceConflicts(
  fixture: Readonly<Record<string, unknown>>,
  areas: number,
): readonly string[] {
  const init: readonly unknown[] = Array.isArray(fixture['init']) ? fixture['init'] : []
  const has = init.slice(0, -1).map((layer) => isRecord(layer) && Boolean(layer['R']))
  const [first = false] = has
  const fits = has.every((each, layer) => each === (layer >= areas || (first && areas > 0)))
  if (fits && has.includes(true)) return []
  return ['Recurrence is of all hidden layers, or of all dense ones: init.R is not of these.']
}

function convolutionConflicts(config: FixtureConfig): readonly string[] {
  const { in_channels, out_channels, kernel_sizes, strides, paddings, dilations, groups } = config
  if (!out_channels) return []
  const lists = { in_channels, kernel_sizes, strides, paddings, dilations, groups }
  const found = Object.entries(lists).flatMap(([name, list]) =>
    list?.length === out_channels.length
      ? []
      : [`config.${name} is no list of ${out_channels.length} numbers.`],
  )
  // Feedback kernels have the shape of forward ones, but the published programs group them as the
  // layer that they go to is grouped: they fail if that differs.
  if (new Set(groups).size > 1) found.push('config.groups are different: feedback would not fit.')
  return found
}
