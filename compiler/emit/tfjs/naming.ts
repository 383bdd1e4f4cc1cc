/**
 * How the generated code calls the weights, inputs, parameters and rates of a module.
 *
 * Weights that differ in one index alone are an array: `W[0]`, `W[1]` stay as they are, `h[0].k`,
 * `h[1].k` become `h_k[0]`, `h_k[1]`. Others get a name each.
 */
import type { InputInfo, IrModule, StorageInfo } from '../../ir/ir.ts'
import type { LeafNames } from './expressions.ts'
import { identifierOf, Identifiers, member } from './identifiers.ts'

/** A field of `Weights`: one storage, or several in an array. */
export interface Family {
  readonly name: string
  readonly array: boolean
  readonly storages: readonly StorageInfo[]
}

export interface Naming extends LeafNames {
  readonly families: readonly Family[]
  /** Inputs with their identifiers. */
  readonly inputs: readonly { readonly info: InputInfo; readonly name: string }[]
  /** The scope that holds all of these names. */
  readonly scope: Identifiers
}

/** Names everything in `module` that exists before the first equation. */
export function nameModule(module: IrModule): Naming {
  const scope = new Identifiers()
  const families = familiesOf(module.storages).map((family) => ({
    ...family,
    name: scope.take(family.name),
  }))
  const inputs = module.inputs.map((info) => ({ info, name: scope.take(identifierOf(info.name)) }))
  const storageNames = new Map(
    families.flatMap(({ name, array, storages }) =>
      storages.map((storage, i) => [storage.name, array ? `${name}[${i}]` : name] as const),
    ),
  )
  const inputNames = new Map(inputs.map(({ info, name }) => [info.name, name]))
  return {
    families,
    inputs,
    scope,
    input: (name) => known(inputNames, name),
    storage: (name) => known(storageNames, name),
    param: (name) => member('p', name),
    rate: (name) => member('rates', name),
  }
}

function known(names: ReadonlyMap<string, string>, name: string): string {
  const found = names.get(name)
  if (found === undefined) throw new Error(`The module declares no ${name}`)
  return found
}

function familiesOf(storages: readonly StorageInfo[]): Family[] {
  const groups = new Map<string, StorageInfo[]>()
  for (const storage of storages) {
    const name = storedName(storage)
    const key = indicesOf(name).length === 1 ? name.replace(index, '') : name
    groups.set(key, [...(groups.get(key) ?? []), storage])
  }
  return [...groups].flatMap(([key, members]): Family[] => {
    const sorted = members.toSorted((a, b) => indexOf(a) - indexOf(b))
    const array = sorted.every((storage, i) => indexOf(storage) === i)
    if (array) return [{ name: identifierOf(key), array, storages: sorted }]
    return members.map((storage) => ({
      name: identifierOf(storedName(storage)),
      array: false,
      storages: [storage],
    }))
  })
}

/** What a circuit keeps is as it was before the step; what comes of it has the plain name. */
function storedName({ name, role }: StorageInfo): string {
  return role === 'state' && !name.endsWith(' before') ? `${name} before` : name
}

const index = /\[(\d+)\]/g

function indicesOf(name: string): number[] {
  return [...name.matchAll(index)].map((match) => Number(match[1]))
}

/** The only index of a name; NaN if it has none or several. */
function indexOf({ name }: StorageInfo): number {
  const indices = indicesOf(name)
  return indices.length === 1 ? indices[0]! : Number.NaN
}
