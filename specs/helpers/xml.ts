/** A reader of XML that is as strict as the standard wherever text could leave its place. */

/** What a document holds. */
export interface Xml {
  /** Names of elements, in the order in which they begin, with those of their attributes. */
  readonly elements: readonly string[]
  readonly attributes: readonly string[]
  readonly texts: readonly string[]
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

// oxlint-disable-next-line no-control-regex
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u

/** Reads one element with all that it holds. Throws Error if it is not well-formed. */
export function readXml(document: string): Xml {
  if (forbidden.test(document)) throw new Error('a character that XML does not allow')
  const [elements, attributes, texts]: [string[], string[], string[]] = [[], [], []]
  const open: string[] = []
  let at = 0
  while (at < document.length) {
    const tag = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y
    const text = /[^<]+/y
    tag.lastIndex = text.lastIndex = at
    const found = tag.exec(document)
    if (found) {
      const [whole, closing, name = '', rest = '', empty] = found
      if (closing) {
        if (open.pop() !== name) throw new Error(`</${name}> closes another`)
      } else {
        const pairs = [...rest.matchAll(/([\w:-]+)="([^"<]*)"/g)]
        elements.push([name, ...pairs.map(([, key]) => key)].join(' '))
        attributes.push(...pairs.map(([, , value = '']) => decoded(value)))
        if (!empty) open.push(name)
      }
      at += whole.length
      continue
    }
    const plain = text.exec(document)?.[0]
    if (plain === undefined) throw new Error(`no element: ${document.slice(at, at + 20)}`)
    if (open.length === 0 && plain.trim() !== '') throw new Error('text outside')
    if (open.length > 0) texts.push(decoded(plain))
    at += plain.length
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is left open`)
  return { elements, attributes, texts }
}

function decoded(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> in text')
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const value = name.startsWith('#')
      ? String.fromCodePoint(Number(name.slice(1)))
      : entities[name]
    if (value === undefined || !whole.endsWith(';')) throw new Error(`no entity: ${whole}`)
    return value
  })
}
