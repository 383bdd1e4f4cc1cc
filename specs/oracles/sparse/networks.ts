/** The circuits of this folder on a target, with patterns and arrays from their fixtures. */
import { dirname } from 'node:path'
import { readFileSync } from 'node:fs'
import { compile } from '../../../compiler/compile.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { decodeNpz } from '../../../runtime/node/io/npz.ts'
import { drawPatterns, sizedFiles } from '../../../runtime/node/patterns/read.ts'
import { readFileArrays } from '../../../runtime/node/train/file-arrays.ts'
import { host, root } from '../../helpers/repository.ts'
import { isPrecise, networkOn, type Target } from '../replay.ts'

const folder = `${root}/specs/oracles/sparse`

/** An array of a fixture, as numbers. */
export type Fixture = (array: string) => ArrayLike<number>

/** The arrays of `fixtures/NAME.npz`. */
export function fixtureOf(name: string): Fixture {
  const path = `${folder}/fixtures/${name}.npz`
  const arrays = decodeNpz(readFileSync(path), path)
  return (array) => {
    const found = arrays.get(array)
    if (!found) throw new RangeError(`${path} has no array ${array}`)
    return found.data
  }
}

/** `NAME.ccn`, compiled. */
export function compiled(name: string): IrModule {
  const { ir, diagnostics } = compile(`${folder}/${name}.ccn`, host)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  return ir
}

/** A network of it, with all that it reads from files. */
export async function sparseNetwork(ir: IrModule, target: Target): Promise<Network> {
  const module = { patterns: ir.patterns ?? [], pairValues: ir.pairValues ?? [] }
  const folders = [dirname(folder)]
  const drawn = await drawPatterns(module, { seed: 1, folders })
  const { arrays } = await readFileArrays(
    sizedFiles(ir.files ?? [], drawn.patterns, module.patterns),
    {
      folders,
      precision: isPrecise(target) ? 'f64' : 'f32',
    },
  )
  const { patterns } = drawn
  const files = { ...drawn.arrays, ...arrays }
  return networkOn(target, ir, { seed: 1, batch: 1, patterns, files })
}
