/**
 * How long `ccn train` takes to its first step, as a process of its own: with nothing cached, and with
 * the compiled program in the cache. MNIST is stood in for by files of a few images, since reading the
 * real ones is not what is measured.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../specs/helpers/repository.ts'
import { build } from './build.ts'
import { progress } from './machine.ts'
import { median, summary, table } from './statistics.ts'

const ROUNDS = 9

interface Start {
  readonly name: string
  readonly args: readonly string[]
}

const starts: readonly Start[] = [
  { name: 'xor', args: ['examples/xor.ccn'] },
  { name: 'burstccn, mnist', args: ['examples/burstccn.ccn', '--experiment', 'mnist'] },
  { name: 'burstccn, digits', args: ['examples/burstccn.ccn', '--experiment', 'digits'] },
]

export async function benchStartup(): Promise<void> {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'ccn-bench-'))
  try {
    writeImages(join(folder, 'data', 'mnist'))
    const times = starts.map(() => ({ cold: [] as number[], cached: [] as number[] }))
    const bare: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      progress(`round ${round + 1} of ${ROUNDS}`)
      const begin = performance.now()
      spawnSync(process.execPath, ['-e', '0'])
      bare.push(performance.now() - begin)
      for (const [i, start] of starts.entries()) {
        const cache = join(folder, `cache-${round}-${i}`)
        times[i]?.cold.push(await timeToFirstStep(start, folder, cache))
        times[i]?.cached.push(await timeToFirstStep(start, folder, cache))
      }
    }
    console.log(
      `Milliseconds from the start of \`ccn train\` to its first step, median (least - greatest) of ${ROUNDS}; ` +
        `Node.js alone takes ${median(bare).toFixed(0)} to start and end\n`,
    )
    const rows = starts.map(({ name }, i) => [
      name,
      summary(times[i]?.cold ?? [], 0),
      summary(times[i]?.cached ?? [], 0),
    ])
    console.log(table([['', 'nothing cached', 'cached'], ...rows]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs an experiment until it says that it has started: the next thing it does is a step. */
async function timeToFirstStep({ args }: Start, folder: string, cache: string): Promise<number> {
  const [file = '', ...options] = args
  const begin = performance.now()
  const child = spawn(
    process.execPath,
    [
      join(root, 'bin/ccn.js'),
      'train',
      join(root, file),
      ...options,
      ...['--engine', 'wasm', '--epochs', '0', '--json', '--data-dir', join(folder, 'data')],
    ],
    { cwd: folder, env: { ...process.env, CCN_CACHE_DIR: cache }, timeout: 120_000 },
  )
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  let started: number | undefined
  child.stdout.on('data', () => (started ??= performance.now() - begin))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code !== 0 || started === undefined) throw new Error(`ccn train ${file}: ${errors}`)
  return started
}

/** Files of the MNIST format with a few made-up images. */
function writeImages(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [part, count] of [
    ['train', 64],
    ['t10k', 64],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (i * i) % 256)
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10)
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, 28, 28], pixels))
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels))
  }
}

function idx(shape: readonly number[], bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length)
  head.set([0, 0, 8, shape.length])
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis))
  return Buffer.concat([head, bytes])
}
