/**
 * Pictures as files: SVG as it is, PNG and PDF made of it by optional packages. Fonts come with one of them, so
 * that a picture looks the same on a machine that has none.
 */
import { readFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import { misuse, ProjectError } from './errors.ts'

/** What pictures are written as. */
export type PictureKind = 'svg' | 'png' | 'pdf'

const kinds: readonly PictureKind[] = ['svg', 'png', 'pdf']
/** How many pixels a unit of the picture is wide: fine enough for print. */
const pngScale = 2
/** Points of a page for a pixel of a picture: 72 and 96 an inch. */
const pointsPerPixel = 0.75

/** The kind that a file's name asks for. Throws ProjectError for any other. */
export function pictureKind(path: string): PictureKind {
  const ending = extname(path).toLowerCase().slice(1)
  const kind = kinds.find((each) => each === ending)
  if (kind) return kind
  const said = ending === '' ? 'has no ending' : `ends in .${ending}`
  throw misuse(
    `Pictures are written as SVG, PNG or PDF: name a file that ends in .svg, .png or .pdf; ${JSON.stringify(path)} ${said}.`,
  )
}

/**
 * Writes a picture to the file of an absolute path, as what its name says; through links. Throws ProjectError
 * for another ending or a package that is not installed, IoError.
 */
export async function saveSvgAs(path: string, svg: string): Promise<void> {
  const content = await pictureAs(pictureKind(path), svg)
  await writeFileAtomic(await realpath(path).catch(() => path), content)
}

/** A picture as what is written. Throws ProjectError for a package that is not installed. */
export async function pictureAs(kind: PictureKind, svg: string): Promise<string | Uint8Array> {
  switch (kind) {
    case 'svg':
      return svg
    case 'png':
      return asPng(svg)
    case 'pdf':
      return asPdf(svg)
  }
}

/** What is used of the packages, which need not be there when this is built. */
interface Resvg {
  readonly Resvg: new (
    svg: string,
    options: Readonly<Record<string, unknown>>,
  ) => { render(): { asPng(): Uint8Array } }
}
interface PdfKit {
  readonly default: new (options: Readonly<Record<string, unknown>>) => PdfDocument
}
interface PdfDocument extends AsyncIterable<Uint8Array> {
  registerFont(name: string, data: Uint8Array): void
  end(): void
}
interface SvgToPdf {
  readonly default: (
    document: PdfDocument,
    svg: string,
    x: number,
    y: number,
    options: Readonly<Record<string, unknown>>,
  ) => void
}

const require = createRequire(import.meta.url)

/** The picture as PNG. */
async function asPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await optional<Resvg>('@resvg/resvg-js', 'PNG')
  const fonts = fontFiles()
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pngScale },
    background: 'white',
    font: {
      // Without fonts of our own, those of the system.
      loadSystemFonts: fonts.length === 0,
      fontFiles: fonts,
      sansSerifFamily: 'DejaVu Sans',
      defaultFontFamily: 'DejaVu Sans',
    },
  })
  return picture.render().asPng()
}

/** The picture as a page of its size, with text that can be searched. */
async function asPdf(svg: string): Promise<Uint8Array> {
  const { default: Document } = await optional<PdfKit>('pdfkit', 'PDF')
  const { default: draw } = await optional<SvgToPdf>('svg-to-pdfkit', 'PDF')
  const [regular, bold] = fontFiles()
  if (regular === undefined || bold === undefined) throw missing('dejavu-fonts-ttf', 'PDF')
  const { width, height } = sizeOf(svg)
  const [across, down] = [width * pointsPerPixel, height * pointsPerPixel]
  const document = new Document({
    size: [across, down],
    margin: 0,
    // The same picture gives the same file.
    info: { Title: titleOf(svg), CreationDate: new Date(0) },
    lang: 'en',
    displayTitle: true,
  })
  document.registerFont('regular', readFileSync(regular))
  document.registerFont('bold', readFileSync(bold))
  draw(document, svg, 0, 0, {
    width: across,
    height: down,
    fontCallback: (_family: string, isBold: boolean) => (isBold ? 'bold' : 'regular'),
    // Of a system's font that is not embedded: ours stands for it.
    warningCallback: () => undefined,
  })
  document.end()
  const parts: Uint8Array[] = []
  for await (const part of document) parts.push(part)
  return Buffer.concat(parts)
}

/** Width and height in pixels, of the attributes of the outermost element or its view box. */
function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [head = ''] = /<svg\b[^>]*>/.exec(svg) ?? []
  const viewBox = /\sviewBox="([^"]*)"/.exec(head)?.[1]?.split(/[\s,]+/) ?? []
  const length = (name: string, i: number) =>
    Number(new RegExp(`\\s${name}="([\\d.]+)(?:px)?"`).exec(head)?.[1] ?? viewBox[i])
  const size = { width: length('width', 2), height: length('height', 3) }
  if (!(size.width > 0 && size.height > 0)) throw new Error('a picture without a size')
  return size
}

function titleOf(svg: string): string {
  const entities: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    '#39': "'",
    amp: '&',
  }
  const text = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? ''
  return text.replaceAll(/&([#\w]+);/g, (whole, name: string) => entities[name] ?? whole)
}

/** The files of our font, regular and bold; empty where its package is not installed. */
function fontFiles(): readonly string[] {
  try {
    return ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
      require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`),
    )
  } catch {
    return []
  }
}

async function optional<Module>(name: string, kind: string): Promise<Module> {
  return (import(name) as Promise<Module>).catch((): never => {
    throw missing(name, kind)
  })
}

function missing(name: string, kind: string): ProjectError {
  return new ProjectError(`${kind} needs the optional package ${name}, which is not installed.`, {
    hint: `Install it by \`npm install ${name}\`, or name a file that ends in .svg.`,
  })
}
