/**
 * Functions of the library that take texts and findings, as programs in JavaScript call them: what is none ends in one
 * sentence, not in a TypeError from inside.
 */
import { finding, placesIn, textsByName } from '../contract/calls/values.ts'
import type { Host } from '../compiler/compile.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import * as render from '../grammar/diagnostics/render.ts'
import { format as formatText } from '../grammar/print.ts'
import { diskHost as onDisk } from './disk-host.ts'
import { memoryHost as inMemory } from './memory-host.ts'
import { checkName, checkValue } from './options/check.ts'
import { saveSvgAs as saveSvg } from './pictures.ts'

/** A text in the canonical layout; as it is, where it has errors. `path` names it in what is found. */
export function format(text: string, path: string): ReturnType<typeof formatText> {
  checkName('format', 'a text', text)
  checkName('format', 'the path of a file', path)
  return formatText(text, path)
}

/** Reads the files of the project that `file` belongs to. Throws ProjectError. */
export function diskHost(file: string): Host {
  checkName('diskHost', 'a file', file)
  return onDisk(file)
}

/** A host of `files` by their paths from the project's folder: `model.ccn`, `parts/cells.ccn`. Throws ProjectError. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  checkValue('memoryHost', textsByName, files)
  return inMemory(files)
}

/** Writes a picture as SVG, PNG or PDF, by the ending of `path`. Throws ProjectError or IoError. */
export async function saveSvgAs(path: string, svg: string): Promise<void> {
  checkName('saveSvgAs', 'the path of a file', path)
  checkName('saveSvgAs', 'a picture as SVG', svg)
  return saveSvg(path, svg)
}

/** A finding with the lines that it is about. Throws ProjectError. */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  sources: render.Sources,
  options: render.RenderOptions = {},
): string {
  checkFinding('renderDiagnostic', diagnostic, sources)
  return render.renderDiagnostic(diagnostic, sources, options)
}

/** A finding as plain data, with lines and columns. Throws ProjectError. */
export function diagnosticData(
  diagnostic: Diagnostic,
  sources: render.Sources,
): render.DiagnosticData {
  checkFinding('diagnosticData', diagnostic, sources)
  return render.toJson(diagnostic, sources)
}

/** A finding, and where its sources are. */
function checkFinding(name: string, diagnostic: unknown, sources: unknown): void {
  checkValue(name, finding, diagnostic)
  checkValue(name, placesIn, sources)
}
