/**
 * What a network refuses, in the words of the modules that the tfjs target makes: names that it does
 * not have, arrays that do not fit, parameters out of their range. All throw RangeError.
 */
import type { NamedArray, Presented, Rates } from '../network.ts'
import type { PlacedTensor, WasmArtifact } from '../../../contract/artifact.ts'
import { countOf, shapeFor } from './tensors.ts'

/** The one of that name. */
export function named<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
  what: string,
): T {
  const found = all.find((each) => each.name === name)
  if (!found) throw new RangeError(`There is ${what.replace('%', name)}.`)
  return found
}

/** Values of an input for `count` examples. */
export function checkedInput(input: PlacedTensor, count: number, presented: Presented) {
  const shape = shapeFor(input.shape, count)
  const size = countOf(shape)
  const values = presented[input.name]
  if (values?.length === size) return values
  const found = values === undefined ? 'is missing' : `has ${values.length} values`
  throw new RangeError(`The input ${input.name} ${found}; [${shape.join(', ')}] needs ${size}.`)
}

/** The values of a file, or of the pairs of a pattern. */
export function checkedFile(file: PlacedTensor, given: NamedArray | undefined): NamedArray['data'] {
  const size = countOf(shapeFor(file.shape, 1))
  if (given?.data.length === size) return given.data
  const found = given ? `has ${given.data.length} values` : 'is missing'
  throw new RangeError(`The file of ${file.name} ${found}; it needs ${size}.`)
}

/** The storage that an array fits. */
export function storageFor(
  { storages }: WasmArtifact,
  name: string,
  { shape, data }: NamedArray,
): PlacedTensor {
  const storage = named(storages, name, 'nothing called % to load into')
  const size = countOf(shapeFor(storage.shape, 1))
  if (shape.join() !== storage.shape.join() || data.length !== size) {
    const expected = `[${storage.shape.join(', ')}]`
    throw new RangeError(
      `${name} is ${expected}, not [${shape.join(', ')}] with ${data.length} values.`,
    )
  }
  return storage
}

/** Every rate, as given or else its own. */
export function checkedRates({ rates }: WasmArtifact, given: Rates): Rates {
  for (const name of Object.keys(given)) named(rates, name, 'no rate called %')
  return Object.fromEntries(rates.map(({ name, value }) => [name, given[name] ?? value]))
}

/** A parameter's value, as a number, if it may have that. */
export function checkedParameter(
  { params }: WasmArtifact,
  name: string,
  given: number | boolean,
): number {
  const {
    kind,
    minimum = -Infinity,
    maximum = Infinity,
  } = named(params, name, 'no parameter called %')
  const value = Number(given)
  const isSwitch = kind === 'switch'
  const fits = isSwitch ? value === 0 || value === 1 : value >= minimum && value <= maximum
  if (fits) return value
  const range = isSwitch ? '0 or 1' : `between ${minimum} and ${maximum}`
  throw new RangeError(`The parameter ${name} must be ${range}, not ${value}.`)
}
