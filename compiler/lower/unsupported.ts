/**
 * Constructs of the language that no target can run yet. They are looked for before anything is
 * lowered, so that a model is refused in one sentence for each kind of construct, and not by what
 * follows from it.
 */
import type { Span } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import { hasPast } from '../model/past.ts'
import type { Connection, Model } from '../model/model.ts'

type Refuse = (construct: string, span: Span) => void

/** Whether the model can be lowered; what cannot is reported, each kind of construct once. */
export function isSupported(diagnostics: Context, model: Model): boolean {
  const refused = new Set<string>()
  const refuse: Refuse = (construct, span) => {
    if (refused.has(construct)) return
    refused.add(construct)
    diagnostics.report('noLowering', span, { construct })
  }
  const [phase] = model.phases
  if (phase && hasPast(model)) refuse('A model of several phases with a past', phase.span)
  for (const connection of model.connections) visitConnection(connection, refuse)
  return refused.size === 0
}

function visitConnection(connection: Connection, refuse: Refuse): void {
  const { convolution, target } = connection
  const { compartments } = target.population.cell
  const dendrite = compartments.find((each) => each.name === target.compartment)
  if (convolution && dendrite && dendrite.branches > 1)
    refuse('A convolution onto a dendrite with branches', connection.span)
}
