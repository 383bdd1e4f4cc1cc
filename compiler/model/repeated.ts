/** Properties that a connection, a synapse type or a patch says twice: only one of them could hold. */
import type { ConnectProperty, SynapseMember, SynapseProperty } from '../../grammar/ast.ts'
import type { CellProperty, Span } from '../../grammar/ast.ts'
import type { Context } from './context.ts'

type Property = ConnectProperty | SynapseMember | SynapseProperty | CellProperty

const words: Readonly<Record<Property['kind'], string>> = {
  ConnectivityProperty: 'connectivity',
  InitProperty: 'init',
  TiedProperty: 'tied',
  LearnProperty: 'learn',
  FixedProperty: 'fixed',
  BoundsProperty: 'bounds',
  DelayProperty: 'delay',
  SignProperty: 'sign',
  StpProperty: 'stp',
  TransmitProperty: 'transmit',
  SynapseProperty: 'synapse',
  CellProperty: 'cell',
}

/** Reports what one block says twice; a tie `when` something holds is another thing than a tie. */
export function reportRepeated(
  context: Context,
  owner: string,
  properties: readonly Property[],
): void {
  const places = new Map<string, Span>()
  for (const property of properties) {
    const word = words[property.kind]
    const before = places.get(word)
    if (!before) {
      places.set(word, property.span)
      continue
    }
    const related = [{ span: before, message: 'It is said here first.' }]
    context.report('repeatedProperty', property.span, { name: word, owner }, { related })
  }
}
