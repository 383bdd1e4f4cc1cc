/** What `ccn compile` prints and writes for each target. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWasmEngine } from '../../runtime/node/engine/wasm.ts'
import { loadArtifact } from '../../runtime/engine/wasm/artifact-files.ts'
import { tinyModel, Workplace } from './run-cli.ts'

let place: Workplace
beforeAll(() => {
  place = new Workplace({ 'tiny.ccn': tinyModel })
})
afterAll(() => place.remove())

describe('ccn compile', () => {
  it.each([
    ['', /^\/\*\*?[\s\S]*export (function|class)/],
    ['--target tfjs', /export function create/],
    ['--target tfjs --emit ir', /^module tiny/],
    ['--target wasm', /^\(module\n {2}\(import "env" "memory" \(memory/],
    ['--target wasm --precision f64', /f64x2\./],
    ['--emit wat', /f32x4\.relaxed_madd/],
    ['--emit plan', /^circuit tiny, f32\n\nmemory, in bytes: \d+ always, \d+ for each example/],
    ['--emit plan --precision f64', /^circuit tiny, f64\n/],
    ['--target wasm --emit model', /^model tiny/],
  ])('tiny.ccn %s', async (options, expected) => {
    const outcome = await place.run(`compile tiny.ccn ${options}`)
    expect(outcome.err).toBe('')
    expect(outcome.code).toBe(0)
    expect(outcome.out).toMatch(expected)
  })

  it('shows what a plan computes together, where it lies and where threads wait', async () => {
    const { out } = await place.run('compile tiny.ccn --emit plan')
    const step = out.slice(out.indexOf('program step'), out.indexOf('program measured'))
    expect(step).toMatch(/^program step: \d+ kernels, \d+ barriers\n {2}product NT \[batch, 6\]/)
    expect(step).toContain('h.soma = matmul(x, W1)')
    expect(step).toMatch(/h\.e = sigmoid\(.*\) -> example \+ \d+ ; event e = sigmoid/)
    expect(step).toMatch(/= add\(W1, .*\) -> storage W1$/m)
    expect(step).toContain('-- threads wait for each other')
    expect(step).toContain('rate(W1, W2, k)')
  })

  it('writes programs that the runtime can load and train', async () => {
    const outcome = await place.run('compile tiny.ccn --target wasm --emit wasm --out built')
    const names = ['tiny.json', 'tiny.plain.wasm', 'tiny.wasm']
    expect(readdirSync(place.path('built')).toSorted()).toEqual(names)
    expect(outcome).toMatchObject({ code: 0, err: '' })
    expect(outcome.out).toContain('wrote built/tiny.plain.wasm')
    const bytes = (name: string) => Uint8Array.from(readFileSync(place.path(`built/${name}`)))
    const artifact = loadArtifact(readFileSync(place.path('built/tiny.json'), 'utf8'), {
      fused: bytes('tiny.wasm'),
      plain: bytes('tiny.plain.wasm'),
    })
    const network = await createWasmEngine().instantiate(artifact, { seed: 1 })
    const before = network.save()
    network.step(1, { x: Float32Array.of(0, 1), 'y.target': Float32Array.of(1, 0) })
    expect(network.save()).not.toEqual(before)
    network.dispose()
  })

  it('writes a text where it is told to', async () => {
    for (const [emit, name] of [
      ['wat', 'tiny.wat'],
      ['plan', 'tiny.plan.txt'],
      ['ts', 'tiny.ts'],
    ]) {
      expect(await place.run(`compile tiny.ccn --emit ${emit} --out texts`)).toMatchObject({
        code: 0,
        out: `wrote texts/${name}\n`,
      })
    }
  })

  it('writes nothing for a circuit that no program can hold', async () => {
    const argv = 'compile tiny.ccn --emit wasm --out large --set hidden=16000000'
    const outcome = await place.run(argv)
    expect(outcome.code).toBe(1)
    expect(outcome.err).toMatch(/^error: The circuit tiny needs \d+\.\d GiB of memory at batch 3/)
    expect(existsSync(place.path('large'))).toBe(false)
  })
})
