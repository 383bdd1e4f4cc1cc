/** Connections: who sends to whom, by which weights, and along which synapses. */
import type {
  ConnectItem,
  ConnectivityProperty,
  ConnectProperty,
  Expression,
  Identifier,
  InitProperty,
  StringLiteral,
  TiedProperty,
} from '../ast.ts'
import {
  contextual,
  Kernel,
  keywords,
  marks,
  Name,
  Pattern,
  PatternFlag,
  PatternOption,
} from '../tokens.ts'
import type { Rule } from './base.ts'
import { CellParser } from './cells.ts'

type Option = ConnectivityProperty['options'][number]

/** The rules for connections. */
export abstract class ConnectionParser extends CellParser {
  readonly connectItem: Rule<ConnectItem> = this.RULE('connectItem', (): ConnectItem => {
    const first = this.CONSUME(keywords.connect)
    const source = this.SUBRULE(this.path)
    this.CONSUME(marks.Arrow)
    const target = this.SUBRULE1(this.path)
    const name = this.OPTION(() => {
      this.CONSUME(keywords.as)
      return this.CONSUME(Name)
    })
    const synapse = this.OPTION1(() => {
      this.CONSUME(marks.Colon)
      return this.SUBRULE(this.reference)
    })
    const properties = this.OPTION2(() => this.SUBRULE(this.connectBody))
    return this.ACTION((): ConnectItem => ({
      kind: 'Connect',
      source,
      target,
      ...(name === undefined ? {} : { name: this.identifier(name) }),
      ...(synapse === undefined ? {} : { synapse }),
      properties: properties ?? [],
      ...this.declared(first),
    }))
  })

  readonly connectBody: Rule<ConnectProperty[]> = this.RULE('connectBody', (): ConnectProperty[] =>
    this.block(this.connectProperty, [keywords.stp]),
  )

  readonly connectProperty: Rule<ConnectProperty> = this.RULE(
    'connectProperty',
    (): ConnectProperty =>
      this.OR<ConnectProperty>({
        ERR_MSG: 'a property of the connection',
        DEF: [
          { ALT: () => this.SUBRULE(this.initProperty) },
          { ALT: () => this.SUBRULE(this.tied) },
          { ALT: () => this.SUBRULE(this.learn) },
          { ALT: () => this.SUBRULE(this.fixed_) },
          { ALT: () => this.SUBRULE(this.bounds) },
          { ALT: () => this.SUBRULE(this.delay) },
          { ALT: () => this.SUBRULE(this.sign) },
          { ALT: () => this.SUBRULE(this.stpProperty) },
          { ALT: () => this.SUBRULE(this.connectivity) },
        ],
      }),
  )

  readonly initProperty: Rule<InitProperty> = this.RULE('initProperty', (): InitProperty => {
    const first = this.CONSUME(contextual.init)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): InitProperty => ({
      kind: 'InitProperty',
      value,
      span: this.spanFrom(first),
    }))
  })

  readonly tied: Rule<TiedProperty> = this.RULE('tied', (): TiedProperty => {
    const first = this.CONSUME(contextual.tied)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    const when = this.OPTION(() => {
      this.CONSUME(contextual.when)
      return this.SUBRULE1(this.value)
    })
    return this.ACTION((): TiedProperty => ({
      kind: 'TiedProperty',
      value,
      ...(when === undefined ? {} : { when }),
      span: this.spanFrom(first),
    }))
  })

  readonly connectivity: Rule<ConnectivityProperty> = this.RULE(
    'connectivity',
    (): ConnectivityProperty => {
      const pattern = this.CONSUME(Pattern)
      const { image } = pattern
      const isConvolution = () => image.startsWith('conv')
      const takesFile = () => image === 'mask' || image === 'pairs'
      let file: StringLiteral | undefined
      let shared: Expression | undefined
      let kernel: ConnectivityProperty['kernel']
      this.OPTION({
        GATE: () =>
          takesFile() || image === 'pattern' || (isConvolution() && !this.at(PatternOption, 1)),
        DEF: () => {
          this.OR([
            {
              GATE: takesFile,
              ALT: () => {
                file = this.SUBRULE(this.string)
              },
            },
            {
              GATE: isConvolution,
              ALT: () => {
                const token = this.CONSUME(Kernel)
                kernel = this.ACTION(() => token.image.split('x').map(Number))
              },
            },
            {
              GATE: () => image === 'pattern',
              ALT: () => {
                shared = this.SUBRULE(this.path)
              },
            },
            {
              GATE: isConvolution,
              ALT: () => {
                kernel = this.SUBRULE1(this.value)
              },
            },
          ])
        },
      })
      this.ACTION(() => {
        if (takesFile() && file === undefined)
          this.fail('the name of a file in double quotes', this.LA(1))
        if (isConvolution() && !kernel) this.fail('a kernel such as `5x5`', this.LA(1))
        if (image === 'pattern' && !shared) this.fail('the name of a pattern', this.LA(1))
      })
      const options: Option[] = []
      const flags: Identifier[] = []
      let when: Expression | undefined
      this.MANY(() => {
        this.OR1([
          {
            ALT: () => {
              const name = this.CONSUME(PatternOption)
              const value = this.SUBRULE(this.value)
              this.ACTION(() => options.push({ name: this.identifier(name), value }))
            },
          },
          {
            ALT: () => {
              const flag = this.CONSUME(PatternFlag)
              this.ACTION(() => flags.push(this.identifier(flag)))
            },
          },
          {
            ALT: () => {
              const word = this.CONSUME(contextual.when)
              this.ACTION(() => {
                if (when !== undefined) this.complain('one condition', word)
              })
              when = this.SUBRULE2(this.value)
            },
          },
        ])
      })
      return this.ACTION((): ConnectivityProperty => ({
        kind: 'ConnectivityProperty',
        connectivity: image as ConnectivityProperty['connectivity'],
        ...(kernel === undefined ? {} : { kernel }),
        options,
        flags,
        ...(when === undefined ? {} : { when }),
        ...(shared === undefined ? {} : { shared }),
        ...(file === undefined ? {} : { file }),
        span: this.spanFrom(pattern),
      }))
    },
  )
}
