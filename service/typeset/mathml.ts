/**
 * Mathematics as MathML (MathML Core), which browsers show and screen readers read without any script. The
 * namespace is that of HTML's parser; all text is escaped.
 */
import { arrange } from './arrange.ts'
import type { Box } from './boxes.ts'
import { brokenRows } from './broken.ts'
import type { Mathematics } from './mathematics.ts'
import { escapeXml } from './escape-xml.ts'

/** A `math` element, in the line or as a display. */
export function mathML(value: Mathematics, display: 'inline' | 'block' = 'inline'): string {
  return `<math display="${display}">${print(arrange(value, { stacked: true }))}</math>`
}

/** Equations under each other, aligned at their relations, each broken into lines of about `width` characters. */
export function mathMLLines(values: readonly Mathematics[], width = 90): string {
  if (values.length === 0) return ''
  const lines = values.flatMap((value) => brokenRows(arrange(value, { stacked: true }), width))
  const rows = lines.map(({ left, right }) => {
    const cells = [
      `<mtd style="text-align: right; padding-inline: 0">${left ? print(left) : ''}</mtd>`,
      `<mtd style="text-align: left; padding-inline: ${left ? '0' : '2em 0'}">${right ? print(right) : ''}</mtd>`,
    ]
    return `<mtr>${cells.join('')}</mtr>`
  })
  return `<math display="block"><mtable displaystyle="true">${rows.join('')}</mtable></math>`
}

const accents = { bar: '¯', hat: '^', tilde: '~', dot: '˙' } as const

function print(box: Box): string {
  switch (box.kind) {
    case 'row':
      return `<mrow>${box.boxes.map(print).join('')}</mrow>`
    case 'identifier': {
      const { text, style, accent } = box
      const upright = style === 'upright' && [...text].length === 1 ? ' mathvariant="normal"' : ''
      const bold = style === 'bold' ? ' style="font-weight: bold"' : ''
      const letter = `<mi${upright}${bold}>${escapeXml(text)}</mi>`
      return accent ? `<mover accent="true">${letter}<mo>${accents[accent]}</mo></mover>` : letter
    }
    case 'numeral':
      return `<mn>${escapeXml(box.text)}</mn>`
    case 'unit':
      return box.factors.map(unit).join('')
    case 'mark':
      return mark(box.text, box.space)
    case 'times':
      return box.visible ? '<mo>⋅</mo>' : '<mo lspace="0" rspace="0.17em">\u2062</mo>'
    case 'words':
      return `<mtext>${escapeXml(box.text).replaceAll(' ', '\u00a0')}</mtext>`
    case 'fraction':
      return `<mfrac>${print(box.above)}${print(box.below)}</mfrac>`
    case 'primes':
      return `<msup>${print(box.base)}<mo>${'′'.repeat(box.count)}</mo></msup>`
    case 'scripts':
      return scripts('msub', 'msup', box)
    case 'limits':
      return scripts('munder', 'mover', box)
    case 'lead':
      return `<mrow>${print(box.of)}</mrow>`
    case 'root':
      return `<msqrt>${print(box.of)}</msqrt>`
    case 'fence':
      return `<mrow>${fence(box.open, 'prefix')}${print(box.of)}${fence(box.close, 'postfix')}</mrow>`
    case 'cases': {
      const rows = box.cases.map(({ value, when }) => {
        const condition = when
          ? `<mtext>if\u00a0</mtext>${print(when)}`
          : '<mtext>otherwise</mtext>'
        return `<mtr><mtd style="text-align: left">${print(value)}</mtd><mtd style="text-align: left">${condition}</mtd></mtr>`
      })
      return `<mrow>${fence('{', 'prefix')}<mtable>${rows.join('')}</mtable></mrow>`
    }
  }
}

function scripts(
  lower: 'msub' | 'munder',
  upper: 'msup' | 'mover',
  { base, below, above }: Box & { readonly kind: 'scripts' | 'limits' },
): string {
  const inner = `${print(base)}${below ? print(below) : ''}${above ? print(above) : ''}`
  const name = below && above ? `${lower}${upper.slice(1)}` : below ? lower : upper
  return `<${name}>${inner}</${name}>`
}

const unit = ({ name, power }: { readonly name: string; readonly power: string }): string => {
  const text = `<mi mathvariant="normal">${escapeXml(name)}</mi>`
  const printed =
    power === '1' ? text : `<msup>${text}<mn>${escapeXml(power.replace('-', '−'))}</mn></msup>`
  return `<mspace width="0.17em"></mspace>${printed}`
}

const fence = (text: string, form: string): string =>
  `<mo fence="true" form="${form}" stretchy="true">${escapeXml(text)}</mo>`

function mark(text: string, space: (Box & { kind: 'mark' })['space']): string {
  switch (space) {
    case 'word':
      return text === ''
        ? '<mspace width="0.17em"></mspace>'
        : `<mtext>\u00a0${escapeXml(text)}\u00a0</mtext>`
    case 'comma':
      return `<mo separator="true">${escapeXml(text)}</mo>`
    case 'prefix':
      return text === 'd'
        ? '<mi mathvariant="normal">d</mi>'
        : `<mo form="prefix">${escapeXml(text)}</mo>`
    case 'binary':
    case 'relation':
      return `<mo>${escapeXml(text)}</mo>`
  }
}
