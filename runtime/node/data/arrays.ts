/**
 * NumPy files as data sets: `npy(image = "x.npy", label = "y.npy")` takes one file a field,
 * `npz("all.npz", image = "x_train")` names the arrays of one archive (an array of the field's own
 * name need not be named). An array's first axis counts examples. Values are taken as they are. An array
 * must fit its field before its values are read.
 */

import type { FieldPlan } from '../../../contract/dataset.ts'
import { decodeNpy, type BeforeReading } from '../io/npy.ts'
import { openNpz } from '../io/npz.ts'
import type { StoredTensor } from '../../io/tensor.ts'
import { withDataFiles } from './files.ts'
import { onlyThese } from '../../io/names.ts'
import { columnOf } from '../../data/columns.ts'
import { fileNames, partByName, requireLayout } from '../../data/reader.ts'
import type { Column, Reader, ReaderContext } from '../../data/reader.ts'
import { DataError } from '../../data/types.ts'

export const npy: Reader = {
  async read(plan, context) {
    const { fields } = context
    const names = fields.map(({ name }) => String(plan.named[name]))
    const columns = await withDataFiles(names, context, (source, path, number) => {
      const array = decodeNpy(source, path, fitting(fields[number]!, path, context))
      const field = fields[number]!
      return [field.name, toColumn(field, array, path, context)] as const
    })
    return partByName(new Map(columns), context)
  },
}

export const npz: Reader = {
  async read(plan, context) {
    const [columns] = await withDataFiles(fileNames(plan), context, (source, path) => {
      const { names, read } = openNpz(source, path)
      return new Map(
        context.fields.map((field) => {
          const name = String(plan.named[field.name] ?? field.name)
          if (!names.includes(name)) throw lacking(path, name, field.name, names)
          const where = `${path}, array ${name}`
          const array = read(name, fitting(field, where, context))
          return [field.name, toColumn(field, array, where, context)] as const
        }),
      )
    })
    return partByName(columns!, context)
  },
}

function lacking(path: string, name: string, field: string, names: readonly string[]): DataError {
  return new DataError(`${path} has no array ${name} for the field ${field}, ${onlyThese(names)}.`)
}

/** Looks whether an array is one of examples that fit. How many there are is up to the file. */
function fitting(field: FieldPlan, source: string, context: ReaderContext): BeforeReading {
  return (shape) => {
    if (shape.length === 0) {
      throw new DataError(`${source} is a single number, without examples.`)
    }
    requireLayout(shape.slice(1), field, source, context)
    return false
  }
}

function toColumn(
  field: FieldPlan,
  { shape, data }: StoredTensor,
  source: string,
  context: ReaderContext,
): Column {
  return columnOf(field, { shape: shape.slice(1), data, source }, context)
}
