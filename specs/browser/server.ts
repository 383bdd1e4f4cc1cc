/**
 * A small web server on this machine for pages that run circuits: the repository's files, TypeScript as
 * JavaScript, and circuits compiled from examples/ below /compiled/. With the two headers that isolate a
 * page, which threads need, or without.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { compile, emitWasm } from '../../compiler/index.ts'
import { artifactJson, artifactNames } from '../../runtime/engine/wasm/artifact-files.ts'
import type { WasmArtifact } from '../../contract/artifact.ts'
import { host, root } from '../helpers/repository.ts'

export interface PageServer {
  readonly url: string
  readonly close: () => void
}

export interface ServerOptions {
  /** Whether pages are isolated from others: then they may share memory with workers. */
  readonly isolated: boolean
  /** Default: any that is free. */
  readonly port?: number
  /** Called with what a page posts to /report. */
  readonly onReport?: (body: string) => void
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Serves until it is closed. */
export async function servePages(options: ServerOptions): Promise<PageServer> {
  const server = createServer((request, response) => void answer(request, response, options))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { isolated, onReport }: ServerOptions,
): Promise<void> {
  const asked = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
  const path = asked.endsWith('/') ? `${asked}index.html` : asked
  const headers = { ...(isolated && isolation), 'Cache-Control': 'no-store' }
  if (path === '/report') {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    response.writeHead(204, headers).end()
    onReport?.(body)
    return
  }
  try {
    const content = await contentOf(path)
    response.writeHead(200, { ...headers, 'Content-Type': types[extname(path)] ?? 'text/plain' })
    response.end(content)
  } catch {
    response.writeHead(404, headers).end()
  }
}

async function contentOf(path: string): Promise<string | Uint8Array> {
  const compiled = /^\/compiled\/(\w+)((\.plain)?\.wasm|\.json)$/.exec(path)
  if (compiled) {
    const [, name = '', ending] = compiled
    const artifact = artifactOf(name)
    if (ending === '.json') return artifactJson(artifact)
    return path.slice(10) === artifactNames(name).fused ? artifact.fused : artifact.plain
  }
  const file = join(root, path)
  if (extname(path) !== '.ts') return readFile(file)
  const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  })
  return outputText.replaceAll(
    / from '([a-z][^']*)'/g,
    (_, name: string) => ` from '${served(name)}'`,
  )
}

/** Where the module of a library is served from: a page knows no names of packages. */
const served = (name: string): string =>
  `/${relative(root, fileURLToPath(import.meta.resolve(name)))}`

const artifacts = new Map<string, WasmArtifact>()

/** An example, compiled for its first experiment. */
export function artifactOf(name: string): WasmArtifact {
  const known = artifacts.get(name)
  if (known) return known
  const { ir, diagnostics } = compile(join(root, 'examples', `${name}.ccn`), host)
  if (!ir) throw new Error(diagnostics[0]?.message ?? `${name} does not compile`)
  const artifact = emitWasm(ir)
  artifacts.set(name, artifact)
  return artifact
}
