/** The numbers of programs are types of their own: `npm run types` fails if one is taken for another. */
import { describe, expect, it } from 'vitest'
import {
  entriesOf,
  idsOf,
  nextId,
  noValue,
  valueId,
  type Table,
  type ValueId,
  type WorkId,
} from '../../../compiler/ir/ids.ts'
import { nodeAt } from '../../../compiler/ir/operands.ts'

const values: Table<ValueId, string> = ['a', 'b']
const works: Table<WorkId, string> = ['c']

describe('numbers of programs', () => {
  it('count the places of a table', () => {
    expect(idsOf(values)).toEqual([0, 1])
    expect(nextId(values)).toBe(2)
    expect(entriesOf(works)).toEqual([[0, 'c']])
    expect(nodeAt(values, valueId(1))).toBe('b')
  })

  it('of nothing are found nowhere', () => {
    expect(() => nodeAt(values, noValue)).toThrow('There is no value %-1')
  })

  it('of one kind are not those of another', () => {
    // @ts-expect-error a value of a graph is no value of a program
    expect(() => nodeAt(works, valueId(1))).toThrow('%1')
    // @ts-expect-error nor is a plain number
    expect(nodeAt(values, 0)).toBe('a')
  })
})
