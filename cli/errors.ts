/**
 * How commands end badly. Errors that people can do something about are printed as one sentence;
 * anything else is a bug of ours, for which the command line says sorry.
 */
import { DataError } from '../runtime/data/types.ts'
import { IoError, systemError } from '../runtime/io/errors.ts'
import { ProjectError } from '../project/errors.ts'
import { forTerminal } from './for-terminal.ts'
import { RunError } from '../runtime/train/errors.ts'

/** Exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Something is wrong with how a command was called, or with what it was called for. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number
  /** A second line: what to do about it. */
  readonly hint: string | undefined

  constructor(message: string, options: { exitCode?: number; hint?: string | undefined } = {}) {
    super(message)
    this.exitCode = options.exitCode ?? exitCodes.failed
    this.hint = options.hint
  }
}

/** A command was called wrongly. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage, hint })
}

/** Errors with a message for people, by class and, for other rooms' own classes, by name. */
const known = [CliError, ProjectError, RunError, DataError, IoError] as const
const knownNames = new Set(['EngineError', 'FetchError', 'PatternError'])

/** The text for an error and the exit code that goes with it. */
export function describeError(thrown: unknown, debug: boolean): { text: string; exitCode: number } {
  const error = systemError(thrown) ?? thrown
  const stack = debug && error instanceof Error ? `${error.stack ?? error.message}\n` : ''
  if (error instanceof Error && isKnown(error)) {
    const { hint, exitCode } = detailsOf(error)
    return {
      text:
        forTerminal(`error: ${error.message}\n${hint === undefined ? '' : `${hint}\n`}`) + stack,
      exitCode,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  const apology =
    forTerminal(`error: Sorry, this should not have happened: ${message}\n`) +
    'It is a bug in ccn. Please report it with the command, the .ccn file and what `ccn doctor` ' +
    `prints${debug ? '' : '; CCN_DEBUG=1 adds the details'}.\n`
  return { text: apology + stack, exitCode: exitCodes.failed }
}

function detailsOf(error: Error): { hint: string | undefined; exitCode: number } {
  if (error instanceof CliError) return error
  const { failed, usage } = exitCodes
  if (!(error instanceof ProjectError)) return { hint: undefined, exitCode: failed }
  return { hint: error.hint, exitCode: error.usage ? usage : failed }
}

function isKnown(error: Error): boolean {
  return known.some((kind) => error instanceof kind) || knownNames.has(error.name)
}
