/**
 * How long a check takes: `ccn check` as a process of its own, with nothing in the cache and of a file that
 * has not changed; and in one process that stays, the first check of a file and those after edits.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diskHost } from '../project/index.ts'
import { Workspace } from '../service/index.ts'
import { root } from '../specs/helpers/repository.ts'
import { build } from './build.ts'
import { machine, progress } from './machine.ts'
import { summary, table } from './statistics.ts'

const rounds = 9
const examples = ['xor', 'burstccn', 'spiking', 'dales'] as const

/** Milliseconds that a process takes from its start to its end. */
function timeOf(args: readonly string[], cache: string): number {
  const began = performance.now()
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, CCN_CACHE_DIR: cache },
  })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`)
  return performance.now() - began
}

const commented = (text: string, i: number): string => `${text}\n// edit ${i}\n`

/** The first parameter with a fraction gets one digit more, 0.5 becomes 0.51: it is of the circuit, and so of every form. */
function renumbered(text: string, i: number): string {
  const edited = text.replace(/^param .*?= *\d+\.\d+/m, (found) => `${found}${i + 1}`)
  if (edited === text) throw new Error('There is no parameter with a fraction to edit.')
  return edited
}

function edited(name: string): readonly string[] {
  const path = join(root, 'examples', `${name}.ccn`)
  const text = readFileSync(path, 'utf8')
  const workspace = new Workspace(diskHost(path))
  const times = (check: () => void, edit = commented): number[] =>
    Array.from({ length: rounds }, (_, i) => {
      workspace.open(path, edit(text, i))
      const began = performance.now()
      check()
      return performance.now() - began
    })
  const [first = 0, ...again] = times(() => workspace.check(path))
  const numbers = times(() => workspace.check(path), renumbered)
  const one = times(() => workspace.diagnose(path))
  return [first.toFixed(0), summary(again, 0), summary(numbers, 0), summary(one, 0)]
}

export async function benchCheck(): Promise<void> {
  build()
  console.log(machine())
  const folder = mkdtempSync(join(tmpdir(), 'ccn-bench-'))
  try {
    const rows = examples.map((name) => {
      progress(name)
      const args = ['bin/ccn.js', 'check', `examples/${name}.ccn`]
      const fresh = Array.from({ length: rounds }, () => timeOf(args, ''))
      timeOf(args, folder)
      const unchanged = Array.from({ length: rounds }, () => timeOf(args, folder))
      return [name, summary(fresh, 0), summary(unchanged, 0), ...edited(name)]
    })
    const bare = Array.from({ length: rounds }, () => timeOf(['-e', '0'], ''))
    console.log(
      `Milliseconds, median (least - greatest) of ${rounds}; Node.js alone takes ${summary(bare, 0)}. A check ` +
        'looks at every experiment and variant, `one form` at the file as it stands.\n',
    )
    const head = [
      '',
      'ccn check',
      'unchanged',
      'in a process: first',
      'a comment edited',
      'a number',
      'one form',
    ]
    console.log(table([head, ...rows]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
