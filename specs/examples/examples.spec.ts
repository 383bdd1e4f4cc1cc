/**
 * Every example parses, is formatted the same twice, passes the checker, and either compiles and runs
 * on tfjs as on the interpreter, or says in one sentence which construct cannot be run yet.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, emitJavaScript } from '../../compiler/index.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import { errorsOf } from '../helpers/compile-text.ts'
import { withPatterns } from '../helpers/drawn.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { host, root } from '../helpers/repository.ts'
import { examplesAtOnce, smallSettings } from '../helpers/small-examples.ts'
import { elementCount } from '../../compiler/ir/shapes.ts'

const names = readdirSync(`${root}/examples`).filter((name) => name.endsWith('.ccn'))

describe('examples', () => {
  for (const name of names) {
    it(`${name}`, async () => {
      const path = `${root}/examples/${name}`
      const known = readFileSync(path, 'utf8')
      const set = smallSettings(name, known)
      const result = compile(path, host, { set })
      if (!result.ir) {
        expect(errorsOf(result).length).toBeGreaterThan(0)
        for (const each of errorsOf(result))
          expect(each).toMatch(/^CCN7001 .* cannot be run yet\.$/)
        return
      }
      const { ir } = result
      const batch = examplesAtOnce(ir, 4)
      const inputs = Object.fromEntries(
        ir.inputs.map(({ name: input, shape }) => {
          const size = elementCount(shape, batch)
          const values = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i))
          return [input, values]
        }),
      )
      const engine = await selectEngine('tfjs-wasm')
      const create = withPatterns(ir, { seed: 5 })
      const network = await engine.instantiate(await emitJavaScript(ir, result.sources), create)
      const reference = interpretedNetwork(ir, create)
      reference.load(network.save())
      const before = engine.liveTensors()
      for (let step = 0; step < 3; step++) {
        network.step(batch, inputs)
        reference.step(batch, inputs)
      }
      expect(engine.liveTensors()).toBe(before)
      const after = network.save()
      for (const [weight, expected] of Object.entries(reference.save())) {
        const finite = expected.data.filter((value) => Number.isFinite(value))
        const scale = Array.from(finite, Math.abs).reduce((a, b) => Math.max(a, b), 1e-3)
        expected.data.forEach((value, i) => {
          // What has not happened yet is infinitely long ago.
          const found = after[weight]?.data[i] ?? Number.NaN
          const off = found === value ? 0 : Math.abs(found - value) / scale
          expect(off, `${weight}[${i}]`).toBeLessThan(1e-4)
        })
      }
      network.dispose()
    })
  }
})
