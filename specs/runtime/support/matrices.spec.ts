/** Orthogonal parts and spectral radii beside PyTorch's and NumPy's: `specs/oracles/torch/matrices.py` wrote the figures. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shareWithin } from '../../../compiler/lower/init/truncated.ts'
import { orthogonalPart, spectralRadius } from '../../../runtime/support/matrices.ts'
import { root } from '../../helpers/repository.ts'

interface Fixture {
  readonly orthogonal: readonly {
    readonly shape: readonly [number, number]
    readonly matrix: readonly number[]
    readonly part: readonly number[]
  }[]
  readonly radii: readonly {
    readonly size: number
    readonly matrix: readonly number[]
    readonly radius: number
  }[]
  readonly within: readonly (readonly [number, number])[]
}
const text = readFileSync(`${root}/specs/oracles/torch/fixtures/matrices.json`, 'utf8')
const fixture = JSON.parse(text) as Fixture

describe('orthogonal parts', () => {
  it.each(fixture.orthogonal)('$shape', ({ shape: [rows, columns], matrix, part }) => {
    const found = orthogonalPart(Float64Array.from(matrix), rows, columns)
    found.forEach((each, i) => expect(each).toBeCloseTo(part[i]!, 13))
  })

  it('is none of a matrix whose columns are alike', () => {
    expect(() => orthogonalPart(Float64Array.of(1, 2, 1, 2), 2, 2)).toThrow('rank below 2')
    expect(() => orthogonalPart(Float64Array.of(0, 0), 2, 1)).toThrow('rank below 1')
    expect(() => orthogonalPart(Float64Array.of(Number.NaN, 1), 2, 1)).toThrow('not finite')
  })
})

describe('spectral radii', () => {
  it.each(fixture.radii)('of $size rows: $radius', ({ size, matrix, radius }) => {
    const found = spectralRadius(Float64Array.from(matrix), size)
    expect(Math.abs(found / radius - 1)).toBeLessThan(1e-10)
  })

  it('does not change what it is of, and is the same of the transpose', () => {
    const { size, matrix } = fixture.radii.at(-1)!
    const given = Float64Array.from(matrix)
    const turned = given.map((_, i) => matrix[(i % size) * size + Math.floor(i / size)]!)
    const found = spectralRadius(given, size)
    expect([...given]).toEqual(matrix)
    expect(Math.abs(spectralRadius(turned, size) / found - 1)).toBeLessThan(1e-12)
  })

  it('is exactly 0 without circles, whatever the order of the rows', () => {
    // 3 -> 0 -> 4 -> 1 -> 2, far from triangular.
    const chain = new Float64Array(25)
    for (const [from, to] of [
      [3, 0],
      [0, 4],
      [4, 1],
      [1, 2],
    ] as const)
      chain[to * 5 + from] = 1 / 3
    expect(() => spectralRadius(chain, 5)).toThrow('spectral radius of a matrix is 0')
    expect(() => spectralRadius(Float64Array.of(Number.NaN), 1)).toThrow('not finite')
  })
})

it.each(fixture.within)('of a normal distribution, within %d is %d', (x, share) => {
  expect(Math.abs(shareWithin(x) - share)).toBeLessThan(1e-15)
})
