/** Lengths of the picture, in pixels. */

export const titleSize = 14
export const textSize = 11.5
export const smallSize = 10.5

/** From one line of small text to the next. */
export const leading = 13
/** Between two lines that leave or reach the same side of a box. */
export const portPitch = 13
/** From one line that leads back to its own box to the next, with a line of text on it. */
export const loopPitch = 19
export const loopPitchBeside = 10
/** Of the head of a line. */
export const headLength = 9
