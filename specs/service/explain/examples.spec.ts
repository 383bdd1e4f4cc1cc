/** `explain` says something of every example, and every check that it makes holds. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import { diskHost } from '../../../project/disk-host.ts'
import { explain } from '../../../service/explain/explain.ts'

const folder = join(import.meta.dirname, '../../../examples')

/** Sizes that make an explanation cheap, of parameters that files of the family have. */
const small: Readonly<Record<string, string>> = { hidden: '6', others: '2' }

/** What `statements.spec.ts` explains; networks of images, of which it has a small one. */
const elsewhere = new Set(
  [
    ...['cifar10', 'cifar10_backprop', 'cifar10_burstprop'],
    ...['xor', 'burstccn', 'burstccn_family', 'dales', 'cifar10_family', 'burstprop', 'edn'],
    ...['backprop', 'node_perturbation', 'continuous', 'brunel', 'coba', 'feedback_learning'],
    ...['film', 'inhibitory_plasticity', 'multiplexing', 'plasticity_rule', 'silencing'],
    ...['spiking', 'spiking_xor', 'teacher_network', 'ring_attractor'],
  ].map((name) => `${name}.ccn`),
)

const files = (readdirSync(folder, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ccn') && !elsewhere.has(file))
  .toSorted()

const declared = (text: string, name: string): boolean =>
  new RegExp(`^param ${name} +=`, 'm').test(text)

function explained(file: string, options: { variants?: string[]; experiment?: string } = {}) {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const sizes = Object.entries(small).filter(([name]) => declared(text, name))
  const set = Object.fromEntries(sizes)
  const compilation = compile(path, diskHost(path), { set, ...options, optimise: false })
  expect(compilation.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return explain(compilation, options.variants)!
}

describe('explain', () => {
  it('knows the examples', () => {
    expect(files.length).toBeGreaterThan(50)
  })

  it.each(files)('says something of %s that holds', (file) => {
    const { holds, weights, notDone } = explained(file)
    expect(holds).toBe(true)
    for (const { first, notDone: why } of weights) expect(first ?? why[0]).toBeDefined()
    expect(weights.length + notDone.length).toBeGreaterThan(0)
  })

  it.each([
    ['zoo/credit_assignment/dann.ccn', ['stated'], 'xor'],
    ['zoo/credit_assignment/contrastive_hebbian.ccn', ['stated'], 'xor'],
    ['zoo/credit_assignment/persistent_particles.ccn', ['forgetful'], 'xor'],
    ['zoo/recurrent/song.ccn', ['stated'], 'xor'],
    ['zoo/unsupervised/sorn.ccn', ['stated'], 'brief'],
  ])('says something of %s, variants %s, experiment %s', (file, variants, experiment) => {
    expect(explained(file, { variants, experiment }).holds).toBe(true)
  })
})
