import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emitWasm } from '../../../../compiler/index.ts'
import { EngineError } from '../../../../runtime/engine/errors.ts'
import type { CreateOptions, Network } from '../../../../runtime/engine/network.ts'
import { artifactJson, loadArtifact } from '../../../../runtime/engine/wasm/artifact-files.ts'
import type { WasmArtifact } from '../../../../contract/artifact.ts'
import { job } from '../../../../contract/control.ts'
import { createEngineOn, type WasmEngineOptions } from '../../../../runtime/engine/wasm/engine.ts'
import type { WasmHost, WasmWorker } from '../../../../runtime/engine/wasm/host.ts'
import { nodeHost } from '../../../../runtime/node/engine/wasm-host.ts'
import { unshared } from '../../../../runtime/engine/wasm/unshared.ts'
import { root } from '../../../helpers/repository.ts'
import { burst } from '../../../compiler/emit/networks/burst.ts'
import { elementCount } from '../../../../compiler/ir/shapes.ts'

const module = burst()
const artifact = emitWasm(module)
const sharing = nodeHost.features()

function start(
  host: Partial<WasmHost>,
  options: WasmEngineOptions = {},
  create: CreateOptions = { seed: 4 },
): Promise<Network> {
  return createEngineOn({ ...nodeHost, ...host }, options).instantiate(artifact, create)
}

const inputs = Object.fromEntries(
  module.inputs.map(({ name, shape }) => {
    const size = elementCount(shape, 5)
    return [name, Float32Array.from({ length: size }, (_, i) => Math.abs(Math.sin(1 + i * 0.7)))]
  }),
)

/** What a network has learned after a few steps. */
function learned(network: Network) {
  for (let step = 0; step < 5; step++) network.step(5, inputs)
  const weights = network.save()
  network.dispose()
  return weights
}

const expected = learned(await start({}, { threads: 1 }))

describe('the wasm engine gives the same bits', () => {
  it.each<[string, Partial<WasmHost>, WasmEngineOptions]>([
    ['where the first thread may not sleep', { maySleep: () => false }, { threads: 2 }],
    ['without shared memory', { features: () => ({ ...sharing, threads: false }) }, {}],
    ['on many more threads than cores', {}, { threads: 64 }],
  ])('%s', async (_, host, options) => {
    expect(learned(await start(host, options))).toEqual(expected)
  })

  it('from a circuit that was loaded from its files', async () => {
    const { fused, plain } = artifact
    const loaded = loadArtifact(artifactJson(artifact), { fused, plain })
    expect(loaded).toEqual(artifact)
    const network = await createEngineOn(nodeHost, { threads: 1 }).instantiate(loaded, { seed: 4 })
    expect(learned(network)).toEqual(expected)
  })

  it('where fused multiply-add is declined, as where there is none', async () => {
    const without = { features: () => ({ ...sharing, relaxedSimd: false }) }
    const declined = learned(await start({}, { fused: false, threads: 1 }))
    expect(declined).toEqual(learned(await start(without, { threads: 1 })))
    if (sharing.relaxedSimd) expect(declined).not.toEqual(expected)
  })
})

describe('a thread that ends in the middle of a run', () => {
  it.each<[string, Partial<WasmHost>]>([
    ['while the first one sleeps', {}],
    ['while the first one spins', { maySleep: () => false }],
  ])('is noticed by those that wait for it, %s', async (_, host) => {
    const workers: WasmWorker[] = []
    const startWorker: WasmHost['startWorker'] = async (program, memory, thread) =>
      (workers[thread - 1] = await nodeHost.startWorker(program, memory, thread))
    const network = await start({ ...host, startWorker }, { threads: 3 })
    network.step(5, inputs)
    expect(workers.map((worker) => worker.hasEnded())).toEqual([false, false])
    workers[1]!.terminate()
    expect(() => network.step(5, inputs)).toThrow(
      new EngineError(
        'Thread 3 of the wasm engine has ended in the middle of a step (for lack of memory, ' +
          'perhaps); use fewer by --threads.',
      ),
    )
    expect(workers.map((worker) => worker.hasEnded())).toEqual([false, true])
    network.dispose()
  })

  it('is noticed where only its own last word tells', async () => {
    const startWorker: WasmHost['startWorker'] = async (program, memory, thread) => {
      const { terminate } = await nodeHost.startWorker(program, memory, thread)
      terminate()
      Atomics.store(new Int32Array(memory.buffer), job.failed / 4, thread + 1)
      return { hasEnded: () => false, terminate }
    }
    await expect(start({ startWorker }, { threads: 2 })).rejects.toThrow('Thread 2 of the wasm')
  })
})

describe('the wasm engine refuses in a sentence', () => {
  const terminated: number[] = []
  const failing: WasmHost['startWorker'] = async (_, __, thread) => {
    if (thread === 2) throw new EngineError('Thread 3 does not start')
    return { hasEnded: () => false, terminate: () => void terminated.push(thread) }
  }
  it.each<[string, Partial<WasmHost>, WasmEngineOptions, CreateOptions, string | RegExp]>([
    [
      'a host without SIMD',
      { features: () => ({ simd: false, relaxedSimd: false, threads: true }) },
      {},
      {},
      'needs WebAssembly with SIMD, which this Node.js lacks',
    ],
    [
      'threads without shared memory',
      { features: () => ({ ...sharing, threads: false }) },
      { threads: 2 },
      {},
      'Threads need shared memory, which this Node.js does not give here',
    ],
    ['a thread that does not start', { startWorker: failing }, { threads: 4 }, {}, 'Thread 3'],
    [
      'more memory than there is',
      { memory: () => 100_000 },
      {},
      {},
      /^The circuit \w+ needs 1 MiB of memory, and this machine has 1 MiB to give; use a smaller/,
    ],
    [
      'a batch beyond the reach of addresses',
      {},
      { threads: 1 },
      { batch: 100_000_000 },
      /needs \d+\.\d GiB of memory at batch 100000000, .* 4\.0 GiB at most; use a smaller batch/,
    ],
    [
      'fused multiply-add where there is none',
      { features: () => ({ ...sharing, relaxedSimd: false }) },
      { fused: true },
      {},
      'Fused multiply-add needs relaxed SIMD, which this Node.js lacks',
    ],
  ])('%s', async (_, host, options, create, message) => {
    const starting = Promise.resolve().then(() => start(host, options, create))
    await expect(starting).rejects.toThrow(EngineError)
    await expect(starting).rejects.toThrow(message)
  })

  it('and ends the threads that did start', () => {
    expect(terminated.toSorted()).toEqual([1, 3])
  })

  it('data of another kind or version', () => {
    expect(() => loadArtifact('{}', {})).toThrow('not the data of a circuit')
    const older = artifactJson(artifact).replace(/"format": \d+/, '"format": 0')
    expect(() => loadArtifact(older, {})).toThrow('another version of ccn; compile it again')
  })

  it('a program that has not been loaded', async () => {
    const { fused } = artifact
    const loaded = loadArtifact(artifactJson(artifact), { fused })
    const plain = createEngineOn(nodeHost, { fused: false })
    await expect(plain.instantiate(loaded, {})).rejects.toThrow(
      'without fused multiply-add has not been loaded',
    )
    expect(() => unshared(new Uint8Array(20))).toThrow('does not import its memory')
  })
})

describe('addresses beyond the range of signed 32-bit numbers', () => {
  // A storage that nothing touches moves all that is used up; its pages are never given.
  it.each([
    ['f32', 2 ** 31 - 4096],
    ['f32', 3.8 * 2 ** 30],
    ['f64', 2 ** 31 - 4096],
    ['f64', 3.8 * 2 ** 30],
  ] as const)('give the same bits: %s at %d bytes', async (precision, bytes) => {
    const width = precision === 'f32' ? 4 : 8
    const ballast = { ...module.storages[0]!, name: 'ballast', shape: [Math.floor(bytes / width)] }
    const learnedBy = async (each: WasmArtifact, threads: number) => {
      const storages = each.storages.filter(({ name }) => name !== 'ballast')
      const host = { ...nodeHost, memory: () => Infinity }
      const engine = createEngineOn(host, { threads })
      return learned(await engine.instantiate({ ...each, storages }, { seed: 4 }))
    }
    const high = emitWasm({ ...module, storages: [ballast, ...module.storages] }, { precision })
    expect(high.memory.exampleBase).toBeGreaterThan(bytes)
    const low = await learnedBy(emitWasm(module, { precision }), 1)
    expect(await learnedBy(high, 1)).toEqual(low)
    expect(await learnedBy(high, 2)).toEqual(low)
  })
})

describe('numbers that JSON does not know', () => {
  it.each([Infinity, -Infinity, Number.NaN, -0, 0.1])('are kept in files: %d', (value) => {
    const odd = { ...artifact, rates: [{ name: 'rate', value }] }
    expect(loadArtifact(artifactJson(odd), artifact)).toEqual(odd)
    expect(loadArtifact(JSON.parse(artifactJson(odd)), artifact)).toEqual(odd)
  })
})

describe('a network that has been disposed of', () => {
  it('may be so again, and does not run', async () => {
    const network = await start({}, { threads: 2 })
    network.dispose()
    network.dispose()
    expect(() => network.step(5, inputs)).toThrow('disposed of')
  })
})

describe('the entry for browsers', () => {
  it('reaches nothing that needs Node.js, and of libraries what the build puts into its files', () => {
    const bundled = new Set(['valibot'])
    const seen = new Set<string>()
    const visit = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      const text = readFileSync(path, 'utf8')
      for (const [, type, from] of text.matchAll(
        /^(?:import|export) (type )?[^'"]*?from '([^']+)'/gms,
      )) {
        if (type || bundled.has(from!)) continue
        expect(from, relative(root, path)).toMatch(/^\.\.?\//)
        visit(join(dirname(path), from!))
      }
      expect(
        /\b(process|Buffer)\.|\bimport\(/.exec(text)?.[0],
        relative(root, path),
      ).toBeUndefined()
    }
    visit(join(root, 'runtime/browser.ts'))
    expect(seen.size).toBeGreaterThan(10)
  })
})
