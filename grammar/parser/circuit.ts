/**
 * What builds circuit: populations, connections, loops, motifs.
 */
import type {
  CircuitItem,
  ForItem,
  Identifier,
  IfItem,
  InitItem,
  LetItem,
  MatrixItem,
  ModulatorItem,
  MotifItem,
  PatternItem,
  PopulationItem,
  UseItem,
} from '../ast.ts'
import { contextual, keywords, marks, Name } from '../tokens.ts'
import type { Rule } from './base.ts'
import { ConnectionParser } from './connections.ts'

/** The reserved words that start a circuit item. */
export const circuitKeywords = [
  keywords.population,
  keywords.connect,
  keywords.matrix,
  keywords.let,
  keywords.for,
  keywords.use,
]

/** The rules for circuits. */
export abstract class CircuitParser extends ConnectionParser {
  readonly circuitItem: Rule<CircuitItem> = this.RULE('circuitItem', (): CircuitItem =>
    this.OR<CircuitItem>({
      ERR_MSG: 'a population, a connection or another part of a circuit',
      DEF: [
        { ALT: () => this.SUBRULE(this.populationItem) },
        { ALT: () => this.SUBRULE(this.patternItem) },
        { ALT: () => this.SUBRULE(this.connectItem) },
        { ALT: () => this.SUBRULE(this.matrixItem) },
        { ALT: () => this.SUBRULE(this.initItem) },
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.modulatorItem) },
        { ALT: () => this.SUBRULE(this.forItem) },
        { ALT: () => this.SUBRULE(this.ifItem) },
        { ALT: () => this.SUBRULE(this.useItem) },
      ],
    }),
  )

  readonly circuitBody: Rule<CircuitItem[]> = this.RULE('circuitBody', (): CircuitItem[] =>
    this.block(this.circuitItem, circuitKeywords),
  )

  readonly populationItem: Rule<PopulationItem> = this.RULE(
    'populationItem',
    (): PopulationItem => {
      const first = this.CONSUME(keywords.population)
      const name = this.CONSUME(Name)
      const inner = this.SUBRULE(this.shape)
      const outer = this.OPTION(() => this.SUBRULE1(this.shape))
      const colon = this.CONSUME(marks.Colon, { ERR_MSG: '`:` and a cell type' })
      const cell = this.SUBRULE(this.cellReference)
      const positions = this.OPTION1(() => {
        this.CONSUME(contextual.at)
        return this.SUBRULE1(this.reference)
      })
      return this.ACTION((): PopulationItem => {
        const [count, ...more] = inner
        if (outer !== undefined && more.length > 0) {
          this.complain('one number in the first of two brackets', colon, {
            hint: 'write `[count][shape]`, for example `h[layers][64, 14, 14]`',
          })
        }
        return {
          kind: 'Population',
          name: this.identifier(name),
          ...(outer === undefined || count === undefined ? {} : { count }),
          shape: outer ?? inner,
          cell,
          ...(positions === undefined ? {} : { positions }),
          ...this.declared(first),
        }
      })
    },
  )

  readonly patternItem: Rule<PatternItem> = this.RULE('patternItem', (): PatternItem => {
    const first = this.CONSUME(contextual.pattern)
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const source = this.SUBRULE(this.path)
    this.CONSUME(marks.Arrow)
    const target = this.SUBRULE1(this.path)
    const connectivity = this.SUBRULE(this.connectivity)
    return this.ACTION((): PatternItem => ({
      kind: 'Pattern',
      name: this.identifier(name),
      source,
      target,
      connectivity,
      ...this.declared(first),
    }))
  })

  // --- other items -----------------------------------------------------------------------------

  readonly matrixItem: Rule<MatrixItem> = this.RULE('matrixItem', (): MatrixItem => {
    const first = this.CONSUME(keywords.matrix)
    const name = this.CONSUME(Name)
    this.CONSUME(marks.LSquare)
    const rows = this.SUBRULE(this.expression)
    this.CONSUME(marks.Comma)
    const columns = this.SUBRULE1(this.expression)
    this.CONSUME(marks.RSquare)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): MatrixItem => ({
      kind: 'Matrix',
      name: this.identifier(name),
      rows,
      columns,
      value,
      ...this.declared(first),
    }))
  })

  readonly initItem: Rule<InitItem> = this.RULE('initItem', (): InitItem => {
    const first = this.LA(1)
    const always = this.OR([
      { ALT: () => (this.CONSUME(contextual.init), false) },
      { ALT: () => (this.CONSUME(contextual.tie), true) },
    ])
    const target = this.SUBRULE(this.path)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): InitItem => ({
      kind: 'Init',
      target,
      value,
      always,
      ...this.declared(first),
    }))
  })

  readonly letItem: Rule<LetItem> = this.RULE('letItem', (): LetItem => {
    const first = this.CONSUME(keywords.let)
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): LetItem => ({
      kind: 'Let',
      name: this.identifier(name),
      value,
      ...this.declared(first),
    }))
  })

  readonly modulatorItem: Rule<ModulatorItem> = this.RULE('modulatorItem', (): ModulatorItem => {
    const first = this.CONSUME(contextual.modulator)
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): ModulatorItem => ({
      kind: 'Modulator',
      name: this.identifier(name),
      value,
      ...this.declared(first),
    }))
  })

  readonly forItem: Rule<ForItem> = this.RULE('forItem', (): ForItem => {
    const first = this.CONSUME(keywords.for)
    const names = this.OR<Identifier[]>([
      { ALT: () => [this.SUBRULE(this.plainName)] },
      {
        ALT: () => {
          const several: Identifier[] = []
          this.CONSUME(marks.LParen)
          this.AT_LEAST_ONE_SEP({
            SEP: marks.Comma,
            DEF: () => {
              several.push(this.SUBRULE1(this.plainName))
            },
          })
          this.CONSUME(marks.RParen, { ERR_MSG: '`,` or `)`' })
          return several
        },
      },
    ])
    const index = this.OPTION(() => {
      this.CONSUME(marks.Comma)
      return this.SUBRULE2(this.plainName)
    })
    this.CONSUME(keywords.in)
    const list = this.SUBRULE(this.expression)
    const body = this.SUBRULE(this.circuitBody)
    return this.ACTION((): ForItem => ({
      kind: 'For',
      names,
      ...(index === undefined ? {} : { index }),
      list,
      body,
      span: this.spanFrom(first),
    }))
  })

  readonly plainName: Rule<Identifier> = this.RULE('plainName', (): Identifier => {
    const token = this.CONSUME(Name)
    return this.ACTION(() => this.identifier(token))
  })

  readonly ifItem: Rule<IfItem> = this.RULE('ifItem', (): IfItem => {
    const first = this.CONSUME(keywords.if)
    const test = this.SUBRULE(this.expression)
    const then = this.SUBRULE(this.circuitBody)
    const otherwise = this.OPTION(() => {
      this.CONSUME(keywords.else)
      return this.OR<readonly CircuitItem[]>({
        ERR_MSG: '`{` or `if`',
        DEF: [
          { ALT: () => this.SUBRULE1(this.circuitBody) },
          {
            ALT: () => {
              this.enter()
              const item = this.SUBRULE(this.ifItem)
              this.leave()
              return [item]
            },
          },
        ],
      })
    })
    return this.ACTION((): IfItem => ({
      kind: 'If',
      test,
      then,
      otherwise: otherwise ?? [],
      span: this.spanFrom(first),
    }))
  })

  readonly useItem: Rule<UseItem> = this.RULE('useItem', (): UseItem => {
    const first = this.CONSUME(keywords.use)
    const motif = this.SUBRULE(this.reference)
    const name = this.OPTION(() => {
      this.CONSUME(keywords.as)
      return this.SUBRULE(this.plainName)
    })
    return this.ACTION((): UseItem => ({
      kind: 'Use',
      motif,
      ...(name === undefined ? {} : { name }),
      ...this.declared(first),
    }))
  })

  readonly motifItem: Rule<MotifItem> = this.RULE('motifItem', (): MotifItem => {
    const first = this.CONSUME(keywords.motif)
    const name = this.CONSUME(Name)
    const parameters = this.SUBRULE(this.parameters)
    const body = this.SUBRULE(this.circuitBody)
    return this.ACTION((): MotifItem => ({
      kind: 'Motif',
      name: this.identifier(name),
      parameters,
      body,
      ...this.declared(first),
    }))
  })
}
