/** What multiplexing comes to, as text: a table and a curve for each type. */
import type { Gains, Multiplexed, Multiplexing } from './index.ts'

/** Eighths of a cell, for bars. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const barWidth = 24

/** The whole report, of several lines; empty for a file without such types. */
export function multiplexingText({ types, trains }: Multiplexing): string {
  if (types.length === 0) return ''
  const { probability, interval, dead } = trains
  const head =
    `Trains: events at random, each with probability ${digits(probability)} a burst, of two spikes ` +
    `${digits(interval * 1e3)} ms apart; nothing new within ${digits(dead * 1e3)} ms. Transmitted is ` +
    'T = e (A1 + p A2), for the first and the second spike of an event.'
  return `${[...wrapped(head), ...types.flatMap((each) => ['', ...typeLines(each)])].join('\n')}\n`
}

function typeLines(found: Multiplexed): readonly string[] {
  const { type, of, passes, isOfRates, steady, course, onset, analytic, unknown } = found
  const head = [`${type}, of ${of.join('; ')}`]
  if (unknown !== undefined) return [...head, `  cannot be solved outside of a run: ${unknown}.`]
  const lines = [...head]
  if (isOfRates)
    lines.push(
      `  follows the rate of ${passes === 'signal' ? 'a signal' : `${passes}s`}, and hears of no single spike`,
    )
  const [low, high] = [steady[0], steady.at(-1)]
  if (low && high) lines.push(`  ${nearestText(steady)}`)
  lines.push(
    ...table(
      [
        'e / Hz',
        'A1',
        'A2',
        'T / Hz',
        'dT/de',
        'dT/dp / Hz',
        'e/T dT/de',
        'p/T dT/dp',
        'nearer to',
        'mixing',
      ],
      steady.map((each) => [
        digits(each.rate),
        digits(each.first),
        digits(each.second),
        digits(each.transmitted),
        digits(each.toEvents),
        digits(each.toBursts),
        digits(each.ofEvents),
        digits(each.ofBursts),
        each.nearest,
        percent(each.mixing),
      ]),
    ),
  )
  const most = Math.max(...steady.map(({ transmitted }) => transmitted), 0)
  lines.push('  T over the event rate; of it, what bursts make of it (p/T dT/dp), in full:')
  for (const each of steady) lines.push(`  ${digits(each.rate).padStart(6)} Hz ${bar(each, most)}`)
  if (course.points.length > 0) {
    lines.push(`  gains along time, after a small step at ${digits(course.at)} Hz:`)
    lines.push(
      ...table(
        ['t / ms', 'dT/de', 'dT/dp / Hz'],
        course.points.map((each) => [
          digits(each.time * 1e3),
          digits(each.toEvents),
          digits(each.toBursts),
        ]),
      ),
    )
    lines.push(`  a train of ${digits(course.at)} Hz that begins at rest, event by event:`)
    lines.push(
      ...table(
        ['event', 'A1', 'A2'],
        onset.map((each) => [String(each.event), digits(each.first), digits(each.second)]),
      ),
    )
  }
  if (analytic) {
    lines.push(`  in closed form, under ${analytic.under}:`)
    for (const { state, text } of analytic.forms) lines.push(`    ${state} = ${text}`)
    for (const each of analytic.where) lines.push(`    ${each}`)
  }
  return lines
}

/** `nearest to an event filter up to 5 Hz, to a burst filter beyond`. */
function nearestText(steady: readonly Gains[]): string {
  const names = { events: 'the event filter', bursts: 'the burst filter' } as const
  const parts: string[] = []
  for (const [i, each] of steady.entries()) {
    if (i > 0 && steady[i - 1]!.nearest === each.nearest) continue
    parts.push(
      i === 0
        ? `nearer to ${names[each.nearest]}`
        : `from ${digits(each.rate)} Hz on to ${names[each.nearest]}`,
    )
  }
  return `${parts.join(', ')} (p/T dT/dp is 0 of the event filter, 1 of the burst filter)`
}

/** T as a bar, of which the part of bursts is full and the rest is light. */
function bar({ transmitted, ofBursts }: Gains, most: number): string {
  const cells = most > 0 ? (barWidth * transmitted) / most : 0
  const full = Math.min(Math.max(ofBursts, 0), 1) * cells
  const whole = Math.floor(full)
  const part = eighths[Math.floor((full - whole) * 8)]!
  const dark = '█'.repeat(whole) + part
  const rest = Math.max(0, Math.round(cells) - dark.length)
  return `${dark}${'░'.repeat(rest)} ${digits(transmitted)}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((each, i) => Math.max(each.length, ...rows.map((row) => row[i]!.length)))
  return [head, ...rows].map(
    (row) => `  ${row.map((each, i) => each.padStart(widths[i]!)).join('  ')}`,
  )
}

const digits = (value: number): string => {
  const rounded = Number(value.toPrecision(4))
  return Object.is(rounded, -0) ? '0' : String(Math.abs(rounded) < 1e-9 ? 0 : rounded)
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`

function wrapped(text: string, width = 100): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
