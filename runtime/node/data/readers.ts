/** The readers and generators where there are files, and how a data set is loaded by them. */
import type { DatasetPlan, ReaderPlan } from '../../../contract/dataset.ts'
import { loadDataset as load } from '../../data/load.ts'
import { generators, readPart as read, type Readers } from '../../data/readers.ts'
import type { ReaderContext } from '../../data/reader.ts'
import type { DataPart, LoadedDataset, LoadOptions } from '../../data/types.ts'
import { npy, npz } from './arrays.ts'
import { cifar } from './cifar.ts'
import { idx } from './idx.ts'
import { spikes } from './spikes.ts'
import { csv } from './table.ts'

/** All of them by name. */
export const READERS: Readers = { idx, cifar, npy, npz, csv, spikes, ...generators }

/** As in `data/load.ts`, with files. Throws DataError or IoError. */
export function loadDataset(plan: DatasetPlan, options: LoadOptions): Promise<LoadedDataset> {
  return load(plan, options, READERS)
}

/** As in `data/readers.ts`, with files. Throws DataError or IoError. */
export function readPart(plan: ReaderPlan, context: ReaderContext): Promise<DataPart> {
  return read(plan, context, READERS)
}
