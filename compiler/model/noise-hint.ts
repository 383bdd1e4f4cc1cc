/** Advice for an equation in which the noise `xi` lacks a factor of the unit that makes it fit. */
import type { Expression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { noiseName } from './builtins.ts'
import type { Dimension } from './units.ts'

/** For parts of a sum of these dimensions, of which one has the square root of a time that is left over. */
export function noiseHint(
  parts: readonly Expression[],
  found: readonly (Dimension | undefined)[],
): string | undefined {
  const isLeftOver = (of: Dimension | undefined): boolean => !Number.isInteger(of?.['time'] ?? 0)
  if (!found.some(isLeftOver) || !parts.some(hasNoise)) return undefined
  const form = 'tau * dv/dt = -v + sigma * sqrt(2 * tau) * xi'
  return `\`${noiseName}\` has the unit of 1 / sqrt(time): write \`${form}\`, where v has the standard deviation sigma`
}

function hasNoise(expression: Expression): boolean {
  let has = false
  walk(expression, (node) => {
    if (node.kind === 'Name' && node.name === noiseName) has = true
  })
  return has
}
