/** NumPy's files: every spelling that `numpy.load` reads, and one sentence for all others. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeNpy } from '../../../runtime/node/io/npy.ts'
import { decodeNpz } from '../../../runtime/node/io/npz.ts'

/** A file of these header and values. */
function npy(header: string, values: Uint8Array, version = 1): Buffer {
  const text = Buffer.from(header, version === 3 ? 'utf8' : 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) length.writeUInt16LE(text.length)
  else length.writeUInt32LE(text.length)
  const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0])
  return Buffer.concat([magic, length, text, values])
}
const bytesOf = (values: Float64Array | Float32Array) => new Uint8Array(values.buffer)
const doubles = bytesOf(Float64Array.of(0.1, 2, -3))
const plain = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n"

describe('a header', () => {
  it.each([
    ['as it is written today', plain],
    ['of Python 2', "{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }"],
    ['with double quotes', '{"descr": "<f8", "fortran_order": False, "shape": (3,)}'],
    ['with marked strings', "{u'descr': u'<f8', u'fortran_order': False, u'shape': (3L,)}"],
    ['in another order', "{'shape': (3,), 'descr': '<f8', 'fortran_order': False}"],
    ['without spaces', "{'descr':'<f8','fortran_order':False,'shape':(3,)}"],
    [
      'with many spaces',
      "  {  'descr' : '<f8' ,\n 'fortran_order':  False,\t'shape':( 3 , ) }    ",
    ],
    ['with a type by its name', "{'descr': 'float64', 'fortran_order': False, 'shape': (3,)}"],
    ['with a type by its letter', "{'descr': 'd', 'fortran_order': False, 'shape': (3,)}"],
    ['of this machine’s order', "{'descr': '=f8', 'fortran_order': False, 'shape': (3,)}"],
    ['without an order', "{'descr': 'f8', 'fortran_order': False, 'shape': (3,)}"],
    ['in Fortran order', "{'descr': '<f8', 'fortran_order': True, 'shape': (3,)}"],
  ])('%s is read', (_, header) => {
    for (const version of [1, 2, 3]) {
      const { shape, data } = decodeNpy(npy(header, doubles, version), 'a.npy')
      expect(shape).toEqual([3])
      expect(data).toEqual(Float64Array.of(0.1, 2, -3))
    }
  })

  it('may be followed by more than the values', () => {
    const file = npy(plain, Buffer.concat([doubles, Buffer.from('and more')]))
    expect(decodeNpy(file, 'a.npy').data).toEqual(Float64Array.of(0.1, 2, -3))
  })

  it.each([
    [
      "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}",
      'it holds complex numbers, not real numbers',
    ],
    [
      "{'descr': '<U5', 'fortran_order': False, 'shape': (3,)}",
      'it holds strings, not real numbers',
    ],
    [
      "{'descr': '|S5', 'fortran_order': False, 'shape': (3,)}",
      'it holds strings of bytes, not real numbers',
    ],
    [
      "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}",
      'it holds Python objects, not real numbers',
    ],
    [
      "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,)}",
      'it holds dates, not real numbers',
    ],
    [
      "{'descr': '<f16', 'fortran_order': False, 'shape': (3,)}",
      'arrays of the type f16 cannot be read',
    ],
    [
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}",
      'arrays of records cannot be read',
    ],
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4,)}",
      '24 bytes of data where f8(4) takes 32',
    ],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}", 'its header is damaged'],
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999)}",
      'its header is damaged',
    ],
    ["{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}", 'its header is damaged'],
    ["{'descr': '<f8', 'fortran_order': False}", 'its header is damaged'],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (3,)", 'its header is damaged'],
    ["__import__('os').system('true')", 'its header is damaged'],
    ['', 'its header is damaged'],
    [' '.repeat(65_000) + '[', 'its header is damaged'],
    ['('.repeat(60_000), 'its header is damaged'],
  ])('%#: one sentence', (header, reason) => {
    expect(() => decodeNpy(npy(header, doubles), 'a.npy')).toThrow(`Cannot read a.npy: ${reason}.`)
  })

  it('of a gigabyte is not read', () => {
    const file = npy(plain, doubles, 2)
    file.writeUInt32LE(2 ** 30, 8)
    expect(() => decodeNpy(file, 'a.npy')).toThrow('its header has 1073741824 bytes')
  })

  it('tells the shape before any value is read', () => {
    const source = {
      size: 1e12,
      read: (target: Uint8Array, at: number) => {
        const header = npy(
          "{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,)}",
          doubles,
        )
        if (at + target.length > header.length) throw new Error('too far')
        target.set(header.subarray(at, at + target.length))
      },
    }
    const before = (shape: readonly number[]): never => {
      throw new Error(`seen: ${shape.join(', ')}`)
    }
    expect(() => decodeNpy(source, 'a.npy', before)).toThrow('seen: 100000000000')
  })
})

/** NumPy itself, where it is installed. */
const numpy = (() => {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const folder = mkdtempSync(join(tmpdir(), 'ccn-npy-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.runIf(numpy)('what NumPy writes', () => {
  it('is read as it was', () => {
    execFileSync('python3', ['-c', script, folder])
    const expected = JSON.parse(readFileSync(join(folder, 'values.json'), 'utf8')) as Record<
      string,
      { shape: number[]; data: number[] }
    >
    expect(Object.keys(expected).length).toBeGreaterThan(40)
    for (const [name, { shape, data }] of Object.entries(expected)) {
      const path = join(folder, `${name}.npy`)
      const found = decodeNpy(readFileSync(path), path)
      expect([name, found.shape, [...found.data]]).toEqual([name, shape, data])
    }
    for (const archive of ['plain', 'packed']) {
      const path = join(folder, `${archive}.npz`)
      const arrays = decodeNpz(readFileSync(path), path)
      expect([...(arrays.get('a')?.data ?? [])]).toEqual([0, 1, 2, 3, 4, 5])
      expect(arrays.get('wide')?.data).toHaveLength(100_000)
    }
    expect(existsSync(folder) && statSync(folder).isDirectory()).toBe(true)
  })
})

const script = `
import json, sys
import numpy as np
folder = sys.argv[1]
values = {}
for kind in ['b1','i1','u1','i2','u2','i4','u4','i8','u8','f2','f4','f8']:
    for order in '<>':
        for fortran in [False, True]:
            a = (np.arange(6) % 2 if kind == 'b1' else np.arange(6) * 3).reshape(2, 3).astype(order + kind)
            if fortran: a = np.asfortranarray(a)
            name = f"{kind}_{'le' if order == '<' else 'be'}_{fortran}"
            np.save(f"{folder}/{name}.npy", a)
            values[name] = {'shape': [2, 3], 'data': [float(x) for x in a.ravel()]}
for version in [(1, 0), (2, 0), (3, 0)]:
    name = f"v{version[0]}"
    with open(f"{folder}/{name}.npy", 'wb') as f:
        np.lib.format.write_array(f, np.array([0.1, -2.5]), version=version)
    values[name] = {'shape': [2], 'data': [0.1, -2.5]}
np.save(f"{folder}/scalar.npy", np.float64(0.1))
values['scalar'] = {'shape': [], 'data': [0.1]}
np.save(f"{folder}/none.npy", np.zeros((0, 3)))
values['none'] = {'shape': [0, 3], 'data': []}
json.dump(values, open(f"{folder}/values.json", 'w'))
np.savez(f"{folder}/plain.npz", a=np.arange(6.0), wide=np.zeros(100000))
np.savez_compressed(f"{folder}/packed.npz", a=np.arange(6.0), wide=np.zeros(100000))
`
