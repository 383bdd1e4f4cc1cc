/** The reference that gradients, passes and targets are compared with: the meaning of graphs, as the compiler has it. */
export {
  evaluateGraph as interpret,
  tabulate,
  tensor,
  type Environment,
  type Run,
  type Tensor,
} from '../../compiler/ir/evaluate.ts'
