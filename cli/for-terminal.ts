/** What a terminal gets. */
import { oneLine } from '../contract/escape.ts'

/**
 * Lines as a terminal may get them: a name that holds control characters does not move the cursor or set
 * the title. Colours are ours.
 */
export function forTerminal(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .split(/(\n|\u001b\[[\d;]*m)/)
      .map((part, i) => (i % 2 === 1 ? part : oneLine(part)))
      .join('')
  )
}
