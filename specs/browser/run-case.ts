/** One case, in the browser. */
import { createWasmEngine, fetchArtifact } from '../../runtime/browser.ts'
import { circuits, type Answer, type Case } from './cases.ts'
import { trainSome } from './training.ts'

export async function runCase({ circuit, threads, fused }: Case): Promise<Answer> {
  try {
    const options = { threads, ...(fused !== undefined && { fused }) }
    const artifact = await fetchArtifact(`/compiled/${circuit}.json`, options)
    const engine = createWasmEngine(options)
    return { outcome: await trainSome(engine, artifact, circuits[circuit] ?? 1) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
