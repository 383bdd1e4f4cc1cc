/**
 * What training tells while it goes on, as data: first what the compiler warns of, then where the run is
 * kept, then what a reporter hears.
 */
import type { Copy } from '../contract/copies.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { Engine } from '../runtime/engine/network.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import type {
  EpochDone,
  PhaseDone,
  Reporter,
  RunResult,
  RunStarted,
  StepDone,
} from '../runtime/train/reporter.ts'

/** Something that happened in a run. */
export type TrainEvent =
  /** Warnings and remarks of the compiler; only if there are any. */
  | {
      readonly kind: 'compiled'
      readonly diagnostics: readonly Diagnostic[]
      /** Texts by path. */
      readonly sources: ReadonlyMap<string, string>
    }
  /** The run has its folder and its network; nothing has been computed. */
  | {
      readonly kind: 'opened'
      readonly run: RunFolder
      readonly engine: Pick<Engine, 'name' | 'description'>
      /** It was to be gone on with, but had stopped before its first checkpoint: it begins anew. */
      readonly anew?: true
      /** The version of ccn that it was begun by, where it is gone on with by another. */
      readonly begunBy?: string
    }
  /** Copies have the folder of all of them; nothing has been computed. */
  | {
      readonly kind: 'copies'
      readonly run: RunFolder
      readonly engine: Pick<Engine, 'name' | 'description'>
      readonly copies: readonly Copy[]
    }
  /** Something happened to a copy. */
  | { readonly kind: 'copy'; readonly copy: Copy; readonly event: TrainEvent }
  /** The page of the run is served at an address while it goes on; only if that was asked for. */
  | { readonly kind: 'live'; readonly url: string }
  /** Something that changes nothing of how the run goes on, and that people should know; a sentence. */
  | { readonly kind: 'noted'; readonly text: string }
  | ({ readonly kind: 'started' } & RunStarted)
  /** After a training step, or after several that were done at once. */
  | ({ readonly kind: 'step' } & StepDone)
  /** The evaluation of an epoch begins. */
  | { readonly kind: 'evaluating'; readonly epoch: number }
  | ({ readonly kind: 'epoch' } & EpochDone)
  | ({ readonly kind: 'phase' } & PhaseDone)
  | ({ readonly kind: 'ended' } & RunResult)
  /** The run stopped with an error, which is thrown. */
  | { readonly kind: 'failed' }

/** Receives events, in order; what it throws ends the run. */
export type Listener = (event: TrainEvent) => void

/** A reporter that passes on what it hears. */
export function reporterTo(listen: Listener): Reporter {
  return {
    started: (info) => listen({ kind: 'started', ...info }),
    step: (info) => listen({ kind: 'step', ...info }),
    evaluating: (epoch) => listen({ kind: 'evaluating', epoch }),
    epoch: (info) => listen({ kind: 'epoch', ...info }),
    phase: (info) => listen({ kind: 'phase', ...info }),
    ended: (result) => listen({ kind: 'ended', ...result }),
    failed: () => listen({ kind: 'failed' }),
  }
}

/** Tells a reporter what happened. */
export function report(reporter: Reporter, event: TrainEvent): void {
  switch (event.kind) {
    case 'compiled':
    case 'opened':
    case 'copies':
    case 'copy':
    case 'live':
    case 'noted':
      return
    case 'started':
      return reporter.started(event)
    case 'step':
      return reporter.step(event)
    case 'evaluating':
      return reporter.evaluating(event.epoch)
    case 'epoch':
      return reporter.epoch(event)
    case 'phase':
      return reporter.phase(event)
    case 'ended':
      return reporter.ended(event)
    case 'failed':
      return reporter.failed()
  }
}
