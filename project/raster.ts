/** Pictures as PNG, made of SVG by an optional package that brings its own renderer. */
import { ProjectError } from './errors.ts'

/** How many pixels a unit of the picture is wide: fine enough for print. */
const SCALE = 2

/** What is used of the package, which need not be there when this is built. */
interface Renderer {
  readonly Resvg: new (
    svg: string,
    options: Readonly<Record<string, unknown>>,
  ) => { render(): { asPng(): Uint8Array } }
}

const packageName: string = '@resvg/resvg-js'

/** The picture as PNG. Throws ProjectError where the package that makes it is not installed. */
export async function asPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await (import(packageName) as Promise<Renderer>).catch((): never => {
    throw new ProjectError(
      `PNG needs the optional package ${packageName}, which is not installed.`,
      {
        hint: `Install it by \`npm install ${packageName}\`, or name a file that ends in .svg.`,
      },
    )
  })
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    background: 'white',
    font: {
      loadSystemFonts: true,
      sansSerifFamily: 'DejaVu Sans',
      defaultFontFamily: 'DejaVu Sans',
    },
  })
  return picture.render().asPng()
}
