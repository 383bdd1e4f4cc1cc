/** The end of a window of learning through time, as every engine goes back through it. */

/** Steps backwards, each counted as the step that it is of, and what moves weights, counted as the last of them. */
export function throughWindow(
  network: { stepCount: number },
  steps: number,
  run: (program: 'adjoint' | 'learn') => void,
): void {
  const end = network.stepCount
  for (let step = end - 1; step >= end - steps; step--) {
    network.stepCount = step
    run('adjoint')
  }
  network.stepCount = end - 1
  run('learn')
  network.stepCount = end
}
