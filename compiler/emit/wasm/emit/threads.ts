/**
 * How threads run a program: where they meet, how workers wait for a job, and the loop over steps.
 *
 * Threads that wait spin for a while and then sleep, so that a program that is idle burns nothing.
 * All threads of a pool do every job, so that none can be late for the next.
 */
import { areThreadsAlive, barrier, job, jobCount } from '../../../../contract/control.ts'
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
  i32,
  i64,
  mul,
  op,
  returns,
  type Code,
  type FunctionType,
  type Global,
} from '../encoder/code.ts'
import { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'

/** Turns of a spinning thread before it sleeps: some tens of microseconds. */
const SPINS = 20_000

const atomicLoad = (address: number): Code => access('i32.atomic.load', address, i32(0))
const word = (address: number): Code => access('i32.load', address, i32(0))

/** 1 in workers, which may always sleep; the first thread goes by what the host says. */
const isWorker: Global = { name: 'isWorker', type: 'i32', initial: 0, mutable: true }

/** Nanoseconds that the first thread sleeps before it asks whether the others live. */
const PATIENCE = 250_000_000n
/** Turns of a thread that may not sleep, less one, until it asks: a power of two. */
const TURNS = 0x3ff_ffff

/** `wait(address, value)`: until the word at the address is another one. */
export function waitFunction(module: ModuleBuilder, host: FunctionType): FunctionType {
  const worker = module.global(isWorker)
  const fn = new FunctionBuilder('wait', [
    ['address', 'i32'],
    ['value', 'i32'],
  ])
  const [address, value] = [fn.parameter(0), fn.parameter(1)]
  const turns = fn.local('i32', 'turns')
  const timedOut = fn.local('i32', 'timedOut')
  const ask = call(host, i32(areThreadsAlive))
  const changed = (): Code => op('i32.ne', access('i32.atomic.load', 0, get(address)), get(value))
  fn.loop((again) => {
    fn.branch(changed(), () => fn.push(returns()))
    fn.set(turns, add(get(turns), i32(1)))
    fn.push(brIf(again, op('i32.lt_u', get(turns), i32(SPINS))))
    // A page's main thread may not sleep, and goes on spinning.
    fn.branch(op('i32.eqz', op('i32.or', globalGet(worker), word(job.maySleep))), () => {
      fn.branch(op('i32.eqz', op('i32.and', get(turns), i32(TURNS))), () => fn.push(ask))
      fn.push(br(again))
    })
    fn.push(drop(access('i32.atomic.rmw.add', barrier.sleepers, i32(0), i32(1))))
    const sleep = (limit: bigint): Code =>
      access('memory.atomic.wait32', 0, get(address), get(value), i64(limit))
    fn.branch(
      globalGet(worker),
      () => fn.push(drop(sleep(-1n))),
      () => fn.set(timedOut, op('i32.eq', sleep(PATIENCE), i32(2))),
    )
    fn.push(drop(access('i32.atomic.rmw.sub', barrier.sleepers, i32(0), i32(1))))
    fn.branch(get(timedOut), () => fn.push(ask))
    fn.push(br(again))
  })
  return module.add(fn.build())
}

/** `signal(address)`: changes the word at the address and wakes who waits for it. */
export function signalFunction(module: ModuleBuilder): FunctionType {
  const fn = new FunctionBuilder('signal', [['address', 'i32']], 'void', { exported: true })
  const address = fn.parameter(0)
  fn.push(drop(access('i32.atomic.rmw.add', 0, get(address), i32(1))))
  fn.branch(atomicLoad(barrier.sleepers), () => {
    fn.push(drop(access('memory.atomic.notify', 0, get(address), i32(-1))))
  })
  return module.add(fn.build())
}

/** `meet(threads)`: returns when all threads have come. */
export function barrierFunction(
  module: ModuleBuilder,
  wait: FunctionType,
  signal: FunctionType,
): FunctionType {
  const fn = new FunctionBuilder('meet', [['threads', 'i32']])
  const generation = fn.define('generation', atomicLoad(barrier.generation))
  const before = access('i32.atomic.rmw.add', barrier.count, i32(0), i32(1))
  fn.branch(
    op('i32.eq', add(before, i32(1)), get(fn.parameter(0))),
    () => {
      fn.push(access('i32.atomic.store', barrier.count, i32(0), i32(0)))
      fn.push(call(signal, i32(barrier.generation)))
    },
    () => fn.push(call(wait, i32(barrier.generation), get(generation))),
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
  meet: FunctionType,
  programs: readonly FunctionType[],
  inputs: readonly GatheredInput[],
  exampleBase: number,
): FunctionType {
  const fn = new FunctionBuilder('run', [['thread', 'i32']], 'void', { exported: true })
  const thread = fn.parameter(0)
  const threads = fn.define('threads', word(job.threads))
  const batch = fn.define('batch', word(job.batch))
  const program = fn.define('program', word(job.program))
  const steps = fn.define('steps', word(job.steps))
  const scalars = fn.define('scalars', word(job.scalars))
  const step = fn.local('i32', 'step')
  const gather = new FunctionBuilder('gather', [
    ['thread', 'i32'],
    ['threads', 'i32'],
    ['batch', 'i32'],
    ['step', 'i32'],
    ['entry', 'i32'],
    ['to', 'i32'],
    ['bytes', 'i32'],
    ['stride', 'i32'],
  ])
  emitGather(gather)
  const gatherType = module.add(gather.build())
  const together = (): void => {
    fn.branch(op('i32.gt_u', get(threads), i32(1)), () => fn.push(call(meet, get(threads))))
  }
  const paddedBatch = op('i32.and', add(get(batch), i32(3)), i32(-4))
  fn.count(step, i32(0), get(steps), 1, () => {
    for (const { entry, perExample, bytes, stride } of inputs) {
      fn.branch(word(entry), () => {
        const to = add(i32(exampleBase), mul(paddedBatch, i32(perExample)))
        fn.push(
          call(
            gatherType,
            get(thread),
            get(threads),
            get(batch),
            get(step),
            i32(entry),
            to,
            i32(bytes),
            i32(stride),
          ),
        )
      })
    }
    if (inputs.length > 0) together()
    const number = add(word(job.firstStep), get(step))
    programs.forEach((type, index) => {
      fn.branch(op('i32.eq', get(program), i32(index)), () => {
        fn.push(call(type, get(thread), number, get(scalars)))
      })
    })
    together()
    fn.set(scalars, add(get(scalars), word(job.scalarStride)))
  })
  return module.add(fn.build())
}

/** Copies this thread's examples of a step from the table. */
function emitGather(fn: FunctionBuilder): void {
  const given = (index: number): Code => get(fn.parameter(index))
  const [thread, threads, batch, step] = [given(0), given(1), given(2), given(3)]
  const [entry, to, bytes, stride] = [given(4), given(5), given(6), given(7)]
  const field = (offset: number): Code => access('i32.load', offset, entry)
  const part = (which: Code): Code => op('i32.div_u', mul(batch, which), threads)
  const row = fn.local('i32', 'row')
  const end = fn.define('end', part(add(thread, i32(1))))
  const numbers = fn.define('numbers', add(field(4), mul(mul(step, batch), i32(4))))
  fn.count(row, part(thread), get(end), 1, () => {
    const number = access('i32.load', 0, add(get(numbers), mul(get(row), i32(4))))
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
      ['thread', 'i32'],
      ['seen', 'i32'],
    ],
    'void',
    {
      exported: true,
    },
  )
  const seen = fn.parameter(1)
  fn.push(globalSet(module.global(isWorker), i32(1)))
  fn.loop((again) => {
    fn.push(call(wait, i32(jobCount), get(seen)))
    fn.set(seen, add(get(seen), i32(1)))
    fn.branch(op('i32.lt_s', word(job.program), i32(0)), () => fn.push(returns()))
    fn.push(call(run, get(fn.parameter(0))))
    fn.push(br(again))
  })
  return module.add(fn.build())
}
