/** Makes folders. `mkdir` of Node.js with `recursive` never ends where none can be made, as below /proc. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../../io/errors.ts'

/** Makes a folder, with those above it, if it is not there. Throws the system's error. */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const code = errorCode(error)
    // A link that leads nowhere, or in a circle, says so here.
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (await isFolder(path)) return
    const above = dirname(path)
    // Nothing was there to make it in: make that first, unless that is there.
    if (code !== 'ENOENT' || above === path || (await isFolder(above))) throw error
    await makeFolders(above)
    await mkdir(path).catch(async (second: unknown) => {
      if (!(await isFolder(path))) throw second
    })
  }
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined)
  return info?.isDirectory() ?? false
}
