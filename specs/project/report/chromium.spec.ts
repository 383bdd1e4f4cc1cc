/** Pages of runs in a browser: they ask for nothing, run nothing, and fit into narrow windows and onto paper. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../browser/chromium.ts'
import { tinyModel, Workplace } from '../../cli/run-cli.ts'

const browser = findChromium()
const place = new Workplace({ 'tiny.ccn': tinyModel })
const profile = mkdtempSync(join(tmpdir(), 'ccn-pages-'))
afterAll(() => {
  place.remove()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
})

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** The text that stands out least, and its contrast as WCAG counts it: a program for the page. */
const worstContrast = `(() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = (colour) => {
    probe.clearRect(0, 0, 1, 1)
    probe.fillStyle = colour
    probe.fillRect(0, 0, 1, 1)
    return [...probe.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((each) => {
      const part = each / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor)
      if (colour[3] === 255) return colour
    }
    return [255, 255, 255, 255]
  }
  let worst = { contrast: 21, text: '' }
  const texts = 'h1, h2, p, td, th, dt, dd, a, li, caption, svg text'
  for (const element of document.querySelectorAll(texts)) {
    // The diagram has colours of its own, and specs of its own.
    if (element.textContent.trim() === '' || element.closest('.ccn-auto')) continue
    const style = getComputedStyle(element)
    const colour = element instanceof SVGElement ? style.fill : style.color
    const [a, b] = [luminance(rgb(colour)), luminance(behind(element))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < worst.contrast) worst = { contrast, text: element.textContent }
  }
  return worst
})()`

describe('the page of a run in a browser', () => {
  it(
    browser
      ? 'is read in light and dark, on paper and on a telephone'
      : 'is left out: there is no Chromium here',
    async () => {
      if (!browser) return
      const env = { CCN_REPORT: '1' }
      await place.run('train tiny.ccn --engine wasm --name tiny', { env })
      const path = place.path('runs/tiny/report.html')
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: browser,
        args: flags,
        offline: true,
      })
      try {
        const page = await context.newPage()
        const said: string[] = []
        page.on('console', (message) => said.push(message.text()))
        page.on('pageerror', (error) => said.push(error.message))
        page.on('request', (request) => {
          const asked = request.url()
          if (!asked.startsWith('data:')) said.push(asked)
        })
        const address = pathToFileURL(path).href
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width: 1000, height: 800 })
          await page.goto(address)
          const worst: { contrast: number; text: string } = await page.evaluate(worstContrast)
          const { contrast, text } = worst
          expect([text, contrast >= 4.5]).toEqual([text, true])
        }
        // Nothing but the page itself, and no word on the console: not of a policy either.
        expect(said).toEqual([address, address])
        await page.setViewportSize({ width: 360, height: 640 })
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
        const tree = await page.locator('body').ariaSnapshot()
        for (const each of [
          'banner',
          'navigation "Sections"',
          'main',
          'contentinfo',
          'region "Course"',
          'img "error: test',
          'table "',
        ]) {
          expect(tree).toContain(each)
        }
        const pdf = await page.pdf({ format: 'A4' })
        expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
        expect(readFileSync(path, 'utf8').length).toBeLessThan(2e6)
      } finally {
        await context.close()
      }
    },
  )
})
