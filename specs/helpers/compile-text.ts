/** Compiles sources that stand in a spec, with the real standard library. */
import { existsSync, readFileSync } from 'node:fs'
import {
  compile,
  type Compilation,
  type CompileOptions,
  type Host,
} from '../../compiler/compile.ts'
import { root } from './repository.ts'

/** A host with files of its own: paths are below `/project`. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  return {
    read: (path) => {
      if (path.startsWith('/project/')) return files[path.slice('/project/'.length)]
      return path.startsWith(`${root}/library/`) && existsSync(path)
        ? readFileSync(path, 'utf8')
        : undefined
    },
    projectRoot: '/project',
    libraryRoot: `${root}/library`,
  }
}

/** Compiles `text` as the file `main.ccn`. */
export function compileText(
  text: string,
  options: CompileOptions = {},
  files: Readonly<Record<string, string>> = {},
): Compilation {
  return compile('/project/main.ccn', memoryHost({ ...files, 'main.ccn': text }), options)
}

/** The errors' codes and messages. */
export const errorsOf = ({ diagnostics }: Compilation): readonly string[] =>
  diagnostics
    .filter((each) => each.severity === 'error')
    .map((each) => `${each.code} ${each.message}`)
