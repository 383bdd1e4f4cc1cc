/** Texts that would leave the place where they are put, if it were not watched. */
import fc from 'fast-check'

const attack = 'globalThis.hacked = true'

/** One for each way out that is known. */
export const hostileTexts: readonly string[] = [
  `a\n${attack}//`,
  `a\r${attack}//`,
  `a\r\n${attack}//`,
  `a\u2028${attack}//`,
  `a\u2029${attack}//`,
  `a*/${attack}/*`,
  `a'+(${attack})+'`,
  `a\\'+(${attack})+'`,
  `a"+(${attack})+"`,
  'a`+${' + attack + '}+`',
  `</script><script>${attack}</script>`,
  `]]></text><script>${attack}</script>`,
  `--><b>`,
  `a\n;) (func $f) (;`,
  `\\input{/etc/passwd} $x$ %`,
  `\u202e${attack}\u2066`,
  `\u001b[2J\u001b]0;title\u0007`,
  `\0`,
  `\ud800`,
  `\udc00a`,
  '__proto__',
  'constructor',
  '',
]

const pieces = [
  ...'\n \r \u2028 \u2029 */ /* // ;; ;) (; \' " ` ${ } \\ < > & ]]> <!-- --> ; ) ] { ( \0 \u001b \u202e \ud800 \udc00 \ufffe \ufeff é 𝒜 ² a 1 _ $ % # ~ ^'.split(
    ' ',
  ),
  ' ',
  attack,
]

/** Any mixture of them. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
