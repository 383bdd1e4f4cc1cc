/** Data sets are checked where they stand: readers, their arguments, and the fields that they fill. */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'

const fields = 'field image[28, 28]\n  field label class 10'

/** What is said of a data set: code, message, hint, and the text that is marked. */
function said(train: string, declared = fields): readonly string[] {
  const text = `param n = 3\ndataset d {\n  ${declared}\n  train ${train}\n  test digits(count = 5)\n}\n`
  const whole = text.replace('test digits(count = 5)', declared === fields ? '$&' : `test ${train}`)
  const { diagnostics } = compileText(whole)
  const found = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, hint, span }) =>
      [code, message, hint, whole.slice(span.start, span.end)].filter(Boolean).join(' | '),
    )
  return [...new Set(found)]
}

describe('right', () => {
  it.each([
    ['idx("a", "b")'],
    ['idx("a", "b", skip = 5, count = 10)'],
    ['idx("a", "b", skip = n)'],
    ['npz("a.npz", image = "x_train", skip = 1)'],
    ['npy(image = "a.npy", label = "b.npy")'],
    ['csv("a.csv", image = "a:d")'],
    ['digits(20)'],
    ['digits(20, 7)'],
    ['digits(count = 20, seed = 7)'],
  ])('%s', (train) => {
    expect(said(train)).toEqual([])
  })

  it.each([
    ['film(3)', 'field frame[32, 32]'],
    ['film(3, 8)', 'field frame[8, 8]'],
    ['xor()', 'field input[2]\n  field target[1]\n  field label class 2'],
    ['xor()', 'field label class 2\n  field input[2]'],
    ['constant(a = 1, b = -0.5)', 'field a[3]\n  field b'],
    ['idx("a")', 'field image[28, 28]'],
    ['cifar("a", "b")', 'field image[3, 32, 32]\n  field label class 10'],
  ])('%s with %s', (train, declared) => {
    expect(said(train, declared)).toEqual([])
  })
})

describe('wrong', () => {
  it.each([
    [
      'idxx("a", "b")',
      'CCN2001 | There is no reader named `idxx` here. | did you mean `idx`? | idxx',
    ],
    [
      'idx("a", "b", skp = 3)',
      'CCN2005 | `idx` has no option named `skp`. | did you mean `skip`? | skp',
    ],
    ['idx()', 'CCN2006 | `idx` needs a value for `values`. | idx()'],
    ['idx("a")', 'CCN2006 | `idx` needs a value for `labels`. | idx("a")'],
    ['idx("a", "b", "c")', 'CCN2007 | `idx` takes 2 arguments, but got 3. | "c"'],
    [
      'idx("a", 3)',
      'CCN6008 | The second argument of `idx` must be the name of a file in quotes, but is 3. | 3',
    ],
    ['npy("a.npy")', 'CCN2007 | `npy` takes 0 arguments, but got 1. | "a.npy"'],
    ['npy(image = "a")', 'CCN2006 | `npy` needs a value for `label`. | npy(image = "a")'],
    [
      'npz("a.npz", imag = "x")',
      'CCN2005 | `npz` has no option named `imag`. | did you mean `image`? | imag',
    ],
    ['csv("a.csv", image = 3)', 'CCN6008 | `image` must be text in quotes, but is 3. | 3'],
    ['csv()', 'CCN2006 | `csv` needs a value for `file`. | csv()'],
    ['digits()', 'CCN2006 | `digits` needs a value for `count`. | digits()'],
    ['digits(count = 0)', 'CCN6008 | `count` must be a whole number from 1, but is 0. | 0'],
    ['digits(count = -3)', 'CCN6008 | `count` must be a whole number from 1, but is -3. | -3'],
    ['digits(count = 2.5)', 'CCN6008 | `count` must be a whole number from 1, but is 2.5. | 2.5'],
    ['digits(count = "a")', 'CCN6008 | `count` must be a whole number from 1, but is "a". | "a"'],
    [
      'digits(count = 1e8)',
      'CCN6008 | `count` must be at most 684784, as more would not fit into memory, but is 100000000. | 1e8',
    ],
    [
      'digits(count = 1e308)',
      /^CCN6008 \| `count` must be a whole number from 1, but is 1e\+308. \| 1e308$/,
    ],
    [
      'digits(count = 5 ms)',
      /^CCN2019 \| A number or text in quotes is needed here, but this is a number with/,
    ],
    ['digits(3, 4, 5)', 'CCN2007 | `digits` takes 2 arguments, but got 3. | 5'],
    [
      'digits(3, count = 5)',
      'CCN6008 | `count` must be one number, but is given twice, as 3 and 5. | 5',
    ],
    [
      'digits(3, sed = 5)',
      'CCN2005 | `digits` has no option named `sed`. | did you mean `seed`? | sed',
    ],
    ['idx("a", "b", skip = -1)', 'CCN6008 | `skip` must be a whole number from 0, but is -1. | -1'],
    ['idx("a", "b", count = 0)', 'CCN6008 | `count` must be a whole number from 1, but is 0. | 0'],
    ['digits(count = nonsense)', /^CCN2001 \| There is no/],
  ])('%s', (train, expected) => {
    const [first, ...more] = said(train)
    expect(more).toEqual([])
    if (typeof expected === 'string') expect(first).toBe(expected)
    else expect(first).toMatch(expected)
  })

  it.each([
    [
      'digits(count = 5)',
      'field image[5, 5]\n  field label class 10',
      'CCN6008 | The shape of `image` must be [28, 28], as `digits` gives, but is [5, 5]. | image',
    ],
    [
      'digits(count = 5)',
      'field image[28, 28]\n  field label class 5',
      'CCN6008 | The number of classes of `label` must be at least 10, as `digits` gives, but is 5. | label',
    ],
    [
      'xor()',
      'field input[2]\n  field target[1]\n  field more[1]',
      'CCN6008 | The field `more` must be one that `xor` can fill, but is one too many. | more',
    ],
    [
      'film(5)',
      'field frame[32, 32]\n  field label class 10',
      'CCN6008 | The field `label` must be one that `film` can fill, but is one too many. | label',
    ],
    [
      'film(1000, 4000)',
      'field frame[4000, 4000]',
      'CCN6008 | `count` must be at most 33, as more would not fit into memory, but is 1000. | 1000',
    ],
    [
      'teacher_network(count = 10, inputs = 1e6, hidden = 1e6, outputs = 1)',
      'field input[1000000]\n  field target[1]',
      'CCN6008 | `count` must be of a network that fits into memory, but is 10. | 10',
    ],
    [
      'constant(a = 1)',
      'field a[0]',
      'CCN6008 | The size of `a` must be at least 1, but is 0. | 0',
    ],
    [
      'constant(a = 1)',
      'field a[100000, 100000]',
      'CCN6008 | The size of `a` must be at most 536870912, but is 10000000000. | field a[100000, 100000]',
    ],
    [
      'constant(a = 1)',
      'field a[3] class 0',
      'CCN6008 | The number of classes of `a` must be at least 1, but is 0. | 0',
    ],
    [
      'constant(a = 1)',
      'field a[3] class 1e308',
      'CCN6008 | The number of classes of `a` must be at most 536870912, but is 1e+308. | 1e308',
    ],
    ['constant(a = 1)', 'field a[3]\n  field a[3]', 'CCN2002 | `a` is declared twice. | a'],
    [
      'constant(a = 1)',
      'field a[3] mean [1, 2] std 1',
      'CCN6008 | What `a` is standardised by must be one number, or one for each of the 3 of the first axis, but is 2 numbers. | [1, 2]',
    ],
    ['constant(a = 1)', 'field a[3] std 0', 'CCN6008 | `std` must be above 0, but is 0. | 0'],
  ])('%s with %s', (train, declared, expected) => {
    expect(said(train, declared)).toEqual([expected])
  })

  it('of an experiment is said once', () => {
    const { diagnostics } = compileText(`import { Input } from "std/cells"
dataset d { field x[2]  train npyy(x = "a")  test npy(x = "a") }
population p[2] : Input
experiment e { data d  present p = x  batch 1  epochs 1 }`)
    expect(diagnostics.map(({ code }) => code)).toEqual(['CCN2001'])
  })
})
