/**
 * The shapes that code has as a tree, whatever its types and operations are called: those of loop code
 * (`tree.ts`), or those of a target that writes trees as well. Evaluation order is that of the operands.
 */

/** The type of code that leaves no value, or one of the types of values. */
export type ResultOf<Type> = Type | 'void'

/** A local variable or parameter of one function. */
export interface LocalOf<Type> {
  readonly type: Type
  readonly name: string
  readonly index: number
}

/** A variable of the module. */
export interface GlobalOf<Type> {
  readonly name: string
  readonly type: Type
  readonly initial: number
  readonly mutable: boolean
}

/** What a call needs to know of a function. */
export interface FunctionTypeOf<Type> {
  readonly name: string
  readonly parameters: readonly Type[]
  readonly result: ResultOf<Type>
}

export type CodeOf<Type, Name> = { readonly type: ResultOf<Type> } & (
  | { readonly kind: 'const'; readonly value: number | bigint }
  | {
      readonly kind: 'op'
      readonly name: Name
      readonly args: readonly CodeOf<Type, Name>[]
      /** Of a memory access: bytes added to the address. */
      readonly offset: number
      readonly lane: number
      readonly bytes?: Uint8Array
    }
  | { readonly kind: 'get'; readonly local: LocalOf<Type> }
  | {
      readonly kind: 'set' | 'tee'
      readonly local: LocalOf<Type>
      readonly value: CodeOf<Type, Name>
    }
  | { readonly kind: 'globalGet'; readonly global: GlobalOf<Type> }
  | {
      readonly kind: 'globalSet'
      readonly global: GlobalOf<Type>
      readonly value: CodeOf<Type, Name>
    }
  | {
      readonly kind: 'call'
      readonly target: FunctionTypeOf<Type>
      readonly args: readonly CodeOf<Type, Name>[]
    }
  | {
      readonly kind: 'block' | 'loop'
      readonly label: string
      readonly body: readonly CodeOf<Type, Name>[]
    }
  | {
      readonly kind: 'if'
      readonly test: CodeOf<Type, Name>
      readonly then: readonly CodeOf<Type, Name>[]
      readonly otherwise: readonly CodeOf<Type, Name>[]
    }
  | { readonly kind: 'br'; readonly label: string; readonly test?: CodeOf<Type, Name> }
  | {
      readonly kind: 'select'
      readonly args: readonly [CodeOf<Type, Name>, CodeOf<Type, Name>, CodeOf<Type, Name>]
    }
  | { readonly kind: 'return'; readonly value?: CodeOf<Type, Name> }
  | { readonly kind: 'drop'; readonly value: CodeOf<Type, Name> }
  | { readonly kind: 'unreachable' }
)
