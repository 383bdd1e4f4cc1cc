/** Names that a file holds, in a sentence: they may be long, and many. */

/** A name, cut where it is long. */
export function short(text = ''): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}

/** The first names of a file, each cut where it is long: `x, y, ...`. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map((name) => short(name))
  return [...shown, ...(names.length > most ? ['...'] : [])].join(', ')
}

/** What arrays an archive has in place of one that is missing. */
export function onlyThese(names: readonly string[], most?: number): string {
  return names.length === 0 ? 'nor any other' : `only: ${listed(names, most)}`
}
