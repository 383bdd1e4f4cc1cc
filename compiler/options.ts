/** What the options of `compile` may be. */
import * as v from 'valibot'
import {
  call,
  flag,
  having,
  oneOf,
  settings,
  text,
  texts,
  whole,
} from '../contract/calls/values.ts'
import type { CompileOptions } from './compile.ts'

const table: Readonly<Record<keyof CompileOptions, v.GenericSchema>> = {
  variants: texts,
  set: settings,
  experiment: text,
  sweep: text,
  observed: v.array(having(['kind', 'span'], 'an expression'), 'a list of expressions'),
  parse: call,
  until: oneOf('ast', 'model', 'ir'),
  onStage: call,
  precision: oneOf('f32', 'f64'),
  optimise: flag,
  guard: flag,
  tapeLimit: whole(1),
  tapeBytes: whole(1),
}

/** See the module's head. */
export const compileOptions = { table }
