/** The end of a window of learning through time, as every engine goes back through it. */

/** What is done of it: all, by default; or steps backwards alone, or only what moves weights. */
export type PartOfEnd = 'back' | 'learn'

/** Steps backwards, each counted as the step that it is of, and what moves weights, counted as the last of them. */
export function throughWindow(
  network: { stepCount: number },
  [steps, part]: readonly [steps: number, part: PartOfEnd | undefined],
  run: (program: 'adjoint' | 'learn') => void,
): void {
  const end = network.stepCount
  const back = part === 'learn' ? 0 : steps
  for (let step = end - 1; step >= end - back; step--) {
    network.stepCount = step
    run('adjoint')
  }
  network.stepCount = end - 1
  if (part !== 'back') run('learn')
  network.stepCount = end
}
