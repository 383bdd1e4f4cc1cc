/**
 * The package as it is published: packed, unpacked into a project of ES modules and one of CommonJS, and
 * used there. Its dependencies are those that are installed here, so that nothing is fetched.
 */
import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'

const folder = mkdtempSync(join(tmpdir(), 'ccn-package-'))
const projects = { module: join(folder, 'esm'), commonjs: join(folder, 'cjs') } as const
const installed = (project: string): string => join(project, 'node_modules', 'ccn')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

const call = promisify(execFile)
const env = { ...process.env, CCN_CACHE_DIR: join(folder, 'cache'), NO_COLOR: '1' }
const node = (project: string, ...args: string[]) =>
  call(process.execPath, args, { cwd: project, env })
const ccn = (project: string, argv: string) =>
  node(project, join(installed(project), 'bin/ccn.js'), ...argv.split(' '))

beforeAll(() => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-needed'], {
    cwd: root,
  })
  const pack = ['pack', '--ignore-scripts', '--pack-destination', folder]
  execFileSync('npm', pack, { cwd: root, stdio: 'ignore' })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  for (const [type, project] of Object.entries(projects)) {
    mkdirSync(installed(project), { recursive: true })
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type }))
    const unpack = ['-xzf', join(folder, tarball), '-C', installed(project), '--strip-components=1']
    execFileSync('tar', unpack)
    for (const name of Object.keys(manifest.dependencies)) {
      const link = join(project, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), link)
    }
  }
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Files of the package, by path. */
function filesOf(project: string): readonly string[] {
  return readdirSync(installed(project), { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(installed(project), name)).isFile(),
  )
}

describe('the package', () => {
  it('is small, and has what is used and nothing of how it is made', () => {
    const files = filesOf(projects.module)
    const bytes = files.reduce(
      (sum, name) => sum + statSync(join(installed(projects.module), name)).size,
      0,
    )
    // Most of it is the code, twice: as ES modules, and in one file of CommonJS with all that it uses.
    expect(bytes).toBeLessThan(8.4e6)
    expect(files.filter((name) => /\.map$|(?<!\.d)\.ts$|\.spec\./.test(name))).toEqual([])
    for (const name of ['library/std/cells.ccn', 'examples/xor.ccn', 'dist/third-party.txt']) {
      expect(files).toContain(name)
    }
  })

  it('says its version', async () => {
    const { stdout } = await ccn(projects.module, '--version')
    expect(stdout.trim()).toBe(manifest.version)
  })
})

const example = 'node_modules/ccn/examples/xor.ccn'

describe('the installed command', () => {
  it.each(['ast', 'model', 'ir', 'plan', 'ts', 'wat'])('compiles to %s', async (stage) => {
    const { stdout } = await ccn(projects.module, `compile ${example} --emit ${stage}`)
    expect(stdout.length).toBeGreaterThan(100)
  })

  it.each(['wasm', 'tfjs-cpu'])('trains, evaluates and draws on %s', async (engine) => {
    const name = `xor-${engine}`
    await ccn(
      projects.module,
      `train ${example} --engine ${engine} --epochs 3 --name ${name} --quiet`,
    )
    const run = JSON.parse(
      readFileSync(join(projects.module, 'runs', name, 'manifest.json'), 'utf8'),
    ) as {
      readonly versions: { readonly ccn: string }
    }
    expect(run.versions.ccn).toBe(manifest.version)
    const { stdout } = await ccn(projects.module, `eval ${name} --json`)
    expect(JSON.parse(stdout)).toMatchObject({ name, part: 'test' })
    await ccn(projects.module, `plot ${name}`)
    expect(existsSync(join(projects.module, 'runs', name, 'plot.svg'))).toBe(true)
  })

  it.each(['doctor', 'data list', `fmt --check ${example}`])('does ccn %s', async (argv) => {
    await expect(ccn(projects.module, argv)).resolves.toMatchObject({ stderr: '' })
  })
})

describe.each(Object.entries(projects))('installed in a project of type %s', (type, project) => {
  it('checks, twice alike', async () => {
    const first = await ccn(project, `check ${example}`)
    expect(first.stdout).toContain('xor.ccn: no errors')
    expect(await ccn(project, `check ${example}`)).toEqual(first)
  })

  it('is a library, with types', async () => {
    const wanted = '{ check, train, openRun, memoryHost, CompileError }'
    const head =
      type === 'module'
        ? `import ${wanted} from 'ccn'\nimport { Workspace } from 'ccn/service'\n`
        : `const ${wanted} = require('ccn')\nconst { Workspace } = require('ccn/service')\n`
    const body = `
      async function main() {
        const [{ findings }] = await check('${example}')
        const { run } = await train('${example}', { epochs: 2, name: 'lib', engine: 'wasm' })
        const weights = await (await openRun('lib')).weights()
        const workspace = new Workspace(memoryHost({ 'm.ccn': 'model m' }))
        const count = workspace.check('/project/m.ccn').findings.length
        console.log(findings.length > 0, run.name, Object.keys(weights).length > 0, count >= 0)
        console.log(typeof CompileError)
      }
      main()`
    const file = join(project, `use.${type === 'module' ? 'mjs' : 'cjs'}`)
    writeFileSync(file, head + body)
    const { stdout } = await node(project, file)
    expect(stdout).toBe('true lib true true\nfunction\n')

    const typed = `import { check, train, type Finding } from 'ccn'
      import { Workspace } from 'ccn/service'
      export const first = async (): Promise<readonly Finding[]> => (await check('a'))[0]!.findings
      export const run = async (): Promise<string> => (await train('a')).run.name
      export type W = Workspace`
    writeFileSync(join(project, 'use.ts'), typed)
    const options = '--noEmit --strict --module nodenext --target es2022 --lib es2023 --types node'
    const roots = ['--typeRoots', join(root, 'node_modules/@types')]
    await node(
      project,
      join(root, 'node_modules/typescript/bin/tsc'),
      ...options.split(' '),
      ...roots,
      'use.ts',
    )
  })
})
