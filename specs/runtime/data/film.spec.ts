/** The procedural film: standardised frames that follow from the seed and move, with spectra as 1/f. */
import { describe, expect, it } from 'vitest'
import { shoot } from '../../../runtime/data/film.ts'

const SIZE = 32
const frame = (film: Float32Array, i: number): Float32Array =>
  film.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE)
const correlation = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (a.length - 1)

describe('a film', () => {
  const film = shoot(60, SIZE, 3)

  it('has frames of mean 0 and standard deviation 1', () => {
    for (let i = 0; i < 60; i++) {
      const mean = frame(film, i).reduce((a, b) => a + b, 0) / (SIZE * SIZE)
      expect(Math.abs(mean)).toBeLessThan(1e-5)
      expect(correlation(frame(film, i), frame(film, i))).toBeCloseTo(1, 4)
    }
  })

  it('follows from its seed; a longer one begins as a shorter one', () => {
    expect(shoot(5, SIZE, 3)).toEqual(film.slice(0, 5 * SIZE * SIZE))
    expect(shoot(5, SIZE, 4)).not.toEqual(film.slice(0, 5 * SIZE * SIZE))
  })

  it('moves: the further apart frames are, the less alike', () => {
    const alike = [1, 5, 40].map((apart) => correlation(frame(film, 10), frame(film, 10 + apart)))
    const [next = 0, later = 0, last = 0] = alike
    expect(next).toBeGreaterThan(0.9)
    expect(next).toBeLessThan(1)
    expect(later).toBeLessThan(next)
    expect(last).toBeLessThan(later)
  })

  it('has amplitudes that fall with spatial frequency', () => {
    const power = (cycles: number): number => {
      let total = 0
      for (let i = 0; i < 60; i++) {
        for (let row = 0; row < SIZE; row++) {
          const line = frame(film, i).subarray(row * SIZE, (row + 1) * SIZE)
          let [real, imaginary] = [0, 0]
          for (const [x, value] of line.entries()) {
            const window = 1 - Math.cos((2 * Math.PI * (x + 0.5)) / SIZE)
            const angle = (2 * Math.PI * cycles * x) / SIZE
            real += window * value * Math.cos(angle)
            imaginary += window * value * Math.sin(angle)
          }
          total += real ** 2 + imaginary ** 2
        }
      }
      return total
    }
    // Power as 1/f^2 makes a factor of 4 for each octave; objects and their edges bend that a little.
    for (const cycles of [2, 4]) {
      const fall = power(cycles) / power(2 * cycles)
      expect(fall).toBeGreaterThan(2)
      expect(fall).toBeLessThan(12)
    }
  })
})
