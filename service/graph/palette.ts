/**
 * Colours by what they stand for, in a light and a dark picture. Lines keep apart for all kinds of colour
 * vision (after Okabe and Ito); what a colour says is also said by the end of a line or by its text.
 */

/** What a colour stands for. */
export type Role =
  | 'ground'
  | 'ink'
  | 'dim'
  | 'faint'
  | 'box'
  | 'border'
  | 'cell'
  | 'event'
  | 'burst'
  | 'inhibitory'
  | 'excitatory'
  | 'plain'
  | 'wire'
  | 'teacher'
  | 'halo'
  | 'other-1'
  | 'other-2'
  | 'class-1'
  | 'class-2'
  | 'class-3'
  | 'class-4'
  | 'edge-1'
  | 'edge-2'
  | 'edge-3'
  | 'edge-4'
  | 'added'
  | 'removed'
  | 'changed'

export type Theme = 'light' | 'dark' | 'auto'

/** Colours of the picture, light and dark. */
export const palette: Readonly<Record<Role, readonly [light: string, dark: string]>> = {
  ground: ['#ffffff', '#0d1117'],
  ink: ['#1f2328', '#e6edf3'],
  dim: ['#59636e', '#9aa4b0'],
  faint: ['#c8d0d9', '#3d4650'],
  box: ['#f6f8fa', '#171d26'],
  border: ['#8a95a1', '#6b7683'],
  cell: ['#4b5661', '#aeb8c3'],
  event: ['#0067a6', '#58b0ec'],
  burst: ['#c24e00', '#f5945c'],
  inhibitory: ['#96307f', '#df92cd'],
  excitatory: ['#007a5a', '#3cc39b'],
  plain: ['#3f4954', '#b9c3ce'],
  wire: ['#66727f', '#7d8894'],
  teacher: ['#8a6100', '#f0c33c'],
  halo: ['#ffdf6b', '#6b5310'],
  'other-1': ['#007a5a', '#3cc39b'],
  'other-2': ['#6a4fc2', '#b3a1f5'],
  'class-1': ['#e3eefb', '#142a45'],
  'class-2': ['#fdecdc', '#40260f'],
  'class-3': ['#e0f3ea', '#10332a'],
  'class-4': ['#f3e8fa', '#33203f'],
  'edge-1': ['#4a86c5', '#4f8fd6'],
  'edge-2': ['#cf7a34', '#d2853f'],
  'edge-3': ['#2e9a72', '#36a67e'],
  'edge-4': ['#9868b8', '#a778c6'],
  added: ['#1a7f37', '#3fb950'],
  removed: ['#cf222e', '#f85149'],
  changed: ['#9a6700', '#d29922'],
}

/** The colour of a picture that has one theme; of one that follows the reader's, that of light. */
export const colourOf = (role: Role, theme: Theme): string =>
  palette[role][theme === 'dark' ? 1 : 0]

/** The sheet by which a picture follows the reader's theme: colours of dark, over the attributes. */
export function darkSheet(roles: Iterable<Role>): string {
  const rules = [...roles].flatMap((role) => {
    const colour = palette[role][1]
    return [
      `.ccn-auto .fill-${role}{fill:${colour}}`,
      `.ccn-auto .stroke-${role}{stroke:${colour}}`,
    ]
  })
  return `@media (prefers-color-scheme: dark){${rules.join('')}}`
}
