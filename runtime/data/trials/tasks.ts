/**
 * The usual cognitive tasks, trial by trial, with the names of parameters that the field's libraries have.
 * Each value depends only on the seed, the trial's number and the lengths of epochs.
 *
 * Channel 0 is the fixation cue, 1 until the decision; choice k of n stands for the direction 2 pi k / n,
 * and a channel of direction a answers to a stimulus of direction b and coherence c (in %) with
 * 1/2 + c/200 cos(a - b), plus noise. Output 0 is to fixate, output 1 + k to choose k in the decision. With
 * `fixate = 0` there is no output for fixation, and only the decision counts.
 */
import { listOf, numbersOf } from '../../../contract/check-reader.ts'
import { streamKey, uniformValues } from '../../support/random.ts'
import type { Reader } from '../reader.ts'
import { trialsOf, type Epoch, type Trials } from './epochs.ts'
import { writtenTrials, type TrialWriter } from './table.ts'

/** What is drawn for a trial: uniform numbers, one after the other. */
type Draw = () => number

interface Trial<Name extends string> {
  readonly epochs: Readonly<Record<Name, Epoch>>
  readonly writer: TrialWriter
  /** A whole number from 0 below `count`. */
  readonly choose: (count: number) => number
}

interface Task<Name extends string> {
  readonly epochs: readonly Name[]
  readonly channels: (numbers: Readonly<Record<string, number>>) => number
  readonly choices: (numbers: Readonly<Record<string, number>>) => number
  /** Writes stimuli; gives the choice that is right, or -1 to go on fixating. */
  readonly write: (
    trial: Trial<Name>,
    numbers: Readonly<Record<string, number>>,
    coherences: readonly number[],
  ) => number
}

function reader<Name extends string>(task: Task<Name | 'decision'>): Reader {
  return {
    async read(plan, context) {
      const numbers = numbersOf(plan)
      const { count: _, seed = 1, skip = 0, sigma = 0, fixate = 1 } = numbers
      const trials = trialsOf(plan, context, numbers, task.epochs)
      const coherences = listOf(plan, 'cohs')
      const choices = task.choices(numbers)
      const sizes = { channels: task.channels(numbers), outputs: choices + (fixate === 0 ? 0 : 1) }
      const draws = drawer(seed, skip)
      return writtenTrials(
        plan,
        context,
        trials,
        sizes,
        { sigma, seed, skip },
        (number, writer) => {
          const { epochs, rows } = trials.of(number)
          const draw = draws(number)
          const choose = (among: number): number => Math.floor(draw() * among)
          const choice = task.write({ epochs, writer, choose }, numbers, coherences)
          const before = { begins: 0, ends: epochs.decision.begins }
          const { decision } = epochs
          writer.input(before, 0, 1)
          if (fixate === 0) {
            writer.answer({ begins: 0, ends: rows }, Math.max(0, choice))
            clearTargets(writer, before, choices)
            writer.counts(decision)
            return
          }
          writer.answer(before, 0)
          writer.answer(decision, 1 + choice)
          writer.counts({ begins: 0, ends: rows })
        },
      )
    },
  }
}

/** Without an output for fixation nothing is wanted before the decision. */
function clearTargets(writer: TrialWriter, { begins, ends }: Epoch, outputs: number): void {
  for (let row = begins; row < ends; row++)
    for (let output = 0; output < outputs; output++) writer.target(row, output, 0)
}

const DRAWS = 8

function drawer(seed: number, skip: number): (trial: number) => Draw {
  const key = streamKey(seed, 'trials')
  return (trial) => {
    const values = uniformValues(key, skip + trial, DRAWS)
    let at = 0
    return () => values[at++]!
  }
}

/** A stimulus in the channels of all directions. */
function show(
  writer: TrialWriter,
  epoch: Epoch,
  first: number,
  directions: number,
  { choice, coherence }: { readonly choice: number; readonly coherence: number },
): void {
  for (let k = 0; k < directions; k++) {
    const angle = (2 * Math.PI * (k - choice)) / directions
    writer.input(epoch, first + k, 0.5 + (coherence / 200) * Math.cos(angle), true)
  }
}

/** Which of several directions a noisy stimulus has, as of moving dots (Britten et al. 1992). */
export const perceptualDecision = reader({
  epochs: ['fixation', 'stimulus', 'delay', 'decision'],
  channels: ({ dim_ring: ring = 2 }) => 1 + ring,
  choices: ({ dim_ring: ring = 2 }) => ring,
  write: ({ epochs, writer, choose }, { dim_ring: ring = 2 }, coherences) => {
    const choice = choose(ring)
    const coherence = coherences[choose(coherences.length)] ?? 0
    show(writer, epochs.stimulus, 1, ring, { choice, coherence })
    return choice
  },
})

/** Whether a test has the direction of a sample (choice 0) or the opposite one (1) (Miller, Erickson and Desimone 1996). */
export const delayedMatchToSample = reader({
  epochs: ['fixation', 'sample', 'delay', 'test', 'decision'],
  channels: ({ dim_ring: ring = 2 }) => 1 + ring,
  choices: () => 2,
  write: ({ epochs, writer, choose }, { dim_ring: ring = 2 }) => {
    const sample = choose(ring)
    const answer = choose(2)
    const test = (sample + answer * (ring / 2)) % ring
    show(writer, epochs.sample, 1, ring, { choice: sample, coherence: 100 })
    show(writer, epochs.test, 1, ring, { choice: test, coherence: 100 })
    return answer
  },
})

/** Which of two directions the stimulus has that the context cue names, of two (Mante et al. 2013). */
export const contextIntegration = reader({
  epochs: ['fixation', 'stimulus', 'delay', 'decision'],
  channels: () => 7,
  choices: () => 2,
  write: ({ epochs, writer, choose }, _, coherences) => {
    const context = choose(2)
    const choices = [choose(2), choose(2)]
    for (const [modality, choice] of choices.entries()) {
      const coherence = coherences[choose(coherences.length)] ?? 0
      show(writer, epochs.stimulus, 1 + 2 * modality, 2, { choice, coherence })
    }
    writer.input({ begins: 0, ends: epochs.decision.ends }, 5 + context, 1)
    return choices[context]!
  },
})

/** To answer after one stimulus, and to go on fixating after the other. */
export const goNogo = reader({
  epochs: ['fixation', 'stimulus', 'delay', 'decision'],
  channels: () => 3,
  choices: ({ fixate = 1 }) => (fixate === 0 ? 2 : 1),
  write: ({ epochs, writer, choose }, { fixate = 1 }) => {
    const go = choose(2)
    writer.input(epochs.stimulus, 2 - go, 1, true)
    return fixate === 0 ? go : go - 1
  },
})

/** A sine of the frequency that a constant input names: (k + 1) / n for the k-th of n. */
export const sine: Reader = {
  async read(plan, context) {
    const numbers = numbersOf(plan)
    const { seed = 1, skip = 0, frequencies = 1, lowest = 1, highest = 1, sigma = 0 } = numbers
    const trials: Trials<'duration'> = trialsOf(plan, context, numbers, ['duration'])
    const draws = drawer(seed, skip)
    const sizes = { channels: 1, outputs: 1 }
    return writtenTrials(plan, context, trials, sizes, { sigma, seed, skip }, (trial, writer) => {
      const { duration } = trials.of(trial).epochs
      const k = Math.floor(draws(trial)() * frequencies)
      const share = frequencies > 1 ? k / (frequencies - 1) : 0
      const frequency = lowest + (highest - lowest) * share
      writer.input(duration, 0, (k + 1) / frequencies, true)
      for (let row = 0; row < duration.ends; row++)
        writer.target(row, 0, Math.sin(2 * Math.PI * frequency * row * trials.step))
      writer.counts(duration)
    })
  },
}
