/**
 * The batch script of a sweep: each task of its array job is a `ccn sweep --task`. A task that is told to end
 * saves its point. One that is out of time, or was killed, has itself run again; one that is cancelled or
 * preempted leaves that to Slurm.
 */

/** What the script is made for. */
export interface JobOptions {
  readonly name: string
  readonly tasks: number
  /** Seconds before the end at which a task is told. */
  readonly grace: number
  /** Absolute: where the sweep was submitted, which relative paths start from. */
  readonly cwd: string
  /** `sweeps`, absolute. */
  readonly root: string
  /** Node.js as the submitting machine has it; nodes without it use the one on their PATH. */
  readonly node: string
  /** `bin/ccn.js`, absolute. */
  readonly ccn: string
  /** ISO 8601: points that failed later are not tried again. */
  readonly since: string
  /** What CCN_DATA_DIR says, if it does. */
  readonly dataDir?: string | undefined
}

/** How often a task that was killed is run again. */
const RETRIES = 3
const GRACE = 90

/** Seconds before the end at which a task is told: less where the time is short. */
export function graceFor(seconds: number | undefined): number {
  return Math.max(10, Math.min(GRACE, Math.floor((seconds ?? Infinity) / 4)))
}

/** Flags of sbatch, which stand in the script and, as its environment might say otherwise, in the call. */
export function jobFlags({ name, tasks, grace }: JobOptions): readonly string[] {
  return [
    `--job-name=ccn-${name}`,
    `--array=0-${tasks - 1}`,
    '--requeue',
    `--signal=B:USR1@${grace}`,
    // Below the folder that it is submitted in.
    '--output=%A_%a.out',
    '--open-mode=append',
  ]
}

/** The script. */
export function jobScript(options: JobOptions): string {
  const { name, tasks, cwd, root, node, ccn, since, dataDir } = options
  const call = [
    '"$node"',
    quoted(ccn),
    'sweep --task "$SLURM_ARRAY_TASK_ID" --tasks',
    `${tasks}`,
    '--name',
    quoted(name),
    '--sweeps',
    quoted(root),
    '--since',
    quoted(since),
  ].join(' ')
  return `#!/bin/sh
${jobFlags(options)
  .map((flag) => `#SBATCH ${flag}`)
  .join('\n')}
# Made by ccn sweep --engine slurm. By hand: cd to the folder of this file, and sbatch job.sh.

cd ${quoted(cwd)} || exit 1
node=${quoted(node)}
[ -x "$node" ] || node=node
${dataDir === undefined ? '' : `export CCN_DATA_DIR=${quoted(dataDir)}\n`}
task= told= late= ended=
# Slurm tells this shell that the time is nearly over by USR1, and that the job is to end by TERM.
trap 'told=1 late=1; [ -z "$task" ] || kill -TERM "$task" 2>/dev/null' USR1
trap 'told=1 ended=1; [ -z "$task" ] || kill -TERM "$task" 2>/dev/null' TERM
${call} &
task=$!
wait "$task"
code=$?
# A wait that a signal cut off tells of the signal, not of the task.
while [ -n "$told" ]; do
  told=
  wait "$task"
  next=$?
  [ "$next" = 127 ] || code=$next
done

again=
if [ -z "$ended" ]; then
  # Told to end, it has saved its point and left others.
  [ "$code" = 130 ] && again="$late"
  [ "$code" = 137 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${RETRIES} ] && again=1
fi
if [ -n "$again" ]; then
  echo "Task $SLURM_ARRAY_TASK_ID ended with $code; it goes on when Slurm runs it again."
  exec scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit "$code"
`
}

/** As a shell takes it, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
