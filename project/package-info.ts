/**
 * What the installed package says about itself: where its folder is, and the versions that go into
 * manifests, `--version` and `ccn doctor`.
 */
import { version } from '../compiler/version.ts'
import { existsSync, readFileSync } from 'node:fs'
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

/** Set where the package is built: changes whenever the sources do. */
declare const CCN_BUILD: string | undefined

/** What the compiler was built from; undefined where this runs from the sources, which change at any time. */
export function compilerFingerprint(): string | undefined {
  return typeof CCN_BUILD === 'string' ? `${version} ${CCN_BUILD}` : undefined
}

function tfjsVersion(): string {
  try {
    return versionOf(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'))
  } catch {
    return 'not installed'
  }
}

function versionOf(path: string): string {
  const found = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown }
  return typeof found.version === 'string' ? found.version : 'unknown'
}

function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'library', 'std'))) return folder
    if (folder === dirname(folder)) throw new Error('the folder `library` of ccn is missing')
  }
}
