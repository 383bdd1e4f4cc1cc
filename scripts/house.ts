/** `npm run house`: how long the house's files are, by room: how many, median, 90 %, the longest. */
import { rooms, sourceTexts } from '../specs/house/sources.ts'

const lines = sourceTexts().map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))

function row(name: string, files: typeof lines): readonly string[] {
  const sorted = files.map((each) => each.lines).toSorted((a, b) => a - b)
  const at = (share: number) => String(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
  const longest = files.toSorted((a, b) => b.lines - a.lines)[0]
  const total = sorted.reduce((sum, each) => sum + each, 0)
  return [
    name,
    String(files.length),
    String(total),
    at(0.5),
    at(0.9),
    longest ? `${longest.lines} ${longest.path}` : '',
  ]
}

const inside = [...new Set(lines.map(({ path }) => path.split('/').slice(0, 2).join('/')))].filter(
  (name) => name.startsWith('compiler/') && !name.endsWith('.ts'),
)
const table = [
  ['room', 'files', 'lines', 'median', '90 %', 'longest'],
  ...rooms.flatMap((room) => [
    row(
      room,
      lines.filter(({ path }) => path.startsWith(`${room}/`)),
    ),
    ...(room === 'compiler' ? inside : []).map((part) =>
      row(
        `  ${part.slice(room.length + 1)}`,
        lines.filter(({ path }) => path.startsWith(`${part}/`)),
      ),
    ),
  ]),
  row('all', lines),
]
const width = (column: number) => Math.max(...table.map((cells) => cells[column]!.length))
for (const cells of table) {
  const [name = '', ...rest] = cells
  const numbers = rest.map((cell, i) => (i < 4 ? cell.padStart(width(i + 1)) : cell))
  console.log([name.padEnd(width(0)), ...numbers].join('  '))
}
