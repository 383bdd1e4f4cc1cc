/**
 * A network on the wasm engine: the compiled program, its memory and its threads behind the interface
 * that the rest of the runtime knows.
 *
 * Memory (see `memory.ts`) is sized for `capacity` examples. More of them make it grow; answers to more
 * than `chunkOf` says are computed in chunks.
 */
import { partOfMatrix } from '../../support/matrix-parts.ts'
import type { CreateOptions, NamedArray, Network, Presented, Rates, StepBlock } from '../network.ts'
import type {
  PlacedTensor,
  ProgramInfo,
  ProgramName,
  ScalarStep,
  WasmArtifact,
} from '../../../contract/artifact.ts'
import { checkedFile, checkedInput, checkedParameter, named } from './checks.ts'
import { EventReader } from './event-lists.ts'
import { inChunks, joined, summed } from './chunks.ts'
import { giveDraws, writeKeys } from './keys.ts'
import { padded } from '../../../contract/rows.ts'
import { valuesToLoad } from './masks.ts'
import { job, jobCount } from '../../../contract/control.ts'
import { BLOCK_STEPS, elementIndex, lacking, MARGIN, memoryPlan, PAGE } from './memory.ts'
import { withSynapses, writeDelayOrders, writePatterns, writeRingRows } from './patterns.ts'
import { Ones, type ElementsAt } from './ones.ts'
import { ScalarMemory } from './scalar-memory.ts'
import { countsSteps } from './scalars.ts'
import { Tables } from './tables.ts'
import { Team } from './team.ts'
import { throughWindow } from '../windows.ts'
import type { Machine } from './machine.ts'
import { readTensor, shapeFor, type Elements } from './tensors.ts'

export type { Machine } from './machine.ts'

type RecordedStep = NonNullable<Network['recordedStep']>

export class WasmNetwork implements Network {
  readonly #artifact: WasmArtifact
  readonly #machine: Machine
  readonly #team: Team
  readonly #options: CreateOptions
  readonly #params: Map<string, number>
  readonly #programs: ReadonlyMap<ProgramName, ProgramInfo>
  readonly #bytes: 4 | 8
  #words: Int32Array
  #elements: Elements
  /** Examples that memory has room for. */
  #capacity = 0
  #disposed = false
  #stepCount = 0
  /** Whether anything was changed from outside since the last step, its number too: the next visits all there is. */
  #isChanged = true
  /** Whether what the program `fixed` computes is to be computed before anything else is. */
  #isStale = true
  /** Address behind the examples' memory and the scratch memory: the host scalars. */
  #scalarBase = 0
  /** Address behind the host scalars: tables of examples. */
  #tableBase = 0
  readonly #scalars: ScalarMemory
  readonly #tables: Tables
  readonly #ones: Ones
  readonly listedSteps?: NonNullable<Network['listedSteps']>
  readonly endWindow?: NonNullable<Network['endWindow']>

  constructor(artifact: WasmArtifact, machine: Machine, options: CreateOptions) {
    artifact = withSynapses(artifact, options.patterns ?? {})
    this.#artifact = artifact
    this.#scalars = new ScalarMemory(artifact)
    this.#ones = new Ones(artifact)
    ;[this.#machine, this.#options] = [machine, options]
    this.#bytes = artifact.precision === 'f32' ? 4 : 8
    this.#programs = new Map(artifact.programs.map((program) => [program.name, program]))
    this.#params = new Map(artifact.params.map(({ name, value }) => [name, value]))
    for (const [name, value] of Object.entries(options.parameters ?? {})) this.set(name, value)
    this.#team = new Team(machine)
    machine.operations.run = (operation) => this.#operate(operation)
    this.#words = new Int32Array(machine.memory.buffer)
    this.#elements = this.#view()
    const { events } = artifact
    if (events) {
      this.listedSteps = (block) => {
        const reader = new EventReader(events)
        this.#block('recorded', block, reader)
        return reader.events()
      }
    }
    if (this.#programs.has('adjoint'))
      this.endWindow = (steps, rates = {}, part) => {
        throughWindow(this, [steps, part], (name) => this.#run(name, this.#batch(), rates))
        this.#isChanged = true
      }
    const program = this.#program(events ? 'recorded' : 'step')
    this.#tables = new Tables(artifact, program.inputs, {
      reserve: (bytes) => this.#reserve(bytes),
      words: () => this.#words,
      elements: () => this.#elements,
    })
    this.#words[job.maySleep / 4] = machine.maySleep ? 1 : 0
    this.#ensureCapacity(options.batch ?? 4)
    writeKeys(this.#artifact, this.#words, options.seed ?? 0)
    writePatterns(this.#artifact, this.#words, options.patterns ?? {})
    this.#ones.begin(this.#words)
    for (const file of artifact.files)
      this.#write(file, 1, checkedFile(file, options.files?.[file.name]))
    this.#run('init', 1, {})
    this.#orderDelays()
  }

  get stepCount(): number {
    return this.#stepCount
  }

  set stepCount(step: number) {
    if (step !== this.#stepCount) this.#isChanged = true
    this.#stepCount = step
  }

  infer(count: number, inputs: Presented): Record<string, NamedArray> {
    const { outputs } = this.#program('infer')
    const read = () => this.#read(outputs, this.#batch())
    return joined(outputs, this.#inChunks('infer', count, inputs, read), count)
  }

  score(count: number, inputs: Presented): Record<string, number> {
    const { outputs } = this.#program('score')
    const read = () => this.#numbers(outputs)
    return summed(outputs, this.#inChunks('score', count, inputs, read))
  }

  step(count: number, inputs: Presented, rates: Rates = {}): void {
    this.#present('step', count, inputs)
    this.#run('step', count, rates)
    this.#stepCount++
  }

  steps(block: StepBlock): void {
    this.#block('step', block)
  }

  #block(
    name: 'step' | 'recorded',
    { table, order, batch, rates }: StepBlock,
    events?: EventReader,
  ): void {
    const count = Math.floor(order.length / batch)
    this.#ensureCapacity(batch)
    // Where recorded draws are given, each step needs its own.
    const most = this.#options.draw
      ? 1
      : Math.min(BLOCK_STEPS, this.#tables.blockSteps({ table, batch }))
    for (let start = 0, size = 0; start < count; start += size) {
      size = Math.min(
        this.#isChanged && this.#artifact.visitAll !== undefined ? 1 : most,
        this.#team.most(name),
        count - start,
      )
      this.#tables.layOut(table, order.subarray(start * batch, (start + size) * batch))
      const given = rates.length > 1 ? rates.slice(start, start + size) : rates
      this.#run(name, batch, given[0] ?? {}, size, given)
      this.#tables.withdraw()
      // A job ends early where its list is full.
      if (events) size = events.take(this.#words, this.stepCount)
      this.#stepCount += size
    }
  }

  measuredStep(count: number, inputs: Presented, rates: Rates = {}): Record<string, number> {
    this.#present('measured', count, inputs)
    this.#run('measured', count, rates)
    this.#stepCount++
    return this.#numbers(this.#program('measured').outputs)
  }

  observe(count: number, inputs: Presented, names: readonly string[]): Record<string, NamedArray> {
    const { outputs } = this.#program('observe')
    const wanted = names.map((name) => named(outputs, name, 'no variable called %'))
    this.#present('observe', count, inputs)
    this.#run('observe', count, {})
    return this.#read(wanted, count)
  }

  readonly recordedStep: RecordedStep = (count, inputs, names, rates = {}) => {
    const { outputs } = this.#program('recorded')
    const wanted = names.map((name) => named(outputs, name, 'no recorded variable called %'))
    this.#present('recorded', count, inputs)
    this.#run('recorded', count, rates)
    this.#stepCount++
    return this.#read(wanted, count)
  }

  save(names?: readonly string[]): Record<string, NamedArray> {
    const { storages } = this.#artifact
    return this.#read(names ? storages.filter(({ name }) => names.includes(name)) : storages, 1)
  }

  load(values: Readonly<Record<string, NamedArray>>): void {
    const saved = (name: string): NamedArray => {
      const { storages } = this.#artifact
      return this.#read([named(storages, name, 'nothing called %')], 1)[name]!
    }
    for (const { storage, data } of valuesToLoad(this.#artifact, values, saved))
      this.#write(storage, 1, data)
    this.#orderDelays()
    this.#isChanged = true
    this.#isStale = true
  }

  derived(): Record<string, NamedArray> {
    this.#run('derived', 1, {})
    return this.#read(this.#program('derived').outputs, 1)
  }

  set(name: string, value: number | boolean): void {
    const checked = checkedParameter(this.#artifact, name, value)
    const isRead = ({ kind, ...step }: ScalarStep): boolean =>
      kind === 'param' && 'name' in step && step.name === name
    if (checked !== this.#params.get(name))
      this.#isStale ||= this.#programs.get('fixed')?.scalars.some(isRead) ?? false
    this.#params.set(name, checked)
    this.#scalars.clear()
    this.#isChanged = true
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#words[job.program / 4] = -1
    this.#machine.exports.signal(jobCount)
    this.#machine.terminate()
  }

  #orderDelays(): void {
    const placeOf = (name: string) => named(this.#artifact.storages, name, 'nothing called %')
    writeDelayOrders(this.#artifact, this.#words, this.#options.patterns ?? {}, (storage) =>
      this.#elements.subarray(this.#index(placeOf(storage), 1)),
    )
  }

  #view(): Elements {
    const { buffer } = this.#machine.memory
    return this.#bytes === 4 ? new Float32Array(buffer) : new Float64Array(buffer)
  }

  #ensureCapacity(count: number): void {
    if (count <= this.#capacity) return
    const plan = memoryPlan(this.#artifact, count, this.#machine.threads)
    this.#scalarBase = plan.scalars
    this.#tableBase = plan.tables
    this.#tables.clear()
    this.#grow(plan.bytes)
    this.#capacity = padded(count)
    this.#words[job.scratch / 4] = plan.scratch
    this.#words[job.scratchBytes / 4] = plan.scratchPerThread
    this.#words[job.scalars / 4] = this.#scalarBase
    this.#scalars.forget()
  }

  /** Room for tables of examples; gives its address. */
  #reserve(bytes: number): number {
    this.#grow(this.#tableBase + bytes + MARGIN)
    return this.#tableBase
  }

  #grow(bytes: number): void {
    const { memory } = this.#machine
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE)
    if (missing <= 0 && this.#words.buffer === memory.buffer) return
    if (missing > 0) {
      try {
        memory.grow(missing)
      } catch {
        throw lacking(this.#artifact, bytes)
      }
    }
    this.#words = new Int32Array(memory.buffer)
    this.#elements = this.#view()
  }

  /** Index of a tensor's first element, where `batch` examples are presented. */
  #index({ place }: PlacedTensor, batch: number): number {
    const { exampleBase } = this.#artifact.memory
    return elementIndex(place, { exampleBase, scalarBase: this.#scalarBase }, this.#bytes, batch)
  }

  #read(tensors: readonly PlacedTensor[], batch: number): Record<string, NamedArray> {
    return Object.fromEntries(
      tensors.map((tensor) => {
        const shape = shapeFor(tensor.shape, batch)
        const data = this.#ones.read(tensor, this.#at(tensor, batch), shape)
        return [tensor.name, { shape, data }]
      }),
    )
  }

  #write(tensor: PlacedTensor, batch: number, values: ArrayLike<number>): void {
    this.#ones.write(tensor, this.#at(tensor, batch), shapeFor(tensor.shape, batch), values)
  }

  #at(tensor: PlacedTensor, batch: number): ElementsAt {
    return { words: this.#words, elements: this.#elements, index: this.#index(tensor, batch) }
  }

  #numbers(outputs: readonly PlacedTensor[]): Record<string, number> {
    const batch = this.#batch()
    return Object.fromEntries(
      outputs.map((output) => [output.name, this.#elements[this.#index(output, batch)] ?? 0]),
    )
  }

  #program(name: ProgramName): ProgramInfo {
    const program = this.#programs.get(name)
    if (!program) throw new Error(`there is no program ${name}`)
    return program
  }

  #batch(): number {
    return this.#words[job.batch / 4] ?? 0
  }

  /** Writes what a program reads to memory. */
  #present(name: ProgramName, count: number, presented: Presented): void {
    this.#ensureCapacity(count)
    const needed = this.#program(name).inputs
    for (const input of this.#artifact.inputs) {
      if (!needed.includes(input.name)) continue
      const values = checkedInput(input, count, presented)
      this.#write(input, count, values)
    }
  }

  #inChunks<T>(name: ProgramName, count: number, inputs: Presented, read: () => T): T[] {
    const program = this.#program(name)
    return inChunks(this.#artifact, program, { count, inputs }, (size, part) => {
      this.#present(name, size, part)
      this.#run(name, size, {})
      return read()
    })
  }

  #run(
    name: ProgramName,
    batch: number,
    rates: Rates,
    steps = 1,
    ratesOfSteps: readonly Rates[] = [],
  ): void {
    if (this.#isStale && name !== 'init' && name !== 'fixed' && this.#programs.has('fixed')) {
      this.#isStale = false
      this.#run('fixed', 1, {})
    }
    const program = this.#program(name)
    const { visitAll } = this.#artifact
    this.#words[job.program / 4] = this.#artifact.programs.indexOf(program)
    this.#words[job.batch / 4] = batch
    this.#words[job.steps / 4] = steps
    this.#words[job.firstStep / 4] = this.stepCount
    writeRingRows(this.#artifact, this.#words, this.stepCount)
    this.#words[job.scalarStride / 4] = 0
    const at = {
      elements: this.#elements,
      index: this.#scalarBase / this.#bytes,
      params: this.#params,
      program,
      batch,
      step: this.stepCount,
      steps,
    }
    if (ratesOfSteps.length > 1 || (steps > 1 && countsSteps(program)))
      this.#words[job.scalarStride / 4] = this.#bytes * this.#scalars.writeTable(at, ratesOfSteps)
    else this.#scalars.write(at, rates)
    const write = (each: PlacedTensor, values: ArrayLike<number>) =>
      this.#write(each, batch, values)
    giveDraws(program, this.#options.draw, {
      step: this.stepCount,
      batch,
      words: this.#words,
      write,
    })
    if (visitAll !== undefined) this.#words[visitAll / 4] = this.#isChanged ? 1 : 0
    // Threads that have ended would be waited for without end.
    if (this.#disposed) throw new Error('the network has been disposed of')
    this.#team.run(name, this.#words, steps)
    if (name === 'step' || name === 'measured' || name === 'recorded') this.#isChanged = false
  }

  /** Does an operation that the program leaves to the host. */
  #operate(number: number): void {
    const operation = this.#artifact.operations[number]
    if (!operation) throw new Error(`there is no host operation ${number}`)
    const { operand, result, rank, side } = operation
    const [rows = 1, columns = 1] = shapeFor(operand.shape, this.#batch())
    const matrix = readTensor(this.#elements, this.#index(operand, this.#batch()), [rows, columns])
    this.#write(result, this.#batch(), partOfMatrix(matrix, [rows, columns], rank, side))
  }
}
