/** Weight transport, shown: of every weight that is tied, what it is made of, and where that leads. */
import { printExpression } from '../../../grammar/print/expression.ts'
import type { Bound } from '../../model/bind/index.ts'
import { derivationsOf, isTied, type Derivation } from '../../model/weights/made-of.ts'
import type { Connection, Model } from '../../model/model.ts'
import { followsGradient, rulesInUse, staysWithin } from '../../model/gradient-rules.ts'
import { copiedFrom, isRelay } from '../transport.ts'
import { withoutRepeats, type Certificate, type Fact } from './certificate.ts'
import { biasFacts } from './told.ts'

/** The certificate of `no_weight_transport`. */
export function certifyTransport(model: Model, bound: Bound): Certificate {
  const tied = model.connections.filter(isTied)
  const ties = tied.map((each) => tieFact(model, bound, each))
  const biases = biasFacts(model, bound)
  const gradients = gradientFacts(model, bound)
  const facts = withoutRepeats([...ties, ...biases, ...gradients])
  const breaking = [ties, biases, gradients].filter((each) => each.some(({ breaks }) => breaks))
  /** Whether they alone do. */
  const isOnly = (of: readonly Fact[]): boolean => breaking.every((each) => each === of)
  return {
    property: 'no_weight_transport',
    holds: breaking.length === 0,
    summary:
      breaking.length > 0
        ? isOnly(gradients)
          ? 'the exact gradient of the loss passes back through the forward weights'
          : isOnly(biases)
            ? 'a bias carries the values of weights that learn'
            : 'there are copies of weights that learn and lead the other way'
        : tied.length === 0
          ? 'no weight is tied to others'
          : 'what is tied to other weights is no copy of weights that learn and lead the other way',
    facts,
  }
}

function tieFact(model: Model, bound: Bound, connection: Connection): Fact {
  const { name, family = name, tied, copied, source, target } = connection
  const value = (tied ?? copied!.value).value
  const often = tied
    ? `equals \`${printExpression(value)}\` at all times`
    : `is set to \`${printExpression(value)}\` when \`${printExpression(copied!.when.value)}\``
  const made = derivationsOf(bound.weights, connection)
  const transport = copiedFrom(model, bound.weights, connection)
  const from = `from \`${source.population.family}\` to \`${target.population.family}\``
  return {
    text: `\`${family}\` (${from}) ${often}`,
    span: value.span,
    ...(transport && { breaks: true as const }),
    facts: withoutRepeats([
      ...made.flatMap((each) => derivationFact(each, transport?.learning === each.connection)),
      ...(transport?.through ?? []).map(throughFact),
    ]),
  }
}

/** What leads on between a copy and what it is a copy of. */
function throughFact(each: Connection): Fact {
  const { source, target, family, name, wire, span } = each
  const by = wire ? 'a wire' : `\`${family ?? name}\``
  const how = isRelay(each) ? ', unit by unit' : ''
  return {
    text: `${by} leads from \`${source.population.family}\` to \`${target.population.family}\`${how}`,
    span,
  }
}

/** The steps from a tied weight to one that is tied to none, and what that is. */
function derivationFact({ connection, steps }: Derivation, isSource: boolean): readonly Fact[] {
  const { name, family = name, source, target, rule, span } = connection
  const ends = `from \`${source.population.family}\` to \`${target.population.family}\``
  const learns = rule ? `learns by \`${rule.item.name.name}\`` : 'does not learn'
  return [
    ...steps.map((each) => ({
      text: `\`${each.family}\` is \`${printExpression(each.value)}\``,
      span: each.value.span,
    })),
    {
      text: `\`${family}\` (${ends}) ${learns}${isSource ? ': its values are carried to the other pathway' : ''}`,
      span,
    },
  ]
}

/** What learns by the exact gradient, which passes back through the weights that the signal came by. */
function gradientFacts(model: Model, bound: Bound): readonly Fact[] {
  return rulesInUse(model)
    .filter((each) => followsGradient(bound, each))
    .map(({ storage, rule, post }) => {
      const { name, span } = rule.item.name
      const head = `\`${storage}\` learns by \`${name}\`, which follows the exact gradient of`
      return staysWithin(model, post)
        ? {
            text: `${head} a loss local to \`${post.family}\`: it passes back through no weights`,
            span,
          }
        : {
            text: `${head} the loss: it passes back through the forward weights`,
            span,
            breaks: true,
          }
    })
}
