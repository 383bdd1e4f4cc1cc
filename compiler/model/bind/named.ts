/** Names that environments hand out, and variables that know where they stand. */
import { evaluatingName, noiseName, presentedName, runTimeName } from '../builtins.ts'
import type { Compartment } from '../model.ts'
import type { Environment } from './environment.ts'
import type { CellVariable, GivenName, LocalVariable, Variable } from './reference.ts'

export function given(
  ...names: readonly GivenName[]
): readonly (readonly [string, LocalVariable])[] {
  return names.map((name) => [name, { kind: 'given', name, given: name }])
}

/** What stands inside of a compartment: its own variables, and what arrives there. */
export const insideOf = (
  { name }: Compartment,
  all: ReadonlyMap<string, CellVariable>,
  members: ReadonlyMap<string, CellVariable>,
): readonly (readonly [string, Variable])[] => [...members, ['input', arriving(all.get(name))]]

/** Words of equations that no modulator hides. */
export const ownWords: ReadonlySet<string> = new Set([
  evaluatingName,
  noiseName,
  presentedName,
  runTimeName,
])

const arriving = (of: CellVariable | undefined): LocalVariable => ({
  kind: 'given',
  name: 'input',
  given: 'input',
  ...(of ? { of } : {}),
})

/** A variable whose environment is made when first asked for; cells are full of cycles. */
export function lazily<V extends Variable>(variable: V, make: () => Environment): V {
  let environment: Environment | undefined
  return {
    ...variable,
    get environment() {
      environment ??= make()
      return environment
    },
  }
}
