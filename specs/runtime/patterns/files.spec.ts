/** Lists of pairs, positions and values of synapses from files, and files that are none. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { PatternPlan } from '../../../contract/pattern.ts'
import { inMemory } from '../../../runtime/node/io/source.ts'
import { encodeNpy } from '../../../runtime/node/io/npy.ts'
import { encodeNpz } from '../../../runtime/node/io/npz.ts'
import { encodeSafetensors } from '../../../runtime/node/io/safetensors.ts'
import { readColumns } from '../../../runtime/node/patterns/columns.ts'
import { countPairs, readPairs } from '../../../runtime/node/patterns/pairs.ts'
import { drawPatterns, sizedFiles, type UnsizedFile } from '../../../runtime/node/patterns/read.ts'
import { readFileArrays } from '../../../runtime/node/train/file-arrays.ts'

const ints = (shape: readonly number[], ...data: number[]) => ({
  shape,
  data: Int32Array.from(data),
})
const npz = (arrays: Record<string, ReturnType<typeof ints>>): Uint8Array =>
  encodeNpz(new Map(Object.entries(arrays)))
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url))
const text = (content: string): Uint8Array => new TextEncoder().encode(content)

const sizes = { pre: 3, post: 4, capacity: 5 }
const read = (bytes: Uint8Array, path = 'net.npz', array?: string) =>
  readPairs(inMemory(bytes), path, { ...sizes, array })

/** As scipy.sparse.save_npz writes [[0, 5, 0], [0, 0, 0], [7, 0, 8], [0, 0, 0]], post by pre. */
const csr = {
  indices: ints([3], 1, 0, 2),
  indptr: ints([5], 0, 1, 1, 3, 3),
  shape: ints([2], 4, 3),
  data: ints([3], 5, 7, 8),
}

describe('pairs in files', () => {
  const good: readonly {
    readonly what: string
    readonly path: string
    readonly bytes: Uint8Array
    readonly array?: string
  }[] = [
    {
      what: 'two arrays of an archive',
      path: 'a.npz',
      bytes: npz({ pre: ints([3], 1, 0, 2), post: ints([3], 0, 2, 2) }),
    },
    {
      what: 'an array of two columns',
      path: 'a.npy',
      bytes: encodeNpy(ints([3, 2], 1, 0, 0, 2, 2, 2)),
    },
    {
      what: 'an array of an archive',
      path: 'a.npz',
      bytes: npz({ net: ints([3, 2], 1, 0, 0, 2, 2, 2), x: ints([1], 0) }),
      array: 'net',
    },
    {
      what: 'the only array of an archive',
      path: 'a.npz',
      bytes: npz({ net: ints([3, 2], 1, 0, 0, 2, 2, 2) }),
    },
    {
      what: 'a table',
      path: 'a.csv',
      bytes: text('weight, pre, post\n5,1,0\n7,0,2\n8,2,2\n'),
    },
    { what: 'a table without names', path: 'a.csv', bytes: text('1,0\n0,2\n2,2\n') },
    { what: 'a sparse matrix by rows', path: 'a.npz', bytes: npz(csr) },
    // What scipy wrote itself (fixtures/write.py).
    { what: 'CSR of scipy', path: 'csr.npz', bytes: fixture('csr.npz') },
    { what: 'COO of scipy', path: 'coo.npz', bytes: fixture('coo.npz') },
  ]
  it.each(good)('$what', ({ path, bytes, array }) => {
    const { pre, post } = read(bytes, path, array)
    expect([Array.from(pre), Array.from(post)]).toEqual([
      [1, 0, 2],
      [0, 2, 2],
    ])
    expect(countPairs(inMemory(bytes), path, array)).toBe(3)
  })

  it('of other ways to store a sparse matrix are in the order of its data', () => {
    const pairs = (name: string): number[][] => {
      const { pre, post } = read(fixture(name), name)
      return Array.from(pre, (j, k) => [j, post[k]!])
    }
    const inOrder = [
      [0, 2],
      [1, 0],
      [2, 2],
    ]
    expect(pairs('csc.npz')).toEqual(inOrder)
    expect(pairs('shuffled.npz')).toEqual([inOrder[2], inOrder[1], inOrder[0]])
    expect(pairs('pairs.npz')).toEqual([inOrder[2], inOrder[1], inOrder[0]])
  })

  const bad: readonly (readonly [string, string, Uint8Array, string])[] = [
    [
      'no such column',
      'a.csv',
      text('from,to\n1,2\n'),
      'it has no column pre; its header row reads: from, to',
    ],
    ['a name twice', 'a.csv', text('pre,post,pre\n1,0,2\n'), 'it has two columns pre'],
    ['words', 'a.csv', text('pre,post\n1,x\n'), 'line 2: "x" is no number'],
    ['nothing', 'a.csv', text(''), 'it is empty'],
    ['too many rows', 'a.csv', text(`pre,post\n${'1,1\n'.repeat(6)}`), 'more than the 5 pairs'],
    [
      'too long an array',
      'a.npy',
      encodeNpy(ints([6, 2], ...Array.from({ length: 12 }, () => 0))),
      'more than the 5 pairs',
    ],
    [
      'an array of other columns',
      'a.npy',
      encodeNpy(ints([1, 3], 0, 0, 0)),
      'it holds [1, 3], not a row for each',
    ],
    [
      'an archive without them',
      'a.npz',
      npz({ x: ints([1], 0), y: ints([1], 0) }),
      'it has no array pre, only: x, y',
    ],
    [
      'a table of other columns',
      'a.csv',
      text('1,2,3\n1,0,2\n'),
      'it has no column pre; its first row has 3 numbers, and no names',
    ],
    [
      'arrays of two lengths',
      'a.npz',
      npz({ pre: ints([2], 1, 0), post: ints([3], 0, 2, 2) }),
      'its array pre has 2 values, and its array post has 3',
    ],
    [
      'blocks',
      'a.npz',
      fixture('bsr.npz'),
      'it is a sparse matrix in the format bsr: save it as CSR, CSC or COO',
    ],
    [
      'diagonals',
      'a.npz',
      fixture('dia.npz'),
      'it is a sparse matrix in the format dia: save it as CSR, CSC or COO',
    ],
    ['no file of this kind', 'a.bin', text('hello'), 'it is no .npy, .npz or .csv file'],
    ['a matrix that is turned', 'a.npz', npz({ ...csr, shape: ints([2], 3, 4) }), 'transpose it'],
    [
      'a matrix of another size',
      'a.npz',
      npz({ ...csr, shape: ints([2], 9, 9) }),
      'its matrix is [9, 9], but [4, 3], post by pre',
    ],
    [
      'places that do not ascend',
      'a.npz',
      npz({ ...csr, indptr: ints([5], 0, 2, 1, 3, 3) }),
      'its array indptr does not ascend',
    ],
    [
      'places past the end',
      'a.npz',
      npz({ ...csr, indptr: ints([5], 0, 1, 1, 3, 9) }),
      'its array indptr does not ascend',
    ],
    [
      'too few places',
      'a.npz',
      npz({ ...csr, indptr: ints([2], 0, 3) }),
      'its array indptr is [2], not [5]',
    ],
  ]
  it.each(bad)('refused: %s', (_, path, bytes, message) => {
    expect(() => read(bytes, path)).toThrow(message)
  })

  it('an archive whose header lies of its size takes no memory', () => {
    const bytes = encodeNpy(ints([2, 2], 0, 0, 1, 1))
    const lying = Buffer.from(
      Buffer.from(bytes).toString('latin1').replace('(2, 2)', '(4000000000, 2)'),
      'latin1',
    )
    expect(() => readPairs(inMemory(lying), 'a.npy', { ...sizes, capacity: 2 ** 31 })).toThrow(
      /bytes of data where|memory/,
    )
  })
})

describe('columns', () => {
  it('may be missing if they are optional', () => {
    const rows = (): void => {}
    const wanted = { columns: ['x'], optional: ['y'], rows }
    const [x, y] = readColumns(inMemory(encodeNpy(ints([3], 1, 2, 3))), 'a.npy', wanted)
    expect([Array.from(x!), y]).toEqual([[1, 2, 3], undefined])
    expect(readColumns(inMemory(text('x,y\n1,2\n')), 'a.csv', wanted)).toEqual([[1], [2]])
  })
})

describe('patterns whose parts lie in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ccn-patterns-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, name), bytes)
  const from = join(folder, 'model.ccn')
  const plan = (name: string): PatternPlan => ({
    name: 'W',
    ...sizes,
    rule: { kind: 'file', file: { path: name, from } },
  })

  it('values for each synapse are in the order of the rows of its file', async () => {
    write('net.csv', text('pre,post,w\n2,2,8\n1,0,5\n0,2,7\n'))
    const options = { seed: 1, folders: [folder] }
    const drawn = await drawPatterns({ patterns: [plan('net.csv')], pairValues: [] }, options)
    expect(drawn.records.map(({ name, path }) => [name, path])).toEqual([['pattern W', 'net.csv']])
    const w = {
      name: 'W',
      shape: ['synapses of W'] as const,
      path: 'net.csv',
      from,
      array: 'w',
      values: 'weight',
    } as const
    const valuesOf = async (file: UnsizedFile): Promise<unknown> => {
      const sized = sizedFiles([file], drawn.patterns, [plan('net.csv')])
      return (await readFileArrays(sized, options)).arrays['W']
    }
    expect(await valuesOf(w)).toEqual({ shape: [3], data: Float32Array.of(7, 5, 8) })
    // A matrix [post, pre] has the value of each pair; of what leads the other way, [pre, post].
    const { pre, post } = plan('net.csv')
    const entries = Float64Array.from({ length: pre * post }, (_, k) => k)
    const at = (j: number, i: number, turned = false): number =>
      turned ? j * post + i : i * pre + j
    const pairs = [
      [0, 2],
      [1, 0],
      [2, 2],
    ] as const
    for (const turned of [false, true]) {
      const shape = turned ? [pre, post] : [post, pre]
      write('matrix.npy', encodeNpy({ shape, data: entries }))
      const { array: _, ...alone } = { ...w, path: 'matrix.npy' }
      const found = await valuesOf({ ...alone, ...(turned && { turned: true as const }) })
      const expected = pairs.map(([j, i]) => at(j, i, turned))
      expect(found).toEqual({ shape: [3], data: Float32Array.from(expected) })
    }
    write('net.csv', text('pre,post,w\n2,2,8\n1,0,5\n0,3,7\n'))
    const again = drawPatterns(
      { patterns: [plan('net.csv')], pairValues: [] },
      { ...options, before: drawn.records },
    )
    await expect(again).rejects.toThrow('it has changed since the run was started')
  })

  it('values beside pairs are those of these pairs, in whatever order', async () => {
    const options = { seed: 1, folders: [folder] }
    for (const name of ['csr', 'csc', 'coo', 'shuffled', 'pairs', 'bsr'])
      write(`${name}.npz`, fixture(`${name}.npz`))
    const drawn = await drawPatterns({ patterns: [plan('csr.npz')], pairValues: [] }, options)
    const valuesOf = async (path: string, array?: string): Promise<number[]> => {
      const shape = ['synapses of W'] as const
      const w = { name: 'W', shape, path, from, values: 'weight', ...(array && { array }) } as const
      const sized = sizedFiles([w], drawn.patterns, [plan('csr.npz')])
      return Array.from((await readFileArrays(sized, options)).arrays['W']!.data)
    }
    // Synapses 0 -> 2, 1 -> 0, 2 -> 2.
    for (const name of ['csr', 'csc', 'coo', 'shuffled'])
      expect(await valuesOf(`${name}.npz`), name).toEqual([7, 5, 8])
    expect(await valuesOf('pairs.npz', 'w')).toEqual([7, 5, 8])
    write('w.csv', text('w,post,pre\n8,2,2\n1,3,2\n5,0,1\n7,2,0\n'))
    expect(await valuesOf('w.csv', 'w')).toEqual([7, 5, 8])
    write('w.csv', text('w,post,pre\n8,2,2\n7,2,0\n'))
    await expect(valuesOf('w.csv', 'w')).rejects.toThrow(
      'w.csv has no value for the pair of pre cell 1 and post cell 0.',
    )
    write('w.csv', text('w,post,pre\n8,2,2\n8,2,2\n5,0,1\n7,2,0\n'))
    await expect(valuesOf('w.csv', 'w')).rejects.toThrow(
      'w.csv has another number of values for the pair of pre cell 2 and post cell 2.',
    )
    await expect(valuesOf('bsr.npz')).rejects.toThrow('in the format bsr')
    // A list that says nothing of pairs is in the order of the file of the pairs; its name may be missing.
    write('w.csv', text('5\n7\n8\n'))
    expect(await valuesOf('w.csv')).toEqual([7, 5, 8])
  })

  it('values of a checkpoint are those of its own synapses', async () => {
    const all = {
      ...plan('net.csv'),
      rule: { kind: 'number', count: 3, repeats: false, self: true },
    } as const
    const drawn = await drawPatterns(
      { patterns: [all], pairValues: [] },
      { seed: 1, folders: [folder] },
    )
    const tensors = new Map([['W', { shape: [3], data: Float32Array.of(1, 2, 3) }]])
    const save = (name: string, patterns: string): void =>
      write(name, encodeSafetensors(tensors, { patterns }))
    save('same.safetensors', JSON.stringify(drawn.identities))
    save('other.safetensors', JSON.stringify([{ name: 'W', count: 3, hash: '0123456789abcdef' }]))
    save('broken.safetensors', '{')
    const read_ = (path: string) => {
      const w = {
        name: 'W',
        shape: ['synapses of W'] as const,
        path,
        from,
        values: 'weight',
      } as const
      return readFileArrays(sizedFiles([w], drawn.patterns, [all]), { folders: [folder] })
    }
    expect((await read_('same.safetensors')).arrays['W']?.data).toEqual(Float32Array.of(1, 2, 3))
    await expect(read_('other.safetensors')).rejects.toThrow(
      'its values are of other synapses than those of W',
    )
    await expect(read_('broken.safetensors')).rejects.toThrow(
      'what it says of its patterns is no JSON',
    )
  })

  it('cells stand where a file says', async () => {
    write('places.csv', text('x,y\n0,0\n3,4\n6,8\n'))
    const layout = { kind: 'file', file: { path: 'places.csv', from }, cells: 3 } as const
    const side = { layout, period: [0, 0] } as const
    const all: PatternPlan = {
      name: 'P',
      pre: 3,
      post: 3,
      capacity: 9,
      rule: { kind: 'all', self: false },
      positions: { pre: side, post: side },
    }
    const values = [{ name: 'd', pattern: 'P', quantity: 'distance' } as const]
    const { arrays } = await drawPatterns(
      { patterns: [all], pairValues: values },
      { seed: 1, folders: [folder] },
    )
    expect(Array.from(arrays['d']!.data)).toEqual([5, 10, 5, 5, 10, 5])
    const two = { ...side, layout: { ...layout, cells: 2 } }
    const fewer = { ...all, pre: 2, post: 2, capacity: 4, positions: { pre: two, post: two } }
    const short = drawPatterns(
      { patterns: [fewer], pairValues: [] },
      { seed: 1, folders: [folder] },
    )
    await expect(short).rejects.toThrow('it has positions of more than the 2 cells')
  })
})
