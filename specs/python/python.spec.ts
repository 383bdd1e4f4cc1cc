/**
 * The Python package, by its own tests: what it reads is made by this repository's command, and figures are compared
 * with those that the command prints. Left out where there is no Python; its tests of numpy and pandas are as good as
 * what is installed.
 */
import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'

/** A Python of at least 3.9; of several the one that has numpy and pandas, as Debian's may. */
const found = ['python3', '/usr/bin/python3'].flatMap((program) => {
  const look = `import importlib.util as u, sys
print(sys.version_info >= (3, 9), all(u.find_spec(m) for m in ('numpy', 'pandas')))`
  try {
    const said = execFileSync(program, ['-c', look], { encoding: 'utf8', stdio: 'pipe' }).trim()
    return said.startsWith('True') ? [{ program, isFull: said.endsWith('True') }] : []
  } catch {
    return []
  }
})
const python = found.find(({ isFull }) => isFull) ?? found[0]

describe('the Python package', () => {
  it('passes its tests', { timeout: 180_000 }, async () => {
    if (!python) return console.warn('left out: there is no python3 of at least 3.9 here')
    if (!python.isFull) console.warn('left out: python3 has no numpy and pandas; plain lists only')
    // The command that the tests start is the built one, of these sources, which starts at once.
    const building = ['--import', 'tsx', 'scripts/build.ts', '--if-needed']
    execFileSync(process.execPath, building, { cwd: root, stdio: 'pipe' })
    const output = await new Promise<string>((resolve) => {
      execFile(
        python.program,
        ['-B', '-m', 'unittest'],
        { cwd: join(root, 'python'), encoding: 'utf8' },
        (error, stdout, stderr) => resolve(error ? `${stdout}${stderr}` : 'passed'),
      )
    })
    expect(output).toBe('passed')
  })
})
