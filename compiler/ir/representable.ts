/** Numbers of a program that single precision cannot hold: they would be infinite there. */
import { entriesOf } from './ids.ts'
import { operandsOf } from './operands.ts'
import type { IrModule } from './ir.ts'

/** The largest number that single precision holds. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127

const isTooLarge = (value: number): boolean =>
  Number.isFinite(value) && Math.abs(value) > LARGEST && !Number.isFinite(Math.fround(value))

/** The first number that is too large, in words, with the equation it stands in; undefined if none is. */
export function tooLargeForSingle({ params, rates, graphs }: IrModule): string | undefined {
  const param = params.find(({ value }) => isTooLarge(value))
  if (param) return `the parameter ${param.name}, ${param.value},`
  const rate = rates.find(({ value }) => isTooLarge(value))
  if (rate) return `the learning rate of ${rate.name}, ${rate.value},`
  for (const { nodes, stores } of Object.values(graphs)) {
    for (const [id, node] of entriesOf(nodes)) {
      if (node.op !== 'const' || !isTooLarge(node.value)) continue
      const user = nodes.find((each) => each.origin !== undefined && operandsOf(each).includes(id))
      const stored = stores.find(({ value }) => value === id)
      const where = user?.origin
        ? ` in \`${user.origin.text}\``
        : stored
          ? `, with which ${stored.storage} begins,`
          : ''
      return `${node.value}${where}`
    }
  }
  return undefined
}
