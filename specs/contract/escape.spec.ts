/** Text from outside stays where it is put, in every language that is written. */
import fc from 'fast-check'
import { ts } from 'ts-morph'
import { describe, expect, it } from 'vitest'
import {
  blockComment,
  isPlain,
  json,
  latex,
  lineComment,
  markup,
  propertyKey,
  stringLiteral,
} from '../../contract/escape.ts'
import { emitTypeScript, printIr, printPlan, printWasm } from '../../compiler/index.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import { parseModule } from '../../compiler/ir/parse.ts'
import { compile } from '../../compiler/compile.ts'
import { plotter, svgOf } from '../../project/plots/plotter.ts'
import { paper } from '../../project/plots/theme.ts'
import { drawTimeline, type Timeline } from '../../project/plots/timeline.ts'
import { memoryHost } from '../helpers/compile-text.ts'
import { hostileText, hostileTexts } from '../helpers/hostile-text.ts'
import { readXml } from '../helpers/xml.ts'

const each = { numRuns: 300, seed: 6020 }

/** The kinds of all nodes of a TypeScript text, and whatever is wrong with it. */
function structureOf(text: string): readonly string[] {
  const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.ES2022, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    found.push(ts.SyntaxKind[node.kind])
    ts.forEachChild(node, visit)
  }
  visit(file)
  const { parseDiagnostics } = file as ts.SourceFile & {
    readonly parseDiagnostics: readonly ts.Diagnostic[]
  }
  return [...found, ...parseDiagnostics.map(({ code }) => `error ${code}`)]
}

describe('a text', () => {
  it('is data in a string literal', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const literal = stringLiteral(text)
        expect(literal).not.toMatch(/[\n\r\u2028\u2029]/)
        expect(Function(`'use strict'; return ${literal}`)()).toBe(text)
      }),
      each,
    )
  })

  it('is the name of a property, and nothing else', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const made = Function(`'use strict'; return { ${propertyKey(text)}: 1 }`)() as object
        expect(Object.entries(made)).toEqual([[text, 1]])
      }),
      each,
    )
  })

  it('does not leave its comment', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(structureOf(`// ${lineComment(text)}\nlet a = 1`)).toEqual(structureOf('let a = 1'))
        expect(structureOf(`/* ${blockComment(text)} */\nlet a = 1`)).toEqual(
          structureOf('let a = 1'),
        )
        expect(isPlain(lineComment(text))).toBe(true)
      }),
      each,
    )
  })

  it('is a string of JSON, in which nothing moves a cursor or turns text round', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const written = json({ [text]: [text, 1] }, undefined, 2)
        expect(JSON.parse(written)).toEqual({ [text]: [text, 1] })
        expect(written.split('\n').every(isPlain)).toBe(true)
      }),
      each,
    )
  })

  it('is text and an attribute of XML', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { texts, attributes } = readXml(`<a b="${markup(text)}">${markup(text)}</a>`)
        // XML has no form for some characters.
        const left = [...text].map((each) =>
          /\p{Cc}|\p{Cs}|[\ufffe\uffff]/u.test(each) ? '' : each,
        )
        for (const read of [texts, attributes]) {
          expect([...read.join('')].filter((each) => !/\p{Cc}|\ufffd/u.test(each)).join('')).toBe(
            left.join('').replaceAll('\ufffd', ''),
          )
        }
      }),
      each,
    )
  })

  it('holds no command of LaTeX that is not ours', () => {
    expect(latex('50 % of $x_1^2$ & {a} #b ~ \\input{/etc/passwd}\n')).toBe(
      '50 \\% of \\$x\\_1\\textasciicircum{}2\\$ \\& \\{a\\} \\#b \\textasciitilde{} ' +
        '\\textbackslash{}input\\{/etc/passwd\\}\\textbackslash{}u\\{a\\}',
    )
  })
})

const clean = 'plain name'

/** A circuit with a text from outside in every place that can hold one. */
function compiled(text: string): { readonly ir: IrModule; readonly sources: Map<string, string> } {
  const spoken = text.replace(/[\r\n\u2028\u2029"\\]/g, ' ')
  const inComment = text.replaceAll(/[\r\n]/g, ' ')
  const name = text.replaceAll('/', '_')
  const files = {
    [`${name}/${name}.ccn`]: `/// ${inComment}
model a
import { Input } from "std/cells"
import { Odd } from "./cells"
import { Depressing } from "std/burstccn"
param k = 0.5 in 0..1 /// ${inComment}
population x[3] : Input
population y[2] : Odd(k)
/// ${inComment}
connect x.event -> y.soma as W : Depressing { init file("${spoken}.npy", "${spoken}")  fixed }`,
    [`${name}/cells.ccn`]: `/// ${inComment}
cell Odd(k) {
  compartment soma /* ${inComment.replaceAll('*/', '')} */
  event e = k * sigmoid(soma /* ${inComment.replaceAll('*/', '')} */)
}`,
  }
  const path = `/project/${name}/${name}.ccn`
  const { ir, diagnostics, sources } = compile(path, memoryHost(files))
  if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return { ir, sources: new Map(sources) }
}

describe('a circuit with texts from outside', () => {
  it.each(hostileTexts)('is the same program with %j', async (text) => {
    const [plain, odd] = [compiled(clean), compiled(text)]
    const [a, b] = await Promise.all(
      [plain, odd].map(({ ir, sources }) => emitTypeScript(ir, sources)),
    )
    expect(structureOf(b!)).toEqual(structureOf(a!))
    const bare = (wat: string) => wat.replace(/^\s*;;.*\n/gm, '')
    expect(bare(printWasm(odd.ir))).toBe(bare(printWasm(plain.ir)))
    expect(printPlan(odd.ir).split('\n').length).toBe(printPlan(plain.ir).split('\n').length)
    expect(printIr(parseModule(printIr(odd.ir))).split('\n').length).toBe(
      printIr(parseModule(printIr(plain.ir))).split('\n').length,
    )
  })
})

describe('a picture', async () => {
  const tool = await plotter()
  const plot = (text: string): string => {
    const series = { units: 1, times: Float64Array.of(0, 1), values: Float64Array.of(0.5, 2) }
    const all: Timeline['series'] = [
      { ...series, name: text },
      {
        name: text,
        units: 2,
        times: Float64Array.of(0.5),
        cells: Int32Array.of(1),
        from: 0,
        to: 1,
      },
    ]
    const phases = [{ time: 0, label: text }]
    const timeline = { series: all, unit: text, phases, theme: paper }
    return svgOf(drawTimeline(tool, timeline), { title: text, background: 'white' })
  }

  it('is XML whatever its series and phases are called', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        fc.pre(text.trim() !== '')
        expect(readXml(plot(text)).elements).toEqual(readXml(plot('a')).elements)
      }),
      { ...each, numRuns: 60 },
    )
  })
})
