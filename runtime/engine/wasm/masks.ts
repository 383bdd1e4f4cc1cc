/**
 * Weights of which some are always 0: programs keep them so, and read them without looking at the mask;
 * what is loaded from outside is masked here.
 */
import type { NamedArray } from '../network.ts'
import type { WasmArtifact } from '../../../contract/artifact.ts'
import { storageFor } from './checks.ts'

/** What is to be written to which storages, so that no weight lies where its mask is 0. */
export function valuesToLoad(
  artifact: WasmArtifact,
  given: Readonly<Record<string, NamedArray>>,
  saved: (name: string) => NamedArray,
): readonly { readonly storage: StorageTensor; readonly data: NamedArray['data'] }[] {
  const toWrite = ([name, array]: readonly [string, NamedArray]) => ({
    storage: storageFor(artifact, name, array),
    data: array.data,
  })
  const found = Object.entries(given).map(toWrite)
  return [...found, ...Object.entries(maskedValues(artifact, given, saved)).map(toWrite)]
}

type StorageTensor = ReturnType<typeof storageFor>

/** What is to be written besides the given values, so that no weight lies where its mask is 0. */
function maskedValues(
  { storages }: WasmArtifact,
  given: Readonly<Record<string, NamedArray>>,
  saved: (name: string) => NamedArray,
): Readonly<Record<string, NamedArray>> {
  const valueOf = (name: string): NamedArray =>
    (Object.hasOwn(given, name) ? given[name] : undefined) ?? saved(name)
  return Object.fromEntries(
    storages.flatMap(({ name, mask }) => {
      if (mask === undefined) return []
      if (!Object.hasOwn(given, name) && !Object.hasOwn(given, mask)) return []
      const [weight, present] = [valueOf(name), valueOf(mask)]
      return [
        [
          name,
          { ...weight, data: weight.data.map((value, i) => (present.data[i] === 0 ? 0 : value)) },
        ],
      ]
    }),
  )
}
