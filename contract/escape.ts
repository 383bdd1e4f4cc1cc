/**
 * Text from outside (names, paths, comments of the source, strings, manifests) in text that machines
 * read: the one place that knows what must be escaped where. Whoever writes code, a picture or a page
 * puts every such text through the function for its place, whatever it is believed to hold.
 *
 * What is escaped stays readable: `\u{2028}` in a comment, `\u2028` in a string.
 */

/**
 * Characters that end a line somewhere, that terminals obey, or that make text look like other text:
 * controls, line and paragraph separators, marks of direction, the byte order mark, and halves of
 * characters.
 */
const unsafe =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** The text on one line, every unsafe character as `\u{HEX}`. */
export function oneLine(text: string): string {
  return text.replace(unsafe, (found) => `\\u{${found.charCodeAt(0).toString(16)}}`)
}

/**
 * A value as JSON, with the same characters escaped as JSON does, `\u2028`; `replacer` and `indent` are those of
 * `JSON.stringify`.
 */
export function json(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
  indent?: number,
): string {
  // The lines of an indented text are JSON's own: those of strings are escaped already.
  return JSON.stringify(value, replacer, indent).replace(unsafe, (found) =>
    found === '\n' ? found : codeUnit(found),
  )
}

/** Whether a text holds characters that no name of a file needs. */
export function isPlain(text: string): boolean {
  return text.search(unsafe) < 0
}

/** Text behind `//`, `;;` or `;`, up to the end of the line. */
export const lineComment = oneLine

/** Text inside of a block comment of JavaScript, which keeps its lines. */
export function blockComment(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map((line) => oneLine(line).replaceAll('*/', '* /'))
    .join('\n')
}

/** A string literal of JavaScript or TypeScript, with its quotes. */
export function stringLiteral(text: string): string {
  const inside = text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replace(unsafe, codeUnit)
  return `'${inside}'`
}

/** One code unit as JavaScript and JSON write it. */
function codeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Whether a name of the source can stand as it is where JavaScript wants the name of a property. */
export function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name)
}

/**
 * A property's name in an object literal or a type. `__proto__` would set the prototype if it stood
 * there by itself.
 */
export function propertyKey(name: string): string {
  if (name === '__proto__') return `['__proto__']`
  return isIdentifier(name) ? name : stringLiteral(name)
}

/** Characters that an XML document cannot hold in any form. */
const noXml =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text or an attribute's value, in either kind of quotes, of SVG and HTML. */
export function markup(text: string): string {
  return text.replace(noXml, '\ufffd').replace(/[&<>"']/g, (found) => entities[found] ?? found)
}

const commands: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}

/** Text of a LaTeX document, on one line. */
export function latex(text: string): string {
  return oneLine(text).replace(/[\\~^{}$&#%_]/g, (found) => commands[found] ?? `\\${found}`)
}
