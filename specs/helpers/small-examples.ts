/** Examples in sizes that a spec can run on every target, the interpreter among them. */
import type { IrModule } from '../../compiler/ir/ir.ts'

const small = { layers: '2', hidden: '8' }
/** Of the convolutional examples: strides that leave a rest, padding, dilation, groups. */
const areas = {
  areas: '2',
  channels: '[4, 6]',
  rows: '[3, 3]',
  columns: '[5, 5]',
  height: '9',
  width: '12',
  kernels: '[4, 2]',
  strides: '[2, 1]',
  paddings: '[0, 1]',
  dilations: '[1, 2]',
  groups: '[1, 2]',
}
const smaller: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cifar10.ccn': {
    areas: '2',
    channels: '[4, 6]',
    size: '[14, 5]',
    kernel: '5',
    stride: '2',
    // Errors that are not small beside the rates that carry them.
    error_scale: '1',
  },
  'cifar10_family.ccn': areas,
  // Its signal is the small difference of two phases, which grows with the weights.
  'cifar10_burstprop.ccn': { ...areas, scale: '4', error_scale: '1' },
  // Taught from the first step on.
  'spiking_xor.ccn': { cells: '20', predict: '0 s' },
  'coba.ccn': { cells: '200' },
  'brunel.ccn': { cells: '200' },
  'inhibitory_plasticity.ccn': { cells: '250' },
  'ring_attractor.ccn': { cells: '40' },
  'perceptual_decision.ccn': { cells: '4' },
  'cifar10_backprop.ccn': {
    areas: '2',
    channels: '[4, 6]',
    rows: '[14, 5]',
    columns: '[14, 5]',
    kernels: '5',
    strides: '2',
  },
}

/** What to set in an example of this name and text to make it small. */
export function smallSettings(name: string, text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ ...small, ...smaller[name] }).filter(([key]) =>
      new RegExp(`^param ${key} `, 'm').test(text),
    ),
  )
}

/** How many examples a module takes at once: those of a circuit with a past are compiled in. */
export function examplesAtOnce({ inputs, storages }: IrModule, wished: number): number {
  const first = inputs[0]?.shape[0]
  if (typeof first === 'number') return first
  return storages.some(({ role }) => role === 'state') ? 1 : wished
}
