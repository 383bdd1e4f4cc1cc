/** Arguments that describe spike trains. */
import { InvalidArgumentError } from 'commander'

/** `--rates 1,5,20`, in Hz, ascending. */
export function readRates(text: string): number[] {
  const rates = text.split(',').map(Number)
  if (text.trim() === '' || rates.some((each) => !(each > 0 && each < Infinity)))
    throw new InvalidArgumentError('They must be rates in Hz above 0, with commas between.')
  return rates.toSorted((a, b) => a - b)
}

/** A number between two others, ends included or not. */
export function numberWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && value >= low && value <= high) return value
    throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`)
  }
}
