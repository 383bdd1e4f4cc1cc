/**
 * The command line. `main` runs one command and gives its exit code: 0 if all went well, 1 if the
 * input had errors or a run failed, 2 for a wrong call, 130 if it was interrupted and has saved, 128 and the
 * number of the signal if it was ended otherwise. What goes wrong is told
 * in a sentence; a stack trace is for CCN_DEBUG=1.
 *
 * Commands are in `commands/`, one a file, and load what they need only when they are called.
 */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { spreadAssignments } from './arguments.ts'
import { registerCheck } from './commands/check.ts'
import { registerCompare } from './commands/compare.ts'
import { registerCompile } from './commands/compile.ts'
import { registerData } from './commands/data.ts'
import { registerDescribe } from './commands/describe.ts'
import { registerDiff } from './commands/diff.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerEval } from './commands/eval.ts'
import { registerExplain } from './commands/explain.ts'
import { registerFmt } from './commands/fmt.ts'
import { registerGraph } from './commands/graph.ts'
import { registerPlot } from './commands/plot.ts'
import { registerReport } from './commands/report.ts'
import { registerSweep } from './commands/sweep.ts'
import { registerTrain } from './commands/train.ts'
import { CompileError } from '../project/errors.ts'
import { describeError, exitCodes } from './errors.ts'
import { processIo, type Io, type Output } from './io.ts'
import { version } from '../compiler/version.ts'
import { Session } from './session.ts'
import { endWhenTold } from './signals.ts'

/** Runs the command that `argv` says, without the names of Node and the script. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const session = new Session(io)
  try {
    await createProgram(session).parseAsync(spreadAssignments(argv), { from: 'user' })
    return session.exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    }
    if (error instanceof CompileError) {
      const { sayWarnings } = await import('./diagnostics.ts')
      sayWarnings(session, error)
      return exitCodes.failed
    }
    const { text, exitCode } = describeError(error, io.env['CCN_DEBUG'] === '1')
    if (text) io.stderr.write(text)
    return exitCode
  }
}

/** A terminal that does not know its width says 0. */
const widthOf = (output: Output): number => (output.columns() > 0 ? output.columns() : 80)

function createProgram(session: Session): Command {
  const { io } = session
  const program = new Command('ccn')
    .description('Cortical circuits: check, compile and train .ccn files.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .showHelpAfterError('(ccn --help lists commands and options)')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => session.wantsColour('stdout'),
      getErrHasColors: () => session.wantsColour('stderr'),
    })
  const register = [
    registerCheck,
    registerFmt,
    registerGraph,
    registerCompile,
    registerDescribe,
    registerDiff,
    registerTrain,
    registerSweep,
    registerEval,
    registerExplain,
    registerPlot,
    registerReport,
    registerCompare,
    registerData,
    registerDoctor,
  ]
  for (const add of register) add(program, session)
  return program
}

/** Runs the command that this process was started for; sets its exit code. */
export async function runProcess(): Promise<void> {
  const io = processIo()
  endWhenTold(process.argv[2], (text) => io.stderr.write(text))
  const exitCode = await main(process.argv.slice(2), io)
  const lost = await io.lost()
  if (lost !== undefined) io.stderr.write(`error: ${lost}\n`)
  process.exitCode = exitCode === exitCodes.ok && lost !== undefined ? exitCodes.failed : exitCode
}

const script = process.argv[1]
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
  await runProcess()
}
