/**
 * `npm run build [-- --if-needed]`: what is installed and published, in `dist/`. The code is bundled, so that a command
 * reads a few files, and the parser's library only as far as it is used; each entry point is an ES module,
 * and once more CommonJS below `dist/cjs`. Declarations are those that the entry points lead to.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions, type Metafile } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const finished = join(root, 'dist')
/** Made beside it and then put in its place, so that nobody sees half of one. */
const dist = join(root, 'node_modules', `.ccn-build-${process.pid}`)

/** The entry points of the package, and of what is CommonJS too. */
const shared = ['project/index', 'service/index', 'compiler/index', 'runtime/node/index']
const entries = [...shared, 'runtime/browser']
const rooms = ['grammar', 'contract', 'compiler', 'runtime', 'service', 'project', 'cli']

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  external: [
    '@observablehq/plot',
    '@resvg/*',
    '@tensorflow/*',
    'commander',
    'dejavu-fonts-ttf',
    'elkjs',
    'hyparquet-writer',
    'linkedom',
    'pdfkit',
    'picocolors',
    'prettier',
    'svg-to-pdfkit',
    'ts-morph',
  ],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}

/** Changes whenever the sources do: what was cached by another build is not used. */
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const room of rooms) {
    const names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((each) => each.endsWith('.ts')).toSorted()) {
      hash.update(`${room}/${name}\0`).update(readFileSync(join(root, room, name)))
    }
  }
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 32)
}

async function bundle(id: string): Promise<void> {
  const define = { CCN_BUILD: JSON.stringify(id) }
  const modules = await build({
    ...common,
    define,
    entryPoints: [...entries, 'cli/main'].map((entry) => `${entry}.ts`),
    outbase: '.',
    outdir: dist,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  })
  const names = shared.map((entry) => entry.replaceAll('/', '_'))
  await build({
    ...common,
    define: { ...define, 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
    stdin: {
      contents: shared.map((entry, i) => `export * as ${names[i]} from './${entry}.ts'`).join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    outfile: join(dist, 'cjs', 'all.js'),
    format: 'cjs',
    // Built once and read as one: without line ends it is half as large.
    minifyWhitespace: true,
    minifySyntax: true,
  })
  for (const [i, entry] of shared.entries()) {
    const file = join(dist, 'cjs', `${entry}.js`)
    const up = '../'.repeat(entry.split('/').length - 1)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `module.exports = require('${up}all.js').${names[i]}\n`)
  }
  writeFileSync(join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
  writeFileSync(join(dist, 'third-party.txt'), notices(modules.metafile!))
}

/** The licences of the packages whose code is in the bundle. */
function notices({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  )
  return [...new Set(folders)]
    .toSorted()
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(root, folder, 'package.json'), 'utf8'),
      ) as Record<string, string>
      const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each))
      const text = file ? readFileSync(join(root, folder, file), 'utf8').trim() : ''
      return `${name} ${version}, ${license}\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Declarations of the whole house, of which those are kept that an entry point leads to. */
function declare(): void {
  const all = join(dist, 'declarations')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', all], {
    cwd: root,
    stdio: 'inherit',
  })
  const kept = new Set<string>()
  const keep = (path: string): void => {
    if (kept.has(path) || !existsSync(join(all, path))) return
    kept.add(path)
    const text = readFileSync(join(all, path), 'utf8')
    for (const [, from = ''] of text.matchAll(/(?:from |import\()'(\.[^']+)'/g)) {
      keep(
        resolve('/', dirname(path), from)
          .slice(1)
          .replace(/\.[jt]s$/, '.d.ts'),
      )
    }
  }
  for (const entry of entries) keep(`${entry}.d.ts`)
  for (const path of kept) {
    for (const folder of [dist, join(dist, 'cjs')]) cpSync(join(all, path), join(folder, path))
  }
  rmSync(all, { recursive: true })
}

const current = fingerprint()
const note = join(finished, 'build.txt')
const fresh = existsSync(note) && readFileSync(note, 'utf8') === current
if (!fresh || !process.argv.includes('--if-needed')) {
  try {
    await bundle(current)
    declare()
    writeFileSync(join(dist, 'build.txt'), current)
    rmSync(finished, { recursive: true, force: true })
    renameSync(dist, finished)
  } finally {
    rmSync(dist, { recursive: true, force: true })
  }
}
