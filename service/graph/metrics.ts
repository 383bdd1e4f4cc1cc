/**
 * How wide text is, without a font at hand: advance widths of DejaVu Sans, which is wider than what most
 * systems show for `system-ui`, so that a text that fits here fits everywhere.
 */

/** Thousandths of the font size, for the characters from the space to the tilde. */
const regular: readonly number[] = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
  636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
  575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
  611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
  278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
]
const bold: readonly number[] = [
  348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
  696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
  683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
  724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
  343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
]
/** Others that we write ourselves. */
const others: Readonly<Record<string, number>> = { '·': 380, ᵀ: 500 }

/** Of a character that is in no table: as wide as any but ideographs, which are as wide as high. */
const unknown = 900
const full = 1050

/** Width of a line of text at a font size, in the unit of the size. */
export function textWidth(
  text: string,
  size: number,
  weight: 'regular' | 'bold' = 'regular',
): number {
  const table = weight === 'bold' ? bold : regular
  let sum = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    sum += table[code - 32] ?? others[character] ?? (code >= 0x1100 ? full : unknown)
  }
  return (sum / 1000) * size
}
