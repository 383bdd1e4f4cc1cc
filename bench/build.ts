/** The product as users have it: JavaScript in `dist`, built anew before it is measured. */
import { spawnSync } from 'node:child_process'
import { root } from '../specs/helpers/repository.ts'
import { progress } from './machine.ts'

let isBuilt = false

/** Builds `dist`, once in a process. Throws with what the type checker says if that fails. */
export function build(): void {
  if (isBuilt) return
  progress('building')
  const tsc = `${root}/node_modules/typescript/bin/tsc`
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsc, '-p', `${root}/tsconfig.build.json`],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`The build failed: ${stdout}`)
  isBuilt = true
}
