/**
 * What a page does that is served while its run goes on: puts in what has changed, and leaves alone what was opened,
 * scrolled or chosen. Without it the page stays as it was when it was opened.
 */
import { createHash } from 'node:crypto'

/** The script, and the hash by which the page's policy allows it. */
export const liveScript = scriptOf(`
'use strict'
const events = new EventSource('/events')
const put = (text) => {
  const fresh = new DOMParser().parseFromString(text, 'text/html')
  const open = [...document.querySelectorAll('details')].map((each) => each.open)
  const replace = (old, now) => {
    if (old && now && old.outerHTML !== now.outerHTML) old.replaceWith(document.adoptNode(now))
  }
  const ids = [...fresh.querySelectorAll('section')].map((each) => each.id).join()
  if (ids === [...document.querySelectorAll('section')].map((each) => each.id).join()) {
    for (const now of fresh.querySelectorAll('section')) replace(document.getElementById(now.id), now)
    replace(document.querySelector('header'), fresh.querySelector('header'))
  } else {
    document.body.replaceChildren(...document.adoptNode(fresh.body).children)
  }
  document.querySelectorAll('details').forEach((each, i) => { if (open[i]) each.open = true })
}
events.addEventListener('change', ({ data }) => put(data))
events.addEventListener('end', ({ data }) => { put(data); events.close() })
`)

function scriptOf(text: string): { readonly text: string; readonly hash: string } {
  const hash = createHash('sha256').update(text).digest('base64')
  return { text, hash: `sha256-${hash}` }
}
