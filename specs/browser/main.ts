/**
 * `npm run browser`: compiled circuits in Chromium, isolated and not, on the page and in workers, with one
 * thread and two, must learn the very same numbers as in Node.js. Skips where there is no Chromium.
 * `npm run browser -- --serve` serves the demonstration page for people instead.
 */
import { createEngineOn } from '../../runtime/engine/wasm/engine.ts'
import { nodeHost } from '../../runtime/node/engine/wasm-host.ts'
import { cases, circuits, described, type Case, type Report } from './cases.ts'
import { findChromium, openPage } from './chromium.ts'
import { artifactOf, servePages } from './server.ts'
import { trainSome, type Outcome } from './training.ts'

/** Milliseconds after which a page that says nothing has failed. */
const PATIENCE = 120_000

const expected = new Map<string, Outcome>()
let failures = 0

if (process.argv.includes('--serve')) {
  const { url } = await servePages({ isolated: true })
  console.log(`${url}/examples/browser/ (Ctrl-C ends)`)
} else {
  const chromium = findChromium()
  if (chromium === undefined) {
    console.log('Skipped: there is no Chromium on this machine (CHROMIUM may say where it is).')
  } else {
    await prepare()
    for (const isolated of [true, false]) check(isolated, await reportOf(chromium, isolated))
    console.log(failures === 0 ? 'The same bits everywhere.' : `${failures} cases differ.`)
    process.exitCode = failures === 0 ? 0 : 1
  }
}

/** What Node.js learns, by circuit and version. */
async function prepare(): Promise<void> {
  for (const [circuit, batch] of Object.entries(circuits)) {
    for (const fused of [true, false]) {
      const engine = createEngineOn(nodeHost, { threads: 1, fused })
      expected.set(`${circuit} ${fused}`, await trainSome(engine, artifactOf(circuit), batch))
    }
  }
}

async function reportOf(chromium: string, isolated: boolean): Promise<Report> {
  let give: (report: Report) => void = () => undefined
  const reported = new Promise<Report>((resolve) => (give = resolve))
  const server = await servePages({ isolated, onReport: (body) => give(JSON.parse(body)) })
  const page = openPage(chromium, `${server.url}/specs/browser/page.html`)
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the page says nothing')), PATIENCE)
    void page.ended.then(() => reject(new Error('the browser has ended')))
  })
  try {
    return await Promise.race([reported, silence])
  } finally {
    clearTimeout(timer)
    await page.close()
    server.close()
  }
}

function check(isolated: boolean, report: Report): void {
  console.log(`${isolated ? 'isolated page' : 'page without isolation'}: ${report.description}`)
  if (report.isolated !== isolated) fail('the page is not as the server says')
  cases.forEach((one, i) => {
    const answer = report.answers[i] ?? { error: 'no answer' }
    const verdict =
      'error' in answer ? refusal(one, isolated, answer.error) : difference(one, answer.outcome)
    console.log(`  ${described(one).padEnd(36)} ${verdict}`)
  })
}

function refusal({ threads }: Case, isolated: boolean, error: string): string {
  const isDue = !isolated && threads > 1 && error.includes('Cross-Origin-Opener-Policy')
  return isDue ? 'refused, as it should be' : fail(error)
}

function difference({ circuit, fused }: Case, { bits, loss, milliseconds }: Outcome): string {
  const inNode = expected.get(`${circuit} ${fused}`)
  const same = JSON.stringify(bits) === JSON.stringify(inNode?.bits)
  const [before, after] = loss.map((value) => value.toFixed(4))
  const learned = loss[1] < loss[0] ? 'same bits' : fail('nothing learned')
  return `${same ? learned : fail('OTHER BITS')}, loss ${before} to ${after}, ${milliseconds.toFixed(0)} ms`
}

function fail(what: string): string {
  failures++
  return `FAILED: ${what}`
}
