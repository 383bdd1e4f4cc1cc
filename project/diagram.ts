/** Pictures of circuits, by the layout's library, which is loaded by those who draw. */
import type { Description } from '../service/describe.ts'
import type { DiagramOptions } from '../service/graph/diagram.ts'
import { loadElk } from './elk.ts'
import { ProjectError } from './errors.ts'

/** A circuit as SVG. Throws ProjectError if it is too large to be laid out. */
export async function diagram(
  description: Description,
  options: Omit<DiagramOptions, 'load'>,
): Promise<string> {
  const { drawDiagram } = await import('../service/graph/diagram.ts')
  const { TooLargeToDraw } = await import('../service/graph/layout.ts')
  try {
    return await drawDiagram(description, { ...options, load: loadElk })
  } catch (error) {
    if (error instanceof TooLargeToDraw) throw new ProjectError(error.message)
    throw error
  }
}
