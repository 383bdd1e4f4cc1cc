/**
 * One mistake, one message: examples with one word or mark left out, or one name misspelt, get one message,
 * but for a few of which the number is held down here.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'

const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"[^"\n]*"|[A-Za-z_]\w*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|[^\s\w]/g

/** The file with each token in turn left out, and each name misspelt. */
function* edits(text: string, every: number) {
  const found = [...text.matchAll(tokens)].filter(([token]) => !/^\/[/*]/.test(token))
  for (const [i, { index, 0: token }] of found.entries()) {
    if (i % every !== 0) continue
    const line = text.slice(0, index).split('\n').length
    const words = /^[A-Za-z_]/.test(token) ? ['', `${token}q`] : ['']
    for (const word of words) {
      const what = `${line}: ${token} -> ${word}`
      yield { what, edited: text.slice(0, index) + word + text.slice(index + token.length) }
    }
  }
}

describe('an example with one mistake', () => {
  it.each([
    ['xor', 2, 0],
    ['teacher_network', 5, 0],
    ['spiking', 8, 2],
    ['burstprop', 6, 2],
  ])(
    '%s, at every token of %i, has more than one message at most %i times',
    (name, every, most) => {
      const text = readFileSync(`${root}/examples/${name}.ccn`, 'utf8')
      const several: string[] = []
      for (const { what, edited } of edits(text, every)) {
        const { diagnostics } = compileText(edited)
        const errors = diagnostics.filter(({ severity }) => severity === 'error')
        if (errors.length === 0) continue
        const told = diagnostics.map(({ code, message }) => `${code} ${message}`)
        if (told.length > 1) several.push(`${what}\n  ${told.join('\n  ')}`)
      }
      expect(several.length, several.join('\n')).toBeLessThanOrEqual(most)
    },
    240_000,
  )
})

describe('a place with one mistake', () => {
  it('has one message: arrays of an archive without quotes are names that there are not', () => {
    const { diagnostics } = compileText(`
dataset d {
  field image[2]
  train npz("a.npz", image = images)
  test npz("b.npz", image = "images")
}`)
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'CCN2001 There is no value named `images` here.',
    ])
  })

  it('has one message: what a parameter out of its range would make is checked with its default', () => {
    const text = `
param hidden = 4 in 1..
cell A { compartment soma  event e = soma }
population x[hidden] : A`
    const { diagnostics } = compileText(text, { set: { hidden: '-5' } })
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'CCN4002 `hidden` is -5, but must be at least 1.',
    ])
    const { diagnostics: own } = compileText(text.replace('= 4', '= 0'))
    expect(own.map(({ code }) => code)).toEqual(['CCN4002'])
  })
})
