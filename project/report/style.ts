/**
 * How pages of runs look: on a screen in light and dark, and on paper. Colours are at least 4.5 to 1 on what they
 * stand on.
 */
import { descriptionStyle } from '../../service/description/html.ts'
import { seriesStyle } from '../plots/theme.ts'

const light = `
  --paper: #fff; --raised: #f6f7f9; --ink: #1a1d21; --faint: #5b6470; --grid: #d9dde3; --accent: #2f5fc4;
  --good: #1f7a3f; --bad: #b3261e; ${seriesStyle.light}`
const dark = `
  --paper: #0d1117; --raised: #171d26; --ink: #e6e9ed; --faint: #a3acb8; --grid: #3a414b; --accent: #8ab4ff;
  --good: #7fd69a; --bad: #ff948a; ${seriesStyle.dark}`

/** The style sheet. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; }
header.top, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header.top { padding-top: 2.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--grid); }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; }
.lead { color: var(--faint); margin: 0 0 1rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .75rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 1.25rem 0 0; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
.figures > div { background: var(--raised); border-radius: .5rem; padding: .6rem 1rem; min-width: 8.5rem; }
.figures dt { color: var(--faint); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.45rem; font-variant-numeric: tabular-nums; }
.figures dd small { font-size: .85rem; color: var(--faint); display: block; }
.outcome { font-weight: 600; }
.outcome.good { color: var(--good); }
.outcome.bad { color: var(--bad); }
figure { margin: 1rem 0; }
figcaption { color: var(--faint); font-size: .9rem; max-width: 46rem; }
svg { max-width: 100%; height: auto; display: block; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 1.5rem; }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 0 1.25rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; margin: .5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); font-size: .9rem; padding-bottom: .35rem; width: max-content; max-width: min(46rem, 88vw); }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
td.n, th.n { text-align: right; }
td.n { white-space: nowrap; }
th[scope=row] { font-weight: 500; }
th[scope=row] code { white-space: nowrap; }
code, pre, .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .88em; overflow-wrap: anywhere; }
pre { background: var(--raised); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; line-height: 1.45; }
pre.wrap { white-space: pre-wrap; }
details { margin: .75rem 0; }
summary { cursor: pointer; color: var(--accent); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); gap: .9rem; padding: 0; margin: .75rem 0; list-style: none; }
.grid img { width: 100%; image-rendering: pixelated; border-radius: .25rem; display: block; background: var(--raised); }
.grid li { font-size: .88rem; }
.confusion td { text-align: center; padding: .2rem .5rem; min-width: 2.4rem; border: 1px solid var(--grid); }
.confusion td.right { font-weight: 700; }
.confusion th { padding: .2rem .6rem .2rem 0; }
.confusion thead th { text-align: center; padding: .2rem .5rem; }
.note { border-left: 3px solid var(--grid); padding-left: .9rem; color: var(--faint); }
footer { color: var(--faint); font-size: .88rem; padding-top: 2rem; padding-bottom: 3rem; }
@page { margin: 15mm; }
@media print {
  :root { color-scheme: light; ${light} }
  body { font-size: 10.5pt; }
  header.top, main, footer { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  h2, h3, h2 + p, h3 + p { break-after: avoid; }
  figure, table, tr, .figures > div, .grid li { break-inside: avoid; }
  .scroll { overflow: visible; }
  pre { white-space: pre-wrap; }
  .two { grid-template-columns: 1fr 1fr; }
  .three { grid-template-columns: 1fr 1fr 1fr; }
  .grid { grid-template-columns: repeat(8, 1fr); }
}
${descriptionStyle}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`
