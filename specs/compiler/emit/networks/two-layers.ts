/**
 * A net small enough to compute by hand: y.e = sigmoid(W x + k), weights start at given numbers,
 * and move by W += rate * (t - e) x / batch.
 */
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import type { IrModule, Origin, ValueId } from '../../../../compiler/ir/ir.ts'

const file = 'examples/tiny.ccn'

/** An equation at a position of the source. */
export function at(start: number, text: string): Origin {
  return { span: { file, start, end: start + text.length }, text }
}

/** Two inputs, two outputs, one weight matrix; a switch turns the teacher on. */
export function twoLayers(): IrModule {
  const init = new GraphBuilder('init')
  init.origin = at(30, 'connect x -> y.soma as W')
  const tall = init.reshape(init.filled(0.5, [2]), [2, 1])
  init.store('W', init.map('mul', tall, init.filled(2, [1, 2])))
  init.origin = undefined
  init.store('y.k', init.filled(0, [2]))

  const infer = new GraphBuilder('infer')
  const answer = outputs(infer)
  infer.output('y.e', answer)
  infer.section = 'score'
  const target = infer.input('y.target', ['batch', 2])
  const difference = infer.map('sub', target, answer)
  infer.output('loss', infer.reduce('sum', infer.map('square', difference)))
  const wrong = infer.map('ne', infer.argmax(target), infer.argmax(answer))
  infer.output('error', infer.reduce('sum', wrong))

  const step = new GraphBuilder('step')
  const e = outputs(step)
  step.origin = at(60, 't = if teaching then target else e')
  const presented = step.input('y.target', ['batch', 2])
  const t = step.map('select', step.scalar('param', 'teaching'), presented, e)
  step.name(t, 'y.t')
  step.origin = at(70, 'dw = (t - e) * sent')
  step.section = 'update'
  const delta = step.map('sub', t, e)
  const x = step.input('x', ['batch', 2])
  const sum = step.matmul(delta, x, { transposeLeft: true })
  const update = step.map('div', sum, step.batch())
  step.name(update, 'update(W)')
  const move = (storage: string, change: ValueId, shape: readonly number[]): void =>
    step.store(
      storage,
      step.map('add', step.load(storage, shape), step.map('mul', step.scalar('rate', 'W'), change)),
    )
  move('W', update, [2, 2])
  move('y.k', step.reduce('mean', delta, [0]), [2])
  step.origin = undefined
  step.section = 'measure'
  step.output('y.e', e)
  step.output('y.t', t)
  step.output('update(W)', update)
  step.output('size(W)', step.map('sqrt', step.reduce('sum', step.map('square', update))))

  const derived = new GraphBuilder('derived')
  const minus = derived.map('neg', derived.load('W', [2, 2]))
  derived.name(minus, 'V', at(50, 'tied = -W'))
  derived.output('V', minus)

  return {
    name: 'tiny',
    source: file,
    doc: 'One layer of rates. The comment may end */ early.',
    params: [
      { name: 'gain', value: 1, kind: 'number', doc: 'slope of the rates', minimum: 0, maximum: 4 },
      { name: 'teaching', value: 1, kind: 'switch', doc: 'the teacher is on' },
    ],
    storages: [
      { name: 'W', shape: [2, 2], role: 'weight', axes: ['y', 'x'] },
      { name: 'y.k', shape: [2], role: 'weight' },
    ],
    inputs: [
      { name: 'x', shape: ['batch', 2], inference: true },
      { name: 'y.target', shape: ['batch', 2], inference: false },
    ],
    rates: [{ name: 'W', value: 0.25 }],
    graphs: {
      init: init.build(),
      infer: infer.build(),
      step: step.build(),
      derived: derived.build(),
    },
  }
}

function outputs(b: GraphBuilder): ValueId {
  b.origin = at(40, 'event e = sigmoid(gain * (soma + k))')
  const x = b.input('x', ['batch', 2])
  const soma = b.matmul(x, b.load('W', [2, 2]), { transposeRight: true })
  b.name(soma, 'y.soma', at(30, 'connect x -> y.soma as W'))
  const drive = b.map('add', soma, b.load('y.k', [2]))
  const e = b.map('sigmoid', b.map('mul', b.scalar('param', 'gain'), drive))
  b.name(e, 'y.e')
  b.origin = undefined
  return e
}
