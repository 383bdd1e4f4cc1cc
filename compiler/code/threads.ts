/**
 * How threads run a program: where they meet, how workers wait for a job, and the loop over steps.
 *
 * Threads that wait spin for a while and then sleep, so that a program that is idle burns nothing.
 * All threads of a pool do every job, so that none can be late for the next.
 */
import { areThreadsAlive, barrier, job, jobCount } from '../../contract/control.ts'
import {
  access,
  add,
  br,
  brIf,
  call,
  drop,
  get,
  globalGet,
  globalSet,
  int,
  long,
  mul,
  op,
  returns,
  type Code,
  type FunctionType,
  type Global,
} from './tree.ts'
import { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'
import type { ModuleBuilder } from './module.ts'

/** Turns of a spinning thread before it sleeps: some tens of microseconds. */
const SPINS = 20_000

const atomicLoad = (address: number): Code => access('atomic.load', address, int(0))
const word = (address: number): Code => access('int.load', address, int(0))

/** 1 in workers, which may always sleep; the first thread goes by what the host says. */
const isWorker: Global = { name: 'isWorker', type: 'int', initial: 0, mutable: true }

/** Nanoseconds that the first thread sleeps before it asks whether the others live. */
const PATIENCE = 250_000_000n
/** Turns of a thread that may not sleep, less one, until it asks: a power of two. */
const TURNS = 0x3ff_ffff

/** `wait(address, value)`: until the word at the address is another one. */
export function waitFunction(module: ModuleBuilder, host: FunctionType): FunctionType {
  const worker = module.global(isWorker)
  const fn = new FunctionBuilder('wait', [
    ['address', 'int'],
    ['value', 'int'],
  ])
  const [address, value] = [fn.parameter(0), fn.parameter(1)]
  const turns = fn.local('int', 'turns')
  const timedOut = fn.local('int', 'timedOut')
  const ask = call(host, int(areThreadsAlive))
  const changed = (): Code => op('int.ne', access('atomic.load', 0, get(address)), get(value))
  fn.loop((again) => {
    fn.branch(changed(), () => fn.push(returns()))
    fn.set(turns, add(get(turns), int(1)))
    fn.push(brIf(again, op('int.ltUnsigned', get(turns), int(SPINS))))
    // A page's main thread may not sleep, and goes on spinning.
    fn.branch(op('int.isZero', op('int.or', globalGet(worker), word(job.maySleep))), () => {
      fn.branch(op('int.isZero', op('int.and', get(turns), int(TURNS))), () => fn.push(ask))
      fn.push(br(again))
    })
    fn.push(drop(access('atomic.add', barrier.sleepers, int(0), int(1))))
    const sleep = (limit: bigint): Code =>
      access('atomic.wait', 0, get(address), get(value), long(limit))
    fn.branch(
      globalGet(worker),
      () => fn.push(drop(sleep(-1n))),
      () => fn.set(timedOut, op('int.eq', sleep(PATIENCE), int(2))),
    )
    fn.push(drop(access('atomic.sub', barrier.sleepers, int(0), int(1))))
    fn.branch(get(timedOut), () => fn.push(ask))
    fn.push(br(again))
  })
  return module.add(fn.build())
}

/** `signal(address)`: changes the word at the address and wakes who waits for it. */
export function signalFunction(module: ModuleBuilder): FunctionType {
  const fn = new FunctionBuilder('signal', [['address', 'int']], 'void', { exported: true })
  const address = fn.parameter(0)
  fn.push(drop(access('atomic.add', 0, get(address), int(1))))
  fn.branch(atomicLoad(barrier.sleepers), () => {
    fn.push(drop(access('atomic.notify', 0, get(address), int(-1))))
  })
  return module.add(fn.build())
}

/** `meet(threads)`: returns when all threads have come. */
export function barrierFunction(
  module: ModuleBuilder,
  wait: FunctionType,
  signal: FunctionType,
): FunctionType {
  const fn = new FunctionBuilder('meet', [['threads', 'int']])
  const generation = fn.define('generation', atomicLoad(barrier.generation))
  const before = access('atomic.add', barrier.count, int(0), int(1))
  fn.branch(
    op('int.eq', add(before, int(1)), get(fn.parameter(0))),
    () => {
      fn.push(access('atomic.store', barrier.count, int(0), int(0)))
      fn.push(call(signal, int(barrier.generation)))
    },
    () => fn.push(call(wait, int(barrier.generation), get(generation))),
  )
  return module.add(fn.build())
}

/** An input as `run` gathers it. */
export interface GatheredInput {
  /** Address of its gather entry. */
  readonly entry: number
  /** Bytes for each example from the start of the examples' memory. */
  readonly perExample: number
  /** Bytes of an example, and from one example to the next. */
  readonly bytes: number
  readonly stride: number
}

/**
 * `run(thread)`: the job's steps. Each gathers its inputs, where they come from a table, runs the
 * program, and waits for all threads.
 */
export function runFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  {
    meet,
    programs,
    inputs,
    exampleBase,
    events,
  }: {
    readonly meet: FunctionType
    readonly programs: readonly FunctionType[]
    readonly inputs: readonly GatheredInput[]
    readonly exampleBase: number
    /** Of the program that lists events, where there is one: the word with their count, and how many are many. */
    readonly events?: { readonly program: number; readonly count: number; readonly most: number }
  },
): FunctionType {
  const fn = new FunctionBuilder('run', [['thread', 'int']], 'void', { exported: true })
  const thread = fn.parameter(0)
  const threads = fn.define('threads', word(job.threads))
  const batch = fn.define('batch', word(job.batch))
  const program = fn.define('program', word(job.program))
  const steps = fn.define('steps', word(job.steps))
  const scalars = fn.define('scalars', word(job.scalars))
  const step = fn.local('int', 'step')
  const gather = new FunctionBuilder('gather', [
    ['thread', 'int'],
    ['threads', 'int'],
    ['batch', 'int'],
    ['step', 'int'],
    ['entry', 'int'],
    ['to', 'int'],
    ['bytes', 'int'],
    ['stride', 'int'],
  ])
  emitGather(gather)
  const gatherType = module.add(gather.build())
  const together = (): void => {
    fn.branch(op('int.gtUnsigned', get(threads), int(1)), () => fn.push(call(meet, get(threads))))
  }
  const paddedBatch = lanes.paddedCode(get(batch))
  fn.count(step, int(0), get(steps), 1, () => {
    for (const { entry, perExample, bytes, stride } of inputs) {
      fn.branch(word(entry), () => {
        const to = add(int(exampleBase), mul(paddedBatch, int(perExample)))
        fn.push(
          call(
            gatherType,
            get(thread),
            get(threads),
            get(batch),
            get(step),
            int(entry),
            to,
            int(bytes),
            int(stride),
          ),
        )
      })
    }
    if (inputs.length > 0) together()
    const number = add(word(job.firstStep), get(step))
    programs.forEach((type, index) => {
      fn.branch(op('int.eq', get(program), int(index)), () => {
        fn.push(call(type, get(thread), number, get(scalars)))
      })
    })
    together()
    if (events) {
      // Nobody changes the count before all threads have met again.
      const isFull = op('int.gt', word(events.count), int(events.most))
      const lists = op('int.eq', get(program), int(events.program))
      fn.branch(op('int.and', lists, isFull), () => fn.set(steps, int(0)))
    }
    fn.set(scalars, add(get(scalars), word(job.scalarStride)))
  })
  return module.add(fn.build())
}

/** Copies this thread's examples of a step from the table. */
function emitGather(fn: FunctionBuilder): void {
  const given = (index: number): Code => get(fn.parameter(index))
  const [thread, threads, batch, step] = [given(0), given(1), given(2), given(3)]
  const [entry, to, bytes, stride] = [given(4), given(5), given(6), given(7)]
  const field = (offset: number): Code => access('int.load', offset, entry)
  const part = (which: Code): Code => op('int.div', mul(batch, which), threads)
  const row = fn.local('int', 'row')
  const end = fn.define('end', part(add(thread, int(1))))
  const numbers = fn.define('numbers', add(field(4), mul(mul(step, batch), int(4))))
  fn.count(row, part(thread), get(end), 1, () => {
    const number = access('int.load', 0, add(get(numbers), mul(get(row), int(4))))
    const from = add(field(0), mul(number, field(8)))
    fn.push(op('memory.copy', add(to, mul(get(row), stride)), from, bytes))
  })
}

/** `work(thread)`: a worker's life, job after job, until one says to end. */
export function workFunction(
  module: ModuleBuilder,
  wait: FunctionType,
  run: FunctionType,
): FunctionType {
  const fn = new FunctionBuilder(
    'work',
    [
      ['thread', 'int'],
      ['seen', 'int'],
    ],
    'void',
    {
      exported: true,
    },
  )
  const seen = fn.parameter(1)
  fn.push(globalSet(module.global(isWorker), int(1)))
  fn.loop((again) => {
    fn.push(call(wait, int(jobCount), get(seen)))
    fn.set(seen, add(get(seen), int(1)))
    fn.branch(op('int.lt', word(job.program), int(0)), () => fn.push(returns()))
    fn.push(call(run, get(fn.parameter(0))))
    fn.push(br(again))
  })
  return module.add(fn.build())
}
