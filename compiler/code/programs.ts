/** The code of a module's programs: what every target that runs loops renders. */
import type { IrModule } from '../ir/ir.ts'
import { layoutOf } from '../plan/layout.ts'
import type { Planned } from '../plan/programs.ts'
import { ModuleBuilder, type CodeModule } from './module.ts'
import type { Shared } from './frame.ts'
import { programFunction } from './program.ts'
import {
  barrierFunction,
  runFunction,
  signalFunction,
  waitFunction,
  workFunction,
} from './threads.ts'

/** The code of all programs: kernels, the programs that call them, and what runs them. */
export function codeOf(
  { inputs }: IrModule,
  programs: readonly Planned[],
  given: Pick<Shared, 'map' | 'operations' | 'lanes' | 'profile'>,
): CodeModule {
  const { map, lanes } = given
  const module = new ModuleBuilder()
  const host = module.import({ name: 'host', parameters: ['int'], result: 'void' })
  const wait = waitFunction(module, host)
  const signal = signalFunction(module)
  const barrier = barrierFunction(module, wait, signal)
  const shared: Shared = { ...given, module, barrier, host, functions: new Map() }
  const types = programs.map((planned) => programFunction(planned, shared))
  const gathered = inputs.map(({ name, shape }, i) => {
    // Examples are the first axis, whether it is the batch or, in a circuit with a past, a number.
    const hasRows = shape.length > 1
    const elements = hasRows ? Number(layoutOf(shape).columns) : 1
    return {
      entry: map.gather + i * lanes.machine.control.gatherBytes,
      perExample: map.inputs.get(name) ?? 0,
      bytes: elements * lanes.bytes,
      stride: (hasRows ? lanes.padded(elements) : 1) * lanes.bytes,
    }
  })
  const run = runFunction(module, lanes, {
    meet: barrier,
    programs: types,
    inputs: gathered,
    exampleBase: map.exampleBase,
    ...(map.events && {
      events: {
        program: programs.findIndex(({ name }) => name === 'recorded'),
        count: map.events.count,
        most: map.events.most,
      },
    }),
  })
  workFunction(module, wait, run)
  return module.build()
}
