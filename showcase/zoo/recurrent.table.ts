/** Models of the zoo: `examples/zoo/recurrent`. */
import type { ZooModel } from './model.ts'

export const recurrent: readonly ZooModel[] = []
