/**
 * `ccn sweep --engine slurm`: what is submitted and asked, by stand-ins for Slurm's commands; the script that
 * tasks run, as it is; and a sweep through Slurm itself where one answers.
 */
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../project/package-info.ts'
import { secondsOf, slurmFlags } from '../../project/sweeps/slurm/flags.ts'
import { tinyModel, Workplace, type Outcome } from './run-cli.ts'

const grid = (epochs: number): string =>
  `${tinyModel}sweep grid { vary rate in [0.5, 1]  seeds 1..2  epochs ${epochs} }\n`
/** What a shell would take apart, run and fill in. */
const hostile = `it's"$(touch\${IFS}hacked)\`id\`%j`
const places: Workplace[] = []
afterAll(() => places.forEach((place) => place.remove()))

/** A cluster of which every command says what it is told to. */
class Cluster {
  readonly place: Workplace
  readonly bin: string

  constructor(epochs = 3) {
    this.place = new Workplace({ 'tiny.ccn': grid(epochs) })
    places.push(this.place)
    this.bin = this.place.path('bin')
    this.says('sbatch', 'echo 7')
    this.says('squeue', '')
    this.says('scancel', '')
    this.says('scontrol', '')
  }

  says(command: string, script: string): void {
    const log = `{ pwd; printf '%s\\n' "$@"; echo ---; } >> '${this.place.path(`${command}.log`)}'`
    this.place.write(`bin/${command}`, `#!/bin/sh\n${log}\n${script}\n`)
    chmodSync(join(this.bin, command), 0o755)
  }

  /** With what arguments a command was called, the last time. */
  asked(command: string): readonly string[] {
    const path = this.place.path(`${command}.log`)
    if (!existsSync(path)) return []
    const calls = readFileSync(path, 'utf8').split('---\n')
    return calls.at(-2)!.trim().split('\n').slice(1)
  }

  get env(): Record<string, string> {
    return { PATH: `${this.bin}:${process.env['PATH']}` }
  }

  async run(
    argv: string | readonly string[],
    env: Record<string, string> = this.env,
  ): Promise<Outcome> {
    return this.place.run(argv, { env })
  }
}

describe('ccn sweep --engine slurm', () => {
  it('submits an array job and returns; says how it stands; ends it', async () => {
    const cluster = new Cluster()
    const { place } = cluster
    const said = await cluster.run('sweep tiny.ccn --engine slurm --jobs 3 --slurm=--partition=gpu')
    expect(said).toEqual({
      code: 0,
      err: '',
      out: `sweep grid of tiny, 4 points
Submitted to Slurm as job 7: 3 tasks. This machine is not needed any more.
  ccn sweep grid --status   how far it is
  ccn sweep grid --cancel   ends it; what is done is kept
`,
    })
    const flags = [
      '--job-name=ccn-grid',
      '--array=0-2',
      '--requeue',
      '--signal=B:USR1@90',
      '--output=%A_%a.out',
      '--open-mode=append',
    ]
    expect(cluster.asked('sbatch')).toEqual(['--parsable', ...flags, '--partition=gpu', 'job.sh'])
    const script = readFileSync(place.path('sweeps/grid/slurm/job.sh'), 'utf8')
    expect(script.match(/^#SBATCH .*$/gm)).toEqual(flags.map((flag) => `#SBATCH ${flag}`))
    const kept = JSON.parse(readFileSync(place.path('sweeps/grid/jobs.json'), 'utf8')) as unknown
    const job = { engine: 'slurm', id: '7', at: expect.any(String), tasks: 3 }
    expect(kept).toEqual({ format: 'jobs 1', jobs: [{ ...job, flags: ['--partition=gpu'] }] })

    // Another goes beside it, of a cluster among several.
    cluster.says(
      'squeue',
      `case "$*" in *-M*) ;; *) printf '7 RUNNING\\n7 PENDING\\n7 PENDING\\n';; esac`,
    )
    cluster.says('sbatch', `echo '8;far'`)
    const again = await cluster.run('sweep grid --resume --engine slurm --json')
    expect(JSON.parse(again.out)).toMatchObject({
      kind: 'submitted',
      job: { id: '8', cluster: 'far', tasks: 4 },
      done: 0,
    })
    const status = await cluster.run('sweep grid --status')
    expect(status.out).toBe('grid: 0 of 4 points done\njob 7: 1 running, 2 pending\n')
    expect(cluster.asked('squeue')).toEqual(['-h', '-r', '-o', '%F %T', '-M', 'far', '-j', '8'])
    const json = JSON.parse((await cluster.run('sweep grid --status --json')).out) as {
      jobs: unknown[]
    }
    expect(json.jobs).toMatchObject([{ id: '7', queue: { running: 1, pending: 2 } }, { id: '8' }])

    const ended = await cluster.run('sweep grid --cancel')
    expect(ended.out).toMatch(/^Cancelled job 7: 0 of 4 points done, which are kept/)
    expect(cluster.asked('scancel')).toEqual(['7'])
    // As squeue says it of one job that is over.
    cluster.says('squeue', 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1')
    expect((await cluster.run('sweep grid --status')).out).toMatch(
      /^None of its jobs \(7, 8\) is in the queue\..*\nGo on by {2}ccn sweep grid --resume --engine slurm$/m,
    )
    expect((await cluster.run('sweep grid --cancel')).out).toMatch(/^None of the jobs of grid/)
    cluster.says('squeue', 'echo "squeue: error: Unable to contact slurm controller" >&2; exit 1')
    expect((await cluster.run('sweep grid --status')).out).toMatch(
      /^Jobs 7, 8: Slurm's queue cannot be seen: Unable to contact slurm controller\.$/m,
    )
    const without = await cluster.run('sweep grid --status', { PATH: '/nowhere' })
    expect(without).toMatchObject({ code: 0 })
    expect(without.out).toMatch(/^Jobs 7, 8: There is no command squeue here/m)
    const nothing = await cluster.run('sweep grid --cancel', { PATH: '/nowhere' })
    expect(nothing.err).toMatch(/^error: There is no command squeue here/)
  })

  it('has a script that any name survives, and that ends where everything is done', async () => {
    const cluster = new Cluster()
    const { place } = cluster
    await place.run('sweep tiny.ccn --jobs 1 --quiet')
    await cluster.run(`sweep tiny.ccn --engine slurm --jobs 2 --quiet --sweeps ${hostile}`)
    const folder = place.path(hostile)
    expect(await task(cluster, folder, 1)).toMatchObject({ code: 0 })
    const weights = (store: string): readonly string[] =>
      readdirSync(join(store, 'results'))
        .flatMap((name) =>
          readFileSync(join(store, 'results', name), 'utf8')
            .trim()
            .split('\n'),
        )
        .map((line) => JSON.parse(line.slice(17)) as { key: string; weights: string })
        .map((each) => `${each.key} ${each.weights}`)
        .toSorted()
    expect(weights(join(folder, '.store'))).toEqual(weights(place.path('sweeps/.store')))
    expect(weights(join(folder, '.store'))).toHaveLength(4)
    expect(readdirSync(place.folder)).not.toContain('hacked')
    const rest = await cluster.run(`sweep grid --resume --engine slurm --sweeps ${hostile}`)
    expect(rest.out).toMatch(/^All of them are done: nothing was submitted\.$/m)
  })

  it('has itself run again when the time is over or it is killed, not when it is cancelled', async () => {
    const cluster = new Cluster(1_000_000)
    await cluster.run('sweep tiny.ccn --engine slurm --jobs 1')
    const folder = cluster.place.path('sweeps')
    const requeued = (): boolean => existsSync(cluster.place.path('scontrol.log'))
    expect(await task(cluster, folder, 0, 'TERM')).toMatchObject({ code: 130 })
    expect(readdirSync(join(folder, '.store/work'))).toHaveLength(1)
    expect(readdirSync(join(folder, '.store/leases'))).toEqual([])
    expect(requeued()).toBe(false)
    expect(await task(cluster, folder, 0, 'USR1')).toMatchObject({
      code: 0,
      out: 'Task 0 ended with 130; it goes on when Slurm runs it again.\n',
    })
    expect(cluster.asked('scontrol')).toEqual(['requeue', '7_0'])
    expect((await task(cluster, folder, 0, 'KILL')).out).toMatch(
      /^Task 0 ended with 137; it goes on/,
    )
  })
})

describe('ccn sweep --task', () => {
  it('does not end while a point may be left by a host that has died', async () => {
    const { place } = new Cluster()
    await place.run('sweep tiny.ccn --define')
    const { points } = JSON.parse(readFileSync(place.path('sweeps/grid/sweep.json'), 'utf8')) as {
      points: { key: string }[]
    }
    const [lost, busy] = points.map(({ key }) => place.path(`sweeps/.store/leases/${key}`))
    const holder = { process: 1, host: 'elsewhere', lease: 180_000 }
    place.write(`sweeps/.store/leases/${points[0]!.key}`, JSON.stringify(holder))
    place.write(`sweeps/.store/leases/${points[1]!.key}`, JSON.stringify(holder))
    // One has been silent for nearly as long as a lease lasts, the other has just given a sign of life.
    const then = Date.now() / 1000 - 178.5
    utimesSync(lost!, then, then)
    // A process of its own: one with `--task` takes leave of the process that started it.
    const ccn = join(packageRoot, 'bin', 'ccn.js')
    execFileSync(process.execPath, [ccn, 'sweep', 'grid', '--task', '0'], { cwd: place.folder })
    expect((await place.run('sweep grid --status')).out).toBe(
      'grid: 3 of 4 points done, 1 running\n',
    )
    expect(existsSync(lost!)).toBe(false)
    expect(existsSync(busy!)).toBe(true)
  })
})

/** Runs a task's script as Slurm would; once it has a point, it is told a signal. */
async function task(
  cluster: Cluster,
  root: string,
  number: number,
  signal?: 'TERM' | 'USR1' | 'KILL',
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const folder = join(root, 'grid', 'slurm')
  const child = spawn('sh', ['job.sh'], {
    cwd: folder,
    env: {
      ...process.env,
      ...cluster.env,
      SLURM_ARRAY_JOB_ID: '7',
      SLURM_ARRAY_TASK_ID: `${number}`,
    },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  const leases = join(root, '.store', 'leases')
  const timer = setInterval(() => {
    if (signal === undefined || !existsSync(leases)) return
    const held = readdirSync(leases).find((name) => /^[0-9a-f]{64}$/.test(name))
    if (held === undefined) return
    // One that is being written at this moment names nobody yet.
    const text = readFileSync(join(leases, held), 'utf8')
    if (text === '') return
    clearInterval(timer)
    // Nothing of the process that works on the point survives; its shell does.
    if (signal === 'KILL')
      process.kill((JSON.parse(text) as { process: number }).process, 'SIGKILL')
    // It takes a moment from the lease to the first step.
    else setTimeout(() => child.kill(`SIG${signal}`), 500)
  }, 20)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(timer)
  return { code, out, err }
}

describe('ccn sweep --engine slurm says in a sentence', () => {
  it.each([
    ['--jobs=0', 2, /at least 1/],
    ['--slurm=gpu', 2, /^error: --slurm takes flags of sbatch, .*; `gpu` is none\./],
    ['--slurm=--exclusive gpu', 2, /`gpu` is none\./],
    ['--slurm=--array=0-9', 2, /cannot have `--array=0-9`: the tasks of a sweep are counted by/],
    ['--slurm=--arr 0-9', 2, /cannot have `--arr`/],
    ['--slurm=-Ha0-9', 2, /cannot have `-Ha0-9`/],
    ['--slurm=--wrap=id', 2, /a sweep has a script of its own/],
    ['--slurm=-W', 2, /submitted and left alone/],
    ['--slurm=--', 2, /`--` is none/],
    ['--slurm=--comment="a', 2, /a quote that is not closed/],
    ['--slurm=--comment=a\n#SBATCH', 2, /one line, without control characters/],
  ])('%s', async (flags, code, message) => {
    const cluster = new Cluster()
    const argv = ['sweep', 'tiny.ccn', '--engine', 'slurm', flags]
    const { err, ...rest } = await cluster.run(argv)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/Sorry/)
    expect(rest.code).toBe(code)
    expect(cluster.asked('sbatch')).toEqual([])
  })

  it.each([
    [
      'echo "sbatch: error: invalid partition specified: gpu" >&2; echo "sbatch: error: Batch job submission failed: Invalid partition name specified" >&2; exit 1',
      /^error: Slurm did not take the sweep: invalid partition specified: gpu; Batch job submission failed: Invalid partition name specified\.\nThe sweep is kept as it was defined; nothing was submitted\.\n$/,
    ],
    ['exit 3', /did not take the sweep: Command failed/],
    ['echo hello', /^error: sbatch told no number of a job, but "hello"\./],
  ])('%s', async (script, message) => {
    const cluster = new Cluster()
    cluster.says('sbatch', script)
    const { code, err } = await cluster.run('sweep tiny.ccn --engine slurm')
    expect(err).toMatch(message)
    expect(code).toBe(1)
    expect(existsSync(cluster.place.path('sweeps/grid/jobs.json'))).toBe(false)
  })

  it('what is missing, damaged or contradictory', async () => {
    const cluster = new Cluster()
    const none = await cluster.run('sweep tiny.ccn --engine slurm', { PATH: '/nowhere' })
    expect(none).toMatchObject({ code: 1 })
    expect(none.err).toMatch(/^error: There is no command sbatch here/)
    const lone = await cluster.run('sweep tiny.ccn --slurm=--hold')
    expect(lone.err).toMatch(/--slurm is of --engine slurm/)
    const both = await cluster.run('sweep grid --status --cancel')
    expect(both.err).toMatch(/^error: Either --status or --cancel\./)
    const defined = await cluster.run('sweep tiny.ccn --define')
    expect(defined.out).toMatch(
      /^sweep grid of tiny: 0 of 4 points done\n {2}ccn sweep grid --task/,
    )
    const local = await cluster.run('sweep grid --cancel')
    expect(local.err).toMatch(/^error: Sweep grid was not submitted/)
    writeFileSync(
      cluster.place.path('sweeps/grid/jobs.json'),
      '{"format":"jobs 1","jobs":[{"id":"-x"}]}',
    )
    const damaged = await cluster.run('sweep grid --engine slurm --resume')
    expect(damaged.err).toMatch(/^error: Cannot read .*jobs\.json/)
    expect(cluster.asked('sbatch')).toEqual([])
  })

  it('takes flags apart as a shell does, and knows times', () => {
    const words = (text: string): readonly string[] => slurmFlags(text).words
    expect(words(`--comment='a b' -p gpu  --x="c \\"d\\" $e" -n2 --y=a\\ b`)).toEqual([
      '--comment=a b',
      '-p',
      'gpu',
      '--x=c "d" $e',
      '-n2',
      '--y=a b',
    ])
    expect(words('')).toEqual([])
    expect(slurmFlags('--partition gpu -t 2:00:00').seconds).toBe(7200)
    for (const [text, seconds] of [
      ['90', 5400],
      ['1:30', 90],
      ['1:00:30', 3630],
      ['2-3', 183_600],
      ['1-0:30', 88_200],
      ['1-0:0:5', 86_405],
      ['infinite', undefined],
    ] as const) {
      expect(secondsOf(text)).toBe(seconds)
    }
  })
})

/** Whether a Slurm answers here. */
const slurm = ((): string | undefined => {
  try {
    const out = execFileSync('sinfo', ['-h', '-o', '%t'], { stdio: 'pipe', timeout: 10_000 })
    return /idle|mix|alloc/.test(out.toString()) ? undefined : 'no node of it is up'
  } catch {
    return 'none answers'
  }
})()

describe('Slurm itself', () => {
  it(`runs a sweep${slurm === undefined ? '' : ` (left out: ${slurm})`}`, async () => {
    if (slurm !== undefined) return
    const place = new Workplace({ 'tiny.ccn': grid(3) })
    places.push(place)
    const env = Object.fromEntries(
      Object.entries(process.env).filter((each): each is [string, string] => each[1] !== undefined),
    )
    const said = await place.run('sweep tiny.ccn --engine slurm --jobs 2', { env })
    expect(said).toMatchObject({ code: 0, err: '' })
    let status = ''
    for (let i = 0; i < 200 && !/^grid: 4 of 4 points done\n$/.test(status); i++) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      status = (await place.run('sweep grid --status', { env })).out
    }
    if (!status.includes('4 of 4')) await place.run('sweep grid --cancel', { env })
    expect(status).toBe('grid: 4 of 4 points done\n')
  })
})
