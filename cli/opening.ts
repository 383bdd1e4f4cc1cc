/** Shows a file or an address in the browser that the user has. */
import { spawn } from 'node:child_process'
import type { Session } from './session.ts'

/** The program that opens things, and what comes before the thing. */
function opener(): readonly [string, ...string[]] {
  if (process.platform === 'darwin') return ['open']
  // The first word in quotes would be the title of a window.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""']
  return ['xdg-open']
}

/** Opens it; says so in one sentence where that cannot be. */
export async function openInBrowser(session: Session, what: string): Promise<void> {
  const [program, ...before] = opener()
  const failed = await new Promise<boolean>((resolve) => {
    const child = spawn(program, [...before, what], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(true))
    child.once('spawn', () => {
      child.unref()
      resolve(false)
    })
  })
  if (failed) session.say(`There is no ${program} to open it with: open ${what} in a browser.`)
}
