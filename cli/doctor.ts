/**
 * `ccn doctor`: what is installed here, which engines can be used, and why others cannot.
 */
import { diagnose } from '../runtime/node/engine/doctor.ts'
import { exitCodes } from './errors.ts'
import { libraryRoot, packageRoot, versions } from '../project/package-info.ts'
import type { Session } from './session.ts'

/** Prints the findings; the exit code is 1 if no engine can be used. */
export async function examine(session: Session, json: boolean): Promise<void> {
  const found = await diagnose()
  const { ccn, tfjs } = versions()
  const usable = found.engines.filter(({ available }) => available)
  if (usable.length === 0) session.exitCode = exitCodes.failed
  if (json) {
    session.printJson({ ccn, tfjs, package: packageRoot, library: libraryRoot, ...found })
    return
  }
  const { green, red, dim } = session.colours()
  const { node, processor, memory, webAssembly } = found
  const rows = [
    ['ccn', `${ccn}, in ${packageRoot}`],
    ['node', `${node.version} on ${node.platform} ${node.architecture}`],
    ['processor', `${processor.model}, ${processor.cores} cores`],
    ['memory', `${gigabytes(memory.total)} GB, ${gigabytes(memory.free)} GB free`],
    ['tensorflow.js', tfjs],
    ['webassembly', webAssembly.available ? `yes, SIMD ${webAssembly.simd ? 'yes' : 'no'}` : 'no'],
  ]
  for (const [name, text] of rows) session.print(`${name!.padEnd(14)} ${text}`)
  session.print('engines')
  for (const { name, available, description, speed, reason } of found.engines) {
    const mark = available ? green('yes') : red('no ')
    session.print(`  ${mark} ${name.padEnd(10)} ${description}; ${dim(speed)}`)
    if (reason !== undefined) session.print(`      ${reason}`)
  }
  const [best] = usable
  session.print(
    best
      ? `\`ccn train\` uses ${best.name} unless --engine says otherwise.`
      : 'No engine works here.',
  )
}

function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1)
}
