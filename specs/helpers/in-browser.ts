/** A page in Chromium: it asks for nothing, runs nothing, stands out, and fits into narrow windows and onto paper. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { findChromium } from '../browser/chromium.ts'

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

/** What a browser makes of a page. */
export interface InBrowser {
  /** What was asked for besides the page itself, and what stands on the console. */
  readonly said: readonly string[]
  /** The text that stands out least, in light and in dark. */
  readonly contrasts: readonly { readonly contrast: number; readonly text: string }[]
  /** How wide it is in a window of 360 units. */
  readonly narrow: number
  /** What a screen reader is told. */
  readonly tree: string
  /** How a file of it as PDF begins. */
  readonly pdf: string
}

/** Opens a file; undefined where there is no Chromium. */
export async function inBrowser(path: string): Promise<InBrowser | undefined> {
  const executablePath = findChromium()
  if (executablePath === undefined) return undefined
  const profile = mkdtempSync(join(tmpdir(), 'ccn-pages-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    offline: true,
  })
  try {
    const page = await context.newPage()
    const address = pathToFileURL(path).href
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    page.on('request', (request) => {
      const asked = request.url()
      if (asked !== address && !asked.startsWith('data:')) said.push(asked)
    })
    const contrasts: { contrast: number; text: string }[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 1000, height: 800 })
      await page.goto(address)
      contrasts.push(await page.evaluate(worstContrast))
    }
    await page.setViewportSize({ width: 360, height: 640 })
    const narrow: number = await page.evaluate('document.documentElement.scrollWidth')
    const tree = await page.locator('body').ariaSnapshot()
    const pdf = (await page.pdf({ format: 'A4' })).subarray(0, 5).toString()
    return { said, contrasts, narrow, tree, pdf }
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
