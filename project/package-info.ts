/**
 * What the installed package says about itself: where its folder is, and the versions that go into
 * manifests, `--version` and `ccn doctor`.
 */
import { version } from '../compiler/version.ts'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Versions } from '../runtime/node/train/manifest.ts'

/** The package's folder, whether this runs from the sources or from `dist/`. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)))

/** Folder of the standard library. */
export const libraryRoot = join(packageRoot, 'library')

/** Versions of ccn, Node and TensorFlow.js. */
export function versions(): Versions {
  return {
    ccn: version,
    node: process.versions.node,
    tfjs: tfjsVersion(),
  }
}

/**
 * Changes whenever the compiler is built anew; undefined where this runs from the sources, which
 * change at any time.
 */
export function compilerFingerprint(): string | undefined {
  const built = join(packageRoot, 'dist', 'compiler', 'index.js')
  const own = fileURLToPath(import.meta.url)
  if (own !== join(packageRoot, 'dist', 'project', 'package-info.js')) return undefined
  const { ccn } = versions()
  return `${ccn} ${statSync(built).mtimeMs} ${statSync(own).mtimeMs}`
}

function tfjsVersion(): string {
  try {
    return versionOf(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'))
  } catch {
    return 'not installed'
  }
}

function versionOf(path: string): string {
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }
  return typeof version === 'string' ? version : 'unknown'
}

function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'library', 'std'))) return folder
    if (folder === dirname(folder)) throw new Error('the folder `library` of ccn is missing')
  }
}
