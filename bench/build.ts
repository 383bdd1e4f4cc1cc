/** The product as users have it: JavaScript in `dist`, built before it is measured if it is not of these sources. */
import { spawnSync } from 'node:child_process'
import { root } from '../specs/helpers/repository.ts'
import { progress } from './machine.ts'

let isBuilt = false

/** Builds `dist`, once in a process. Throws with what was said if that fails. */
export function build(): void {
  if (isBuilt) return
  progress('building')
  const args = ['--import', 'tsx', `${root}/scripts/build.ts`, '--if-needed']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The build failed: ${stdout}${stderr}`)
  isBuilt = true
}
