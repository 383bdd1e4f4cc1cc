/** The head of a run's page, as a browser shows it. Needs Chromium on the machine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { train } from '../project/index.ts'
import { findChromium } from '../specs/browser/chromium.ts'
import { root } from './picture-runs.ts'

/** What a README shows, in pixels. */
const view = { width: 1000, height: 1320 }

/** Trains the README's example and draws its page, light and dark. */
export async function drawPage(): Promise<void> {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    console.log('docs/pictures/page_*.png: left out, as there is no Chromium here')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'ccn-page-'))
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const { run } = await train(join(root, 'examples', 'burstccn.ccn'), {
      out: folder,
      name: 'digits',
      report: true,
    })
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: view, colorScheme })
      await page.goto(pathToFileURL(join(run.path, 'report.html')).href)
      const file = `docs/pictures/page_${colorScheme}.png`
      await page.screenshot({ path: join(root, file) })
      console.log(file)
    }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
