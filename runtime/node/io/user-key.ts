/**
 * A secret of the user who runs ccn: 32 random bytes in a file that nobody else can read, made when it
 * is first needed. What is kept outside of a project (compiled programs, for one) carries a code made
 * with it, so that neither another user nor the files of a project can put something there.
 *
 * It lies in the user's folder for state, `$XDG_STATE_HOME/ccn/key` or `~/.local/state/ccn/key`.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, fstatSync, linkSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

const BYTES = 32

/**
 * A folder of the user as the XDG base directory specification has it: what the variable says, unless it
 * is empty or relative; else one below the home folder. Undefined where there is no home.
 */
export function userFolder(
  env: Environment,
  variable: string,
  ...below: readonly string[]
): string | undefined {
  const given = env[variable]
  if (given !== undefined && isAbsolute(given)) return given
  const home = env['HOME'] !== undefined && isAbsolute(env['HOME']) ? env['HOME'] : homedir()
  return isAbsolute(home) ? join(home, ...below) : undefined
}

/** The user's key; undefined where none can be kept, or where others can read or write it. */
export function userKey(env: Environment): Buffer | undefined {
  const state = userFolder(env, 'XDG_STATE_HOME', '.local', 'state')
  if (state === undefined) return undefined
  const folder = join(state, 'ccn')
  const path = join(folder, 'key')
  try {
    return readKey(path) ?? makeKey(folder, path)
  } catch {
    return undefined
  }
}

/** A code of these parts that only the holder of the key can make. */
export function codeOf(key: Buffer, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const code = createHmac('sha256', key)
  for (const part of parts) {
    const bytes = Buffer.from(part)
    // With their lengths, so that what is moved from one to the next is something else.
    code.update(`${bytes.length}:`).update(bytes)
  }
  return code.digest()
}

/** Whether `code` is that of these parts. */
export function isCodeOf(
  code: Uint8Array,
  key: Buffer,
  ...parts: readonly (string | Uint8Array)[]
): boolean {
  const right = codeOf(key, ...parts)
  return code.length === right.length && timingSafeEqual(code, right)
}

/** The key in a file; undefined if there is no file. Throws if it is not the user's own. */
function readKey(path: string): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { mode, uid } = fstatSync(file)
    const others = process.platform !== 'win32' && (mode & 0o077) !== 0
    const foreign = process.getuid !== undefined && uid !== process.getuid()
    const key = readFileSync(file)
    if (others || foreign || key.length !== BYTES) throw new Error('the key is not private')
    return key
  } finally {
    closeSync(file)
  }
}

/** Makes the key; of several processes that do at once, all get that of the first. */
function makeKey(folder: string, path: string): Buffer | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = join(folder, `key.${process.pid}.${randomBytes(6).toString('hex')}`)
  writeFileSync(own, randomBytes(BYTES), { flag: 'wx', mode: 0o600 })
  try {
    linkSync(own, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(own, { force: true })
  }
  return readKey(path)
}
