import { describe, expect, it, vi } from 'vitest'
import { diagnose } from '../../../runtime/node/engine/doctor.ts'
import {
  EngineError,
  engineNames,
  listEngines,
  selectEngine,
  type EngineName,
} from '../../../runtime/node/engine/index.ts'

const engines = await listEngines()
const native = engines.find(({ name }) => name === 'tfjs-node')!

describe('engines', () => {
  it('are listed fastest first, those that run anywhere as available', () => {
    expect(engines.map(({ name }) => name)).toEqual(engineNames)
    for (const { name, available, reason } of engines) {
      if (name !== 'tfjs-node') expect({ available, reason }).toEqual({ available: true })
    }
  })

  it('are chosen by name, and quietly', async () => {
    const spies = (['log', 'warn', 'info', 'error'] as const).map((method) =>
      vi.spyOn(console, method),
    )
    for (const name of ['tfjs-cpu', 'tfjs-wasm'] as const) {
      const engine = await selectEngine(name)
      expect(engine.name).toBe(name)
      expect(engine.description).toContain('4.22')
      // Other specs of this process may have left some.
      const before = engine.liveTensors()
      expect((await selectEngine(name)).liveTensors()).toBe(before)
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })

  it('default to the fastest that is available', async () => {
    const fastest = engines.find(({ available }) => available)
    expect((await selectEngine()).name).toBe(fastest?.name)
  })

  it('that do not exist are refused with the names of those that do', async () => {
    const selection = selectEngine('tfjs-gpu' as EngineName)
    await expect(selection).rejects.toThrow(EngineError)
    await expect(selection).rejects.toThrow(
      'no engine called tfjs-gpu; there are auto, wasm, tfjs-node',
    )
  })

  it.skipIf(native.available)('that are missing say how to install them', async () => {
    const selection = selectEngine('tfjs-node')
    await expect(selection).rejects.toThrow(EngineError)
    await expect(selection).rejects.toThrow(/npm (install|rebuild) @tensorflow\/tfjs-node/)
  })

  it('refuse a text that is not a compiled module', async () => {
    const engine = await selectEngine('tfjs-cpu')
    await expect(engine.instantiate('export const x = 1', {})).rejects.toThrow(EngineError)
  })
})

describe('the doctor', () => {
  it('describes the machine as plain data', async () => {
    const diagnosis = await diagnose()
    expect(diagnosis.node.version).toBe(process.versions.node)
    expect(diagnosis.processor.cores).toBeGreaterThan(0)
    expect(diagnosis.memory.total).toBeGreaterThanOrEqual(diagnosis.memory.free)
    expect(diagnosis.webAssembly).toEqual({ available: true, simd: true })
    expect(diagnosis.engines).toHaveLength(4)
    expect(structuredClone(diagnosis)).toEqual(diagnosis)
  })
})
