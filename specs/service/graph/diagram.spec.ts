/** Pictures of circuits: of every example readable, with what it holds, and the same each time. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile, type Host } from '../../../compiler/compile.ts'
import { describe as describeModel, type Description } from '../../../service/describe.ts'
import type { Marks } from '../../../service/graph/circuit.ts'
import { drawDiagram } from '../../../service/graph/diagram.ts'
import { effortFor } from '../../../service/graph/effort.ts'
import { foldCircuit } from '../../../service/graph/fold.ts'
import { colourOf } from '../../../service/graph/palette.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { faultsOf, readPicture } from '../../helpers/picture.ts'
import { root } from '../../helpers/repository.ts'
import { readXml } from '../../helpers/xml.ts'

const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ccn'))

const host: Host = {
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
  projectRoot: join(root, 'examples'),
  libraryRoot: join(root, 'library'),
}

const described = new Map<string, Description>()
function example(name: string, variants: readonly string[] = []): Description {
  const key = [name, ...variants].join()
  const known = described.get(key)
  if (known) return known
  const path = join(root, 'examples', name)
  const found = describeModel(compile(path, host, { until: 'model', variants }))!
  described.set(key, found)
  return found
}

const textsOf = (svg: string) => readPicture(svg).texts.map(({ text }) => text)

describe('the picture of', () => {
  it.each(files)('%s is readable', async (file) => {
    const svg = await drawDiagram(example(file), { theme: 'light' })
    const picture = readPicture(svg)
    expect(picture.texts.length).toBeGreaterThan(4)
    expect(faultsOf(picture)).toEqual([])
    readXml(svg)
    for (const { family } of example(file).populations) {
      expect(
        picture.texts.some(({ text }) => text.startsWith(family)),
        family,
      ).toBe(true)
    }
  })
})

it('has room for a legend that is wider than the circuit', async () => {
  const svg = await drawDiagram(example('cifar10_family.ccn', ['kolen_pollack']))
  expect(faultsOf(readPicture(svg))).toEqual([])
})

describe('burstccn', () => {
  let svg = ''
  beforeAll(async () => {
    svg = await drawDiagram(example('burstccn.ccn'))
  })

  it('folds its layers, and says which leads to which', () => {
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining([
        'h  ×3',
        'W[0]',
        'W[1..2]',
        'W[3]',
        '200×784',
        'apical',
        'one_hot(label)',
      ]),
    )
    expect(textsOf(svg).join('|')).toContain('l → l+1')
  })

  it('has a legend of what occurs alone', () => {
    const texts = textsOf(svg)
    expect(texts).toEqual(
      expect.arrayContaining([
        'depressing: passes events',
        'facilitating: passes bursts',
        'learns (by BurstDependent)',
        'fixed',
        'tied to others',
        'carries what is taught',
      ]),
    )
    expect(texts).not.toContain('inhibits')
    expect(texts).not.toContain('set to others at times')
  })

  it('is the same each time', async () => {
    expect(await drawDiagram(example('burstccn.ccn'))).toBe(svg)
  })

  it('follows the theme', async () => {
    expect(svg).toContain('prefers-color-scheme: dark')
    const [light, dark] = await Promise.all(
      (['light', 'dark'] as const).map((theme) => drawDiagram(example('burstccn.ccn'), { theme })),
    )
    expect(light).toContain('#ffffff')
    expect(dark).not.toContain('#ffffff')
    expect(light).not.toContain('<style')
    expect(dark).not.toContain('<style')
  })

  it('is told to those who cannot see it', () => {
    expect(svg).toMatch(/^<svg[^>]* role="img"/)
    expect(svg).toContain('<title>Diagram of the circuit burstccn</title>')
    expect(svg).toMatch(/<desc>[^<]*h \(3 populations\) of 200 Pyramidal/)
  })

  it('shows what a comparison marks', async () => {
    const marks: Marks = {
      populations: { y: 'changed' },
      connections: { 'W[0]': 'added', 'Y[0]': 'removed', 'Y[1]': 'removed' },
    }
    const marked = await drawDiagram(example('burstccn.ccn'), { theme: 'light', marks })
    expect(textsOf(marked)).toEqual(
      expect.arrayContaining(['+ added', '− removed', '~ changed', '~ y', '+ W[0]']),
    )
    const { lines, boxes } = foldCircuit(example('burstccn.ccn'), { marks })
    expect(lines.filter(({ mark }) => mark).map(({ title, mark }) => [title, mark])).toEqual([
      ['+ W[0]', 'added'],
      ['− Y[0..1]', 'removed'],
    ])
    expect(boxes.filter(({ mark }) => mark).map(({ id }) => id)).toEqual(['y'])
  })
})

it('names an input on each side where it is reached', async () => {
  const texts = textsOf(await drawDiagram(example('edn.ccn')))
  expect(texts.filter((text) => text === 'partner')).toHaveLength(2)
})

describe('what is drawn of', () => {
  it("Dale's law: excitation, inhibition, and four classes of interneurons", () => {
    const { boxes, lines } = foldCircuit(example('dales.ccn'))
    const classes = boxes.filter(({ sign }) => sign === 'inhibitory').map(({ type }) => type)
    expect(new Set(classes)).toEqual(new Set(['PV', 'SST', 'VIP', 'NDNF']))
    const hues = lines.map(({ title, hue, sign }) => `${title.replace(/\[.*/, '')} ${hue} ${sign}`)
    expect(hues).toContain('W_direct event excitatory')
    expect(hues).toContain('Y_from_sst1 inhibitory inhibitory')
    expect(hues).toContain('Y_to_sst1 burst excitatory')
  })

  it('patterns: numbers of the rule', () => {
    const details = (file: string) =>
      foldCircuit(example(file)).lines.map(({ title, details: [text] }) => `${title} ${text}`)
    expect(details('coba.ccn')).toEqual(['E p = 2 %', 'I p = 2 %'])
    expect(details('brunel.ccn')).toEqual(['E in-degree 400', 'I in-degree 100', 'P 1×5000'])
  })

  it('kernels of a convolution', () => {
    const { lines } = foldCircuit(example('cifar10.ccn'))
    expect(lines.find(({ title }) => title === 'W[0]')?.details).toEqual(['5×5 conv'])
  })

  it('what a protocol switches', () => {
    const { boxes } = foldCircuit(example('spiking.ccn'))
    expect(boxes.at(-1)).toMatchObject({ kind: 'outside', type: 'set by the protocol' })
  })
})

it('escapes what a file says', async () => {
  const description = example('xor.ccn')
  const hostile = `</text><script>"&'\u0000\u202e`
  const svg = await drawDiagram(
    {
      ...description,
      name: hostile,
      doc: hostile,
      populations: description.populations.map((each) => ({ ...each, cell: hostile })),
      connections: description.connections.map((each) => ({
        ...each,
        ...(each.tied !== undefined && { tied: hostile }),
        ...(each.rule !== undefined && { rule: hostile }),
      })),
    },
    { theme: 'auto' },
  )
  expect(readXml(svg).elements.some((each) => each.startsWith('script'))).toBe(false)
})

it('says so where a circuit is too large to be laid out', async () => {
  const layout = () => Promise.reject(new RangeError('Maximum call stack size exceeded'))
  const load = () => ({
    default: class {
      layout = layout
    },
  })
  await expect(drawDiagram(example('xor.ccn'), { load })).rejects.toThrow(
    'A circuit of 5 boxes and 7 lines is too large to be laid out',
  )
})

it('lays out a hundred populations', async () => {
  const populations = Array.from({ length: 100 }, (_, i) => `population p${i}[3] : Cell\n`)
  const connections = Array.from(
    { length: 150 },
    (_, i) => `connect p${i % 100}.s -> p${(i * 7 + 3) % 100}.soma as W${i} { init 1  fixed }\n`,
  )
  const text = `model big\ncell Cell { compartment soma  state v = 0 : 1 ms * dv/dt = soma - v  signal s = v }
${populations.join('')}${connections.join('')}`
  const svg = await drawDiagram(describeModel(compileText(text, { until: 'model' }))!)
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['p0', 'p99', 'W149']))
})

describe('the colours of text', () => {
  const channel = (hex: string): number => {
    const value = Number.parseInt(hex, 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = (colour: string): number =>
    0.2126 * channel(colour.slice(1, 3)) +
    0.7152 * channel(colour.slice(3, 5)) +
    0.0722 * channel(colour.slice(5, 7))

  it.each(['light', 'dark'] as const)('stand out from a %s ground', (theme) => {
    const lines = [
      'event',
      'burst',
      'inhibitory',
      'excitatory',
      'plain',
      'wire',
      'teacher',
    ] as const
    const roles = [...lines, 'ink', 'dim', 'other-1', 'other-2'] as const
    const ground = luminance(colourOf('ground', theme))
    const contrasts = roles.map((role) => {
      const own = luminance(colourOf(role, theme))
      return (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05)
    })
    // As WCAG asks of text.
    expect(Math.min(...contrasts)).toBeGreaterThan(4.5)
  })
})

it('is careful with what is small, quick with what is large, and does not begin with what has no end', () => {
  /** Boxes of which each sends to the next ones. */
  const sending = (count: number, next: number) => {
    const [box] = foldCircuit(example('xor.ccn')).boxes
    const [line] = foldCircuit(example('xor.ccn')).lines
    const boxes = Array.from({ length: count }, (_, i) => ({ ...box!, id: `p${i}` }))
    const lines = boxes.flatMap(({ id: from }, i) =>
      boxes.slice(i + 1, i + 1 + next).map(({ id: to }) => ({ ...line!, from, to })),
    )
    return effortFor({ ...foldCircuit(example('xor.ccn')), boxes, lines })
  }
  expect([sending(100, 1), sending(300, 1), sending(3000, 1)]).toEqual([
    'careful',
    'quick',
    'quick',
  ])
  expect([sending(20, 4), sending(60, 60), sending(9000, 1)]).toEqual(['careful', 'none', 'none'])
})
