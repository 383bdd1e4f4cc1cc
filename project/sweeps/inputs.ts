/**
 * The files that points of a sweep are computed from, besides the sources: weights, masks, pairs, positions, data.
 * They are found by the strings of the sources and of what varies that name a file, so that every variant's are
 * among them, and known by content: a file that has changed makes other points, and stops those that were
 * defined with it as it was.
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { DatasetPlan } from '../../contract/dataset.ts'
import { parse } from '../../grammar/index.ts'
import { walk } from '../../grammar/walk.ts'
import { liesBelow } from '../../runtime/node/io/confine.ts'
import { withFile } from '../../runtime/node/io/source.ts'
import { hashOf } from '../../runtime/node/train/file-arrays.ts'
import { RunError } from '../../runtime/train/errors.ts'

/** A file as it was when a sweep was defined. */
export interface InputFile {
  /** Absolute. */
  readonly location: string
  readonly sha256: string
}

/** Where files may be named. */
export interface Naming {
  /** Texts by path. */
  readonly sources: ReadonlyMap<string, string>
  /** Texts of values that vary. */
  readonly values: readonly string[]
  readonly data?: { readonly dataset: DatasetPlan; readonly folder: string } | undefined
  /** Folders that files may lie in. */
  readonly folders: readonly string[]
}

/** The files that are named and there, in order. Throws IoError for one that cannot be read. */
export async function inputFiles(naming: Naming): Promise<readonly InputFile[]> {
  const { data, folders } = naming
  const homes = data ? [...folders, data.folder] : folders
  const found: InputFile[] = []
  for (const location of [...new Set(locationsOf(naming))].toSorted()) {
    const isFile = existsSync(location) && statSync(location).isFile()
    if (!isFile || !(await liesBelow(location, homes))) continue
    found.push({ location, sha256: await hashAt(location) })
  }
  return found
}

/** Throws RunError if one of the files is not what it was, IoError if it cannot be read. */
export async function requireUnchanged(files: readonly InputFile[]): Promise<void> {
  for (const { location, sha256 } of files) {
    if ((await hashAt(location)) === sha256) continue
    throw new RunError(
      `${location} is not what it was when the sweep was defined: define the sweep anew, from its file.`,
    )
  }
}

const hashAt = (location: string): Promise<string> =>
  withFile(location, (source) => Promise.resolve(hashOf(source, location)))

function locationsOf({ sources, values, data }: Naming): readonly string[] {
  const files = [...sources].filter(([path]) => isAbsolute(path))
  const varied = values.flatMap((text) => stringsIn(`const value = ${text}`, '--vary'))
  const named = files.flatMap(([path, text]) =>
    [...stringsIn(text, path), ...varied].map((name) => resolve(dirname(path), name)),
  )
  if (!data) return named
  const { train, test } = data.dataset
  const parts = [train, test].flatMap(({ positional, named: options }) =>
    [...positional, ...Object.values(options)].filter((each) => typeof each === 'string'),
  )
  return [...named, ...[...parts, ...varied].map((name) => resolve(data.folder, name))]
}

/** The strings of a text, but for imports and data sets, of which only one is read. */
function stringsIn(text: string, path: string): readonly string[] {
  const strings: string[] = []
  walk(parse(text, path).file, (node) => {
    if (node.kind === 'StringLiteral') strings.push(node.value)
    return node.kind !== 'Import' && node.kind !== 'Dataset' && node.kind !== 'Sweep'
  })
  return strings
}
