import { readFileSync, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { compile } from './compiler/compile.ts'
const host = { read: (p: string) => existsSync(p) ? readFileSync(p, 'utf8') : undefined, projectRoot: '/work/main', libraryRoot: '/work/main/library' }
for (const file of process.argv.slice(2)) {
  const t = performance.now()
  const c = compile(resolve(file), host, { until: 'model', onStage: (s, ms) => process.stdout.write(`${s} ${ms.toFixed(0)}ms  `) })
  console.log(file, (performance.now() - t).toFixed(0))
  for (const d of c.diagnostics) console.log(`  ${d.severity} ${d.code} ${d.span.file.split('/').pop()}:${(c.sources.get(d.span.file)??'').slice(0,d.span.start).split('\n').length} ${d.message} ${d.hint ? `(${d.hint})` : ''}`)
}
