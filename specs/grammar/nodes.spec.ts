/**
 * Every form of every item, the tree it makes, and what holds for every tree: spans nest and stay
 * inside the text, the visitor sees every node once and in order.
 */
import { describe, expect, it, test } from 'vitest'
import { walk, childrenOf, nodesAt, type AnyNode, type NodeKind } from '../../grammar/walk.ts'
import { expectSoundTree } from './invariants.ts'
import { nodeTable } from './nodes.table.ts'
import { parsed, sketch } from './sketch.ts'

describe('items', () => {
  test.each(nodeTable)('%s', (source, tree) => {
    const file = parsed(source)
    expect(file.items.map(sketch).join(' ')).toBe(tree)
    expectSoundTree(file)
  })

  it('covers every kind of node', () => {
    const seen = new Set<string>()
    for (const [source] of nodeTable) walk(parsed(source), (node) => void seen.add(node.kind))
    const kinds: Record<NodeKind, boolean> = {
      AddChange: true,
      Argument: true,
      Assignment: true,
      Augment: true,
      Best: true,
      Replicate: true,
      Evaluate: true,
      EvaluateKeep: true,
      EvaluateMeasures: true,
      Bias: true,
      Binary: true,
      Binding: true,
      BooleanLiteral: true,
      BoundsProperty: true,
      Call: true,
      Cell: true,
      Claim: true,
      CellProperty: true,
      Comment: false,
      Compartment: true,
      Conditional: false,
      Connect: true,
      ConnectivityProperty: true,
      Correspondence: true,
      Const: true,
      Data: true,
      Dataset: true,
      DatasetField: true,
      DatasetPart: true,
      DelayProperty: true,
      Derivative: true,
      Draw: true,
      DropChange: true,
      Equation: true,
      ErrorExpression: false,
      Experiment: true,
      Vary: true,
      SweepStop: true,
      SweepFigure: true,
      SweepExperiment: true,
      SweepDraw: true,
      Sweep: true,
      SweepSeeds: true,
      Report: true,
      FixedProperty: true,
      For: true,
      Function: true,
      Identifier: true,
      If: true,
      Import: true,
      ImportName: true,
      Index: true,
      Init: true,
      InitProperty: true,
      Input: true,
      LearnProperty: true,
      Let: true,
      List: true,
      Matrix: true,
      Measure: true,
      Member: true,
      Modulator: true,
      Motif: true,
      Name: true,
      NumberLiteral: true,
      Optimise: true,
      Param: true,
      Over: true,
      Parameter: true,
      Pattern: true,
      PatchChange: true,
      Phase: true,
      Plasticity: true,
      Population: true,
      Present: true,
      Protocol: true,
      ProtocolAction: true,
      ProtocolPhase: true,
      ProtocolRepeat: true,
      Pullback: true,
      Range: true,
      Reaction: true,
      Record: true,
      Reference: true,
      Refinement: true,
      Refractory: true,
      RunAgainst: true,
      Seeds: true,
      SetChange: true,
      Setting: true,
      SignProperty: true,
      SourceFile: true,
      Spread: true,
      State: true,
      Stp: true,
      StpProperty: true,
      Stop: true,
      StringLiteral: true,
      Synapse: true,
      SynapseProperty: true,
      TiedProperty: true,
      TransmitProperty: true,
      Unary: true,
      Use: true,
      Value: true,
      Variant: true,
    }
    const missing = Object.entries(kinds).filter(([kind, here]) => here && !seen.has(kind))
    expect(missing).toEqual([])
  })
})

describe('the visitor', () => {
  const file = parsed('param a = 1 + b.c  cell A { event e = f(x) }')

  it('visits parents before children, in the order of the text', () => {
    const kinds: NodeKind[] = []
    walk(file, (node) => void kinds.push(node.kind))
    const expected = [
      ['SourceFile'],
      ['Param', 'Identifier', 'Binary', 'NumberLiteral', 'Member', 'Name', 'Identifier'],
      ['Cell', 'Identifier', 'Equation', 'Identifier', 'Call', 'Name', 'Argument', 'Name'],
    ]
    expect(kinds).toEqual(expected.flat())
  })

  it('leaves out the children of a node on request', () => {
    let count = 0
    walk(file, (node) => {
      count++
      return node.kind === 'SourceFile'
    })
    expect(count).toBe(3)
  })

  it('looks through records that are no nodes', () => {
    const [cell] = parsed('cell A extends B(p0) {}').items
    expect(childrenOf(cell as AnyNode).map(sketch)).toEqual(['A', 'B', 'Argument{value: p0}'])
  })

  it('finds the nodes around an offset', () => {
    const around = nodesAt(file, file.text.indexOf('x)'))
    expect(around.map((node) => node.kind)).toEqual([
      'SourceFile',
      'Cell',
      'Equation',
      'Call',
      'Argument',
      'Name',
    ])
  })
})
