/** Models of the zoo: `examples/zoo/credit_assignment`. */
import type { ZooModel } from './model.ts'

export const creditAssignment: readonly ZooModel[] = []
