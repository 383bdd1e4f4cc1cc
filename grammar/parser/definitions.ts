/**
 * Definitions that build no circuit: imports, parameters, constants, functions, data sets.
 */
import type { IToken } from 'chevrotain'
import type {
  Binding,
  ConstItem,
  DatasetField,
  DatasetItem,
  DatasetPart,
  Expression,
  Identifier,
  FunctionItem,
  ImportItem,
  ImportName,
  Parameter,
  ParamItem,
  Pullback,
} from '../ast.ts'
import { contextual, keywords, marks, Name } from '../tokens.ts'
import type { Rule } from './base.ts'
import { formOf } from '../forms.ts'
import { ExpressionParser } from './expressions.ts'

/** Bindings, then the result that they serve. */
interface FunctionBody {
  readonly bindings: readonly Binding[]
  readonly result: Expression
  readonly pullback?: Pullback | undefined
}

/** The rules for definitions. */
export abstract class DefinitionParser extends ExpressionParser {
  readonly importItem: Rule<ImportItem> = this.RULE('importItem', (): ImportItem => {
    const first = this.CONSUME(keywords.import)
    const names: ImportName[] = []
    this.CONSUME(marks.LBrace)
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        names.push(this.SUBRULE(this.importName))
      },
    })
    this.CONSUME(marks.RBrace, { ERR_MSG: '`,` or `}`' })
    this.CONSUME(contextual.from)
    const source = this.SUBRULE(this.string)
    return this.ACTION((): ImportItem => ({
      kind: 'Import',
      names,
      source,
      ...this.declared(first),
    }))
  })

  readonly importName: Rule<ImportName> = this.RULE('importName', (): ImportName => {
    const name = this.CONSUME(Name)
    const alias = this.OPTION(() => {
      this.CONSUME(keywords.as)
      return this.CONSUME1(Name)
    })
    return this.ACTION((): ImportName => ({
      kind: 'ImportName',
      name: this.identifier(name),
      ...(alias === undefined ? {} : { alias: this.identifier(alias) }),
      span: this.spanFrom(name),
    }))
  })

  readonly paramItem: Rule<ParamItem> = this.RULE('paramItem', (): ParamItem => {
    const first = this.CONSUME(keywords.param)
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    const range = this.OPTION(() => {
      this.CONSUME(keywords.in)
      return this.SUBRULE(this.range)
    })
    return this.ACTION((): ParamItem => ({
      kind: 'Param',
      name: this.identifier(name),
      value,
      ...(range === undefined ? {} : { range }),
      ...this.declared(first),
    }))
  })

  readonly constItem: Rule<ConstItem> = this.RULE('constItem', (): ConstItem => {
    const first = this.CONSUME(keywords.const)
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): ConstItem => ({
      kind: 'Const',
      name: this.identifier(name),
      value,
      ...this.declared(first),
    }))
  })

  /** `(a, b = 1)`, or nothing. */
  readonly parameters: Rule<Parameter[]> = this.RULE('parameters', (): Parameter[] => {
    const parameters: Parameter[] = []
    this.OPTION(() => {
      this.CONSUME(marks.LParen)
      this.MANY_SEP({
        SEP: marks.Comma,
        DEF: () => {
          parameters.push(this.SUBRULE(this.parameter))
        },
      })
      this.CONSUME(marks.RParen, { ERR_MSG: '`,` or `)`' })
    })
    return parameters
  })

  readonly parameter: Rule<Parameter> = this.RULE('parameter', (): Parameter => {
    const name = this.CONSUME(Name)
    const value = this.OPTION(() => {
      this.CONSUME(marks.Eq)
      return this.SUBRULE(this.expression)
    })
    return this.ACTION((): Parameter => ({
      kind: 'Parameter',
      name: this.identifier(name),
      ...(value === undefined ? {} : { value }),
      span: this.spanFrom(name),
    }))
  })

  // --- functions -------------------------------------------------------------------------------

  readonly functionItem: Rule<FunctionItem> = this.RULE('functionItem', (): FunctionItem => {
    const first = this.CONSUME(keywords.function)
    const name = this.CONSUME(Name)
    const parameters = this.SUBRULE(this.parameters)
    const body = this.OR<FunctionBody>([
      {
        ALT: () => {
          this.CONSUME(marks.Eq)
          const result = this.SUBRULE(this.value)
          const pullback = this.OPTION(() => this.SUBRULE(this.pullback))
          return { bindings: [], result, pullback }
        },
      },
      { ALT: () => this.SUBRULE(this.functionBody) },
    ])
    return this.ACTION((): FunctionItem => ({
      kind: 'Function',
      name: this.identifier(name),
      parameters,
      bindings: body.bindings,
      result: body.result,
      ...(body.pullback === undefined ? {} : { pullback: body.pullback }),
      ...this.declared(first),
    }))
  })

  readonly functionBody: Rule<FunctionBody> = this.RULE('functionBody', (): FunctionBody => {
    const before = this.problemCount
    const parts = this.block(this.functionPart)
    return this.ACTION(() => this.bodyOf(parts, this.problemCount > before))
  })

  readonly functionPart: Rule<Binding | Pullback | Expression> = this.RULE(
    'functionPart',
    (): Binding | Pullback | Expression =>
      this.OR<Binding | Pullback | Expression>({
        ERR_MSG: '`return`, `pullback` or a binding such as `a = 1`',
        DEF: [
          {
            ALT: () => {
              this.CONSUME(contextual.return)
              return this.SUBRULE(this.value)
            },
          },
          { ALT: () => this.SUBRULE(this.pullback) },
          { ALT: () => this.SUBRULE(this.binding) },
        ],
      }),
  )

  readonly binding: Rule<Binding> = this.RULE('binding', (): Binding => {
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): Binding => ({
      kind: 'Binding',
      name: this.identifier(name),
      value,
      ...this.declared(name),
    }))
  })

  readonly pullback: Rule<Pullback> = this.RULE('pullback', (): Pullback => {
    const first = this.CONSUME(contextual.pullback)
    this.CONSUME(marks.LParen)
    const gradient = this.CONSUME(Name)
    this.CONSUME(marks.RParen)
    const body = this.OR<FunctionBody>([
      {
        ALT: () => {
          this.CONSUME(marks.Eq)
          return { bindings: [], result: this.SUBRULE(this.value) }
        },
      },
      { ALT: () => this.SUBRULE(this.functionBody) },
    ])
    return this.ACTION((): Pullback => {
      if (body.pullback !== undefined) {
        this.complain('one pullback', this.LA(0), { hint: 'a pullback has none of its own' })
      }
      return {
        kind: 'Pullback',
        gradient: this.identifier(gradient),
        bindings: body.bindings,
        result: body.result,
        span: this.spanFrom(first),
      }
    })
  })

  private bodyOf(
    parts: readonly (Binding | Pullback | Expression)[],
    broken: boolean,
  ): FunctionBody {
    const bindings: Binding[] = []
    const pullbacks: Pullback[] = []
    const results: Expression[] = []
    for (const part of parts) {
      if (part.kind === 'Binding') bindings.push(part)
      else if (part.kind === 'Pullback') pullbacks.push(part)
      else results.push(part)
    }
    const end = this.LA(0)
    if (!broken) {
      if (results.length === 0) this.complain('`return`', end)
      else if (results.length > 1) this.complain('one `return`', end)
      else if (pullbacks.length > 1) this.complain('one pullback', end)
    }
    const missing = (): Expression => ({ kind: 'ErrorExpression', span: this.placeBehind(end) })
    return { bindings, result: results[0] ?? missing(), pullback: pullbacks[0] }
  }

  // --- data sets -------------------------------------------------------------------------------

  readonly datasetItem: Rule<DatasetItem> = this.RULE('datasetItem', (): DatasetItem => {
    const first = this.CONSUME(keywords.dataset)
    const name = this.CONSUME(Name)
    const members = this.SUBRULE(this.datasetBody)
    return this.ACTION((): DatasetItem => ({
      kind: 'Dataset',
      name: this.identifier(name),
      fields: members.filter((member) => member.kind === 'DatasetField'),
      parts: members.filter((member) => member.kind === 'DatasetPart'),
      ...this.declared(first),
    }))
  })

  readonly datasetBody: Rule<(DatasetField | DatasetPart)[]> = this.RULE(
    'datasetBody',
    (): (DatasetField | DatasetPart)[] => this.block(this.datasetMember),
  )

  readonly datasetMember: Rule<DatasetField | DatasetPart> = this.RULE(
    'datasetMember',
    (): DatasetField | DatasetPart =>
      this.OR<DatasetField | DatasetPart>({
        ERR_MSG: '`field`, `train` or `test`',
        DEF: [
          { ALT: () => this.SUBRULE(this.datasetField) },
          { ALT: () => this.datasetPart('train', this.CONSUME(contextual.train)) },
          { ALT: () => this.datasetPart('test', this.CONSUME(contextual.test), true) },
        ],
      }),
  )

  private datasetPart(part: DatasetPart['part'], first: IToken, second = false): DatasetPart {
    const reader = second ? this.SUBRULE1(this.reference) : this.SUBRULE(this.reference)
    return this.ACTION(() => ({ kind: 'DatasetPart', part, reader, span: this.spanFrom(first) }))
  }

  readonly datasetField: Rule<DatasetField> = this.RULE('datasetField', (): DatasetField => {
    const first = this.CONSUME(contextual.field)
    this.requireName('datasetField')
    const name = this.CONSUME(Name)
    const shape = this.OPTION(() => this.SUBRULE(this.shape))
    const extra: {
      classes?: Expression
      mean?: Expression
      std?: Expression
      lasts?: Identifier
    } = {}
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(contextual.class)
            this.ACTION(() => {
              if (this.startsLine(this.LA(1)) && this.beginsMember())
                this.fail('the number of classes', this.LA(1), formOf(['datasetField']))
            })
            extra.classes = this.SUBRULE(this.expression)
          },
        },
        {
          ALT: () => {
            this.CONSUME(contextual.mean)
            extra.mean = this.SUBRULE1(this.expression)
          },
        },
        {
          ALT: () => {
            this.CONSUME(contextual.std)
            extra.std = this.SUBRULE2(this.expression)
          },
        },
        {
          ALT: () => {
            this.CONSUME(contextual.lasts)
            const other = this.CONSUME1(Name)
            this.ACTION(() => (extra.lasts = this.identifier(other)))
          },
        },
      ])
    })
    this.ACTION(() => {
      // `field v: 2`
      if ([marks.Colon, marks.Eq, marks.LParen].some((mark) => this.at(mark)))
        this.fail('a shape, `class`, `mean` or `std`', this.LA(1), formOf(['datasetField']))
    })
    return this.ACTION((): DatasetField => ({
      kind: 'DatasetField',
      name: this.identifier(name),
      shape: shape ?? [],
      ...extra,
      ...this.declared(first),
    }))
  })

  /** `[64, 14, 14]` */
  readonly shape: Rule<Expression[]> = this.RULE('shape', (): Expression[] => {
    const sizes: Expression[] = []
    this.CONSUME(marks.LSquare, { ERR_MSG: 'a shape such as `[500]`' })
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        sizes.push(this.SUBRULE(this.expression))
      },
    })
    this.CONSUME(marks.RSquare, { ERR_MSG: '`,` or `]`' })
    return sizes
  })
}
