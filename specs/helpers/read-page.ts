/** Reads a page as a browser and a screen reader would, and tells what is wrong with it. */
import { parseHTML } from 'linkedom'

/** What a page says about itself. */
export interface ReadPage {
  readonly title: string
  /** Texts of headings, in order, as `h2 Course`. */
  readonly headings: readonly string[]
  /** All that can be read. */
  readonly text: string
  readonly images: number
  /** What pictures are said to be. */
  readonly pictures: readonly string[]
  readonly tables: readonly string[]
  /** What is missing or should not be there; empty if all is well. */
  readonly faults: readonly string[]
}

/** The element kinds that no page of ours has. */
const forbidden = 'script, iframe, object, embed, form, link, base, foreignObject, video, audio'

export function readPage(html: string): ReadPage {
  // Cells and items are apart for who reads them.
  const { document } = parseHTML(html.replaceAll(/<\/(?:t[dh]|li|d[td])>/g, '$& '))
  const all = (selector: string) => [...document.querySelectorAll(selector)]
  const faults: string[] = []
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault)
  }
  expect(html.startsWith('<!doctype html>'), 'no doctype')
  expect(document.documentElement.getAttribute('lang') === 'en', 'no language')
  expect((document.title ?? '') !== '', 'no title')
  for (const landmark of ['header', 'nav', 'main', 'footer']) {
    expect(all(landmark).length === 1, `not one ${landmark}`)
  }
  expect(all('h1').length === 1, 'not one h1')
  const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content') ?? ''
  expect(policy.startsWith("default-src 'none'; style-src 'unsafe-inline'"), 'no policy')
  expect(html.length < 2e6, `${html.length} characters`)
  for (const each of all(forbidden)) faults.push(`a ${each.tagName}`)
  for (const each of all('*')) {
    for (const { name, value } of [...each.attributes]) {
      if (name.startsWith('on')) faults.push(`${name} at ${each.tagName}`)
      if (name === 'style' && /url|@|\\/.test(value)) faults.push(`style="${value}"`)
      if (/^(src|href|data|action)$/.test(name) && !/^(#|data:image\/png;)/.test(value)) {
        faults.push(`${name}="${value.slice(0, 40)}"`)
      }
    }
  }
  for (const each of all('img')) expect(Boolean(each.getAttribute('alt')), 'an image without alt')
  for (const each of all('svg')) {
    const said = each.getAttribute('aria-label') ?? each.querySelector('title')?.textContent ?? ''
    expect(each.getAttribute('role') === 'img' && said !== '', 'a picture without words')
  }
  for (const each of all('table')) {
    expect(Boolean(each.querySelector('caption')?.textContent?.trim()), 'a table without caption')
    expect(
      [...each.querySelectorAll('th')].every((th) => th.hasAttribute('scope')),
      'a head without scope',
    )
  }
  const ids = all('[id]').map((each) => each.id)
  expect(new Set(ids).size === ids.length, 'an id twice')
  for (const each of all('a')) {
    const target = each.getAttribute('href') ?? ''
    expect(ids.includes(target.slice(1)), `a link to ${target}`)
  }
  const text = document.body.textContent ?? ''
  expect(
    !/NaN|undefined|\[object|Infinity/.test(text),
    `a value that is none: ${/.{0,30}(NaN|undefined|\[object|Infinity).{0,20}/.exec(text)?.[0]}`,
  )
  expect(
    !/NaN|Infinity/.test(
      all('svg')
        .map((each) => each.outerHTML)
        .join(''),
    ),
    'NaN in a picture',
  )
  return {
    title: document.title ?? '',
    headings: all('h1, h2, h3').map(
      (each) => `${each.tagName.toLowerCase()} ${(each.textContent ?? '').trim()}`,
    ),
    text: text.replaceAll(/\s+/g, ' '),
    images: all('img').length,
    pictures: all('svg').map((each) => each.getAttribute('aria-label') ?? ''),
    tables: all('caption').map((each) => (each.textContent ?? '').trim()),
    faults,
  }
}
