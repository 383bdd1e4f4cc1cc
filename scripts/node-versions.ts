/**
 * `npm run versions`: some short runs on this Node.js and on other versions of it, which have to come to
 * the same bits. The others are npm packages that carry the binaries, fetched into a folder that is removed
 * again; where the registry has none for this machine, or cannot be reached, that is said and left out.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const others = ['20.20.2', '22.23.3', '24.9.0']

/** The binary of a version, put below `folder`; undefined if there is none. */
function fetchNode(version: string, folder: string): string | undefined {
  const name = `node-${process.platform}-${process.arch}`
  const place = join(folder, version)
  const args = ['install', `${name}@${version}`, '--prefix', place, '--no-audit', '--no-fund']
  spawnSync('npm', [...args, '--ignore-scripts', '--no-save'], { stdio: 'ignore' })
  const binary = join(place, 'node_modules', name, 'bin', 'node')
  return existsSync(binary) ? binary : undefined
}

function runOn(binary: string): string {
  return execFileSync(binary, [join(root, 'scripts/same-run.mjs')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-needed'], {
  cwd: root,
})
const folder = mkdtempSync(join(tmpdir(), 'ccn-versions-'))
try {
  writeFileSync(join(folder, 'package.json'), '{}')
  const here = runOn(process.execPath)
  console.log(`Node.js ${process.versions.node}\n${here}`)
  for (const version of others.filter((each) => each !== process.versions.node)) {
    const binary = fetchNode(version, folder)
    if (!binary) {
      console.log(`Node.js ${version}: left out, as there is no package of it for this machine.`)
      continue
    }
    const there = runOn(binary)
    const same = there === here
    console.log(`Node.js ${version}: ${same ? 'the same bits' : `other bits\n${there}`}`)
    if (!same) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
