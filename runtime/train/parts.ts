/** What a run is made of. */
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { Timeline } from '../../contract/timeline.ts'
import type { Network } from '../engine/network.ts'
import type { ExampleStates } from './example-states.ts'
import type { Feed } from './feeds.ts'
import type { RunOptions } from './options.ts'
import type { Reporter } from './reporter.ts'
import type { RunLength } from './schedule.ts'

/** The plan, what carries it out, and who is told of it. */
export interface Run {
  readonly plan: ExperimentPlan
  readonly network: Network
  readonly feed: Feed
  /** Absent where no example keeps states for itself. */
  readonly examples?: ExampleStates
  readonly timeline: Timeline
  readonly length: RunLength
  readonly options: RunOptions
  readonly reporter: Reporter
}
