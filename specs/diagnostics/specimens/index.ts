/**
 * A source for every diagnostic, with the place it points at marked. The message, the hint and how
 * it looks are in `specimens.golden.txt`.
 */
import { ofBatches } from './batches.ts'
import { ofCircuits } from './circuits.ts'
import { leftByExamples, ofExamples, ofFigures, ofPhases } from './examples.ts'
import { ofExperiments } from './experiments.ts'
import { ofRefinements } from './refinements.ts'
import { ofRemarks } from './remarks.ts'
import type { Specimen } from './specimen.ts'
import { ofText } from './text.ts'
import { ofValues } from './values.ts'

export type { Specimen } from './specimen.ts'

/** In the order of their codes, and those of one code as they stand in the file of their block. */
export const specimens: readonly Specimen[] = [
  ...ofText,
  ...ofRefinements,
  ...ofValues,
  ...ofCircuits,
  ...ofExperiments,
  ...ofBatches,
  ...ofExamples,
  ...leftByExamples,
  ...ofFigures,
  ofPhases,
  ...ofRemarks,
].toSorted((a, b) => a.code.localeCompare(b.code))
