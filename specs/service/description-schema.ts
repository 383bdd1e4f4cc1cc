/** The form of a description as JSON, as docs/describe.md documents it. */
import * as v from 'valibot'

const equation = v.strictObject({ text: v.string(), latex: v.string() })
const plain: v.GenericSchema = v.lazy(() =>
  v.union([v.number(), v.boolean(), v.string(), v.array(plain)]),
)
const named = { name: v.string(), text: v.string(), doc: v.optional(v.string()) }

export const descriptionSchema = v.strictObject({
  format: v.literal('ccn-description'),
  version: v.literal(1),
  name: v.string(),
  doc: v.optional(v.string()),
  chosen: v.strictObject({ variants: v.array(v.string()), set: v.record(v.string(), v.string()) }),
  params: v.array(
    v.strictObject({
      name: v.string(),
      value: plain,
      unit: v.optional(v.string()),
      meaning: v.optional(v.string()),
      source: v.optional(v.string()),
      from: v.optional(v.number()),
      to: v.optional(v.number()),
      structural: v.boolean(),
    }),
  ),
  populations: v.array(
    v.looseObject({
      name: v.string(),
      family: v.string(),
      shape: v.array(v.number()),
      cell: v.string(),
      compartments: v.array(v.string()),
      inputs: v.array(v.string()),
      states: v.array(v.string()),
    }),
  ),
  connections: v.array(
    v.looseObject({
      name: v.string(),
      wire: v.boolean(),
      from: v.looseObject({ population: v.string(), signal: v.string() }),
      to: v.looseObject({ population: v.string(), compartment: v.string() }),
      shape: v.array(v.number()),
      connectivity: v.string(),
      sign: v.string(),
    }),
  ),
  patterns: v.array(v.looseObject({ name: v.string() })),
  matrices: v.array(v.looseObject({ name: v.string(), rows: v.string(), columns: v.string() })),
  lets: v.array(v.strictObject(named)),
  modulators: v.array(
    v.strictObject({
      ...named,
      rules: v.array(v.string()),
      cells: v.optional(v.array(v.string())),
    }),
  ),
  cells: v.array(
    v.strictObject({
      name: v.string(),
      populations: v.array(v.string()),
      equations: v.array(equation),
    }),
  ),
  arrivals: v.array(equation),
  rules: v.array(
    v.strictObject({ ...named, learners: v.array(v.string()), equations: v.array(equation) }),
  ),
  phases: v.array(v.string()),
  properties: v.array(v.string()),
  refinements: v.array(v.strictObject({ text: v.string(), doc: v.optional(v.string()) })),
  datasets: v.array(
    v.strictObject({
      name: v.string(),
      doc: v.optional(v.string()),
      fields: v.array(v.string()),
      parts: v.array(v.string()),
    }),
  ),
  sweeps: v.array(
    v.strictObject({
      name: v.string(),
      doc: v.optional(v.string()),
      statements: v.array(v.string()),
    }),
  ),
  variants: v.array(v.strictObject({ name: v.string(), doc: v.optional(v.string()) })),
  experiments: v.array(
    v.looseObject({
      name: v.string(),
      doc: v.optional(v.string()),
      statements: v.array(v.string()),
    }),
  ),
})
