/**
 * A module in WebAssembly's binary format (core specification 2.0 with threads and relaxed SIMD).
 */
import type { Code, FunctionType, Global, Local, ResultType, ValueType } from './code.ts'
import { instructions, type ImmediateKind } from './instructions.ts'
import type { WasmFunction, WasmModule } from './module.ts'

const typeBytes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
}
const EMPTY_BLOCK = 0x40
const END = 0x0b

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  length = 0

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count))
    larger.set(this.#bytes.subarray(0, this.length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.length++] = value
  }

  append(values: Uint8Array): void {
    this.#reserve(values.length)
    this.#bytes.set(values, this.length)
    this.length += values.length
  }

  /** LEB128, unsigned. */
  unsigned(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  /** LEB128, signed. */
  signed(value: bigint): void {
    let rest = value
    for (;;) {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
        this.byte(low)
        return
      }
      this.byte(low | 0x80)
    }
  }

  float32(value: number): void {
    this.#reserve(4)
    this.#view.setFloat32(this.length, value, true)
    this.length += 4
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.length, value, true)
    this.length += 8
  }

  name(text: string): void {
    const bytes = new TextEncoder().encode(text)
    this.unsigned(bytes.length)
    this.append(bytes)
  }

  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length)
  }
}

/** The bytes of a module, ready for `WebAssembly.compile`. */
export function encodeModule(module: WasmModule): Uint8Array<ArrayBuffer> {
  const types = new Types()
  const indices = new Map<string, number>()
  for (const type of module.imports) indices.set(type.name, indices.size)
  for (const { type } of module.functions) indices.set(type.name, indices.size)
  const globals = new Map(module.globals.map(({ name }, i) => [name, i]))

  const imports = vector([
    (out) => {
      out.name('env')
      out.name('memory')
      out.byte(0x02)
      out.byte(0x03) // shared, with a maximum
      out.unsigned(module.memory.initialPages)
      out.unsigned(module.memory.maximumPages)
    },
    ...module.imports.map((type) => (out: Bytes) => {
      out.name('env')
      out.name(type.name)
      out.byte(0x00)
      out.unsigned(types.index(type))
    }),
  ])
  const declarations = vector(
    module.functions.map(
      ({ type }) =>
        (out: Bytes) =>
          out.unsigned(types.index(type)),
    ),
  )
  const exported = module.functions.filter((fn) => fn.exported)
  const exports = vector(
    exported.map(({ type }) => (out: Bytes) => {
      out.name(type.name)
      out.byte(0x00)
      out.unsigned(indices.get(type.name)!)
    }),
  )
  const bodies = vector(
    module.functions.map((fn) => (out: Bytes) => {
      const body = encodeBody(fn, indices, globals)
      out.unsigned(body.length)
      out.append(body)
    }),
  )

  const out = new Bytes()
  out.append(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00))
  section(out, 1, types.encode())
  section(out, 2, imports)
  section(out, 3, declarations)
  section(out, 6, vector(module.globals.map((each) => (b: Bytes) => encodeGlobal(b, each))))
  section(out, 7, exports)
  section(out, 10, bodies)
  section(out, 0, nameSection(module, indices))
  return out.result()
}

function section(out: Bytes, id: number, content: Uint8Array): void {
  out.byte(id)
  out.unsigned(content.length)
  out.append(content)
}

function vector(items: readonly ((out: Bytes) => void)[]): Uint8Array {
  const out = new Bytes()
  out.unsigned(items.length)
  for (const write of items) write(out)
  return out.result()
}

/** Names of functions, for profilers and stack traces. */
function nameSection(module: WasmModule, indices: ReadonlyMap<string, number>): Uint8Array {
  const names = vector(
    [...module.imports, ...module.functions.map(({ type }) => type)].map(
      ({ name }) =>
        (out: Bytes) => {
          out.unsigned(indices.get(name)!)
          out.name(name)
        },
    ),
  )
  const out = new Bytes()
  out.name('name')
  section(out, 1, names)
  return out.result()
}

/** Function types, each once. */
class Types {
  readonly #indices = new Map<string, number>()

  index({ parameters, result }: FunctionType): number {
    const key = `${parameters.join(' ')} -> ${result}`
    const known = this.#indices.get(key)
    if (known !== undefined) return known
    this.#indices.set(key, this.#indices.size)
    return this.#indices.size - 1
  }

  encode(): Uint8Array {
    return vector(
      [...this.#indices.keys()].map((key) => (out: Bytes) => {
        const [before = '', result = ''] = key.split('->')
        const parameters = before.split(' ').filter(Boolean) as ValueType[]
        out.byte(0x60)
        out.unsigned(parameters.length)
        for (const type of parameters) out.byte(typeBytes[type])
        const results = [result.trim() as ResultType].filter((type) => type !== 'void')
        out.unsigned(results.length)
        for (const type of results) out.byte(typeBytes[type])
      }),
    )
  }
}

function encodeGlobal(out: Bytes, { type, initial, mutable }: Global): void {
  out.byte(typeBytes[type])
  out.byte(mutable ? 1 : 0)
  encodeConstant(out, type, initial)
  out.byte(END)
}

function encodeConstant(out: Bytes, type: ResultType, value: number | bigint): void {
  switch (type) {
    case 'i32':
      out.byte(0x41)
      out.signed(BigInt(value))
      return
    case 'i64':
      out.byte(0x42)
      out.signed(BigInt.asIntN(64, BigInt(value)))
      return
    case 'f32':
      out.byte(0x43)
      out.float32(Number(value))
      return
    case 'f64':
      out.byte(0x44)
      out.float64(Number(value))
      return
    case 'v128':
    case 'void':
      throw new Error(`there is no constant of type ${type}`)
  }
}

function encodeBody(
  { locals, body }: WasmFunction,
  functions: ReadonlyMap<string, number>,
  globals: ReadonlyMap<string, number>,
): Uint8Array {
  const out = new Bytes()
  const runs: { type: ValueType; count: number }[] = []
  for (const { type } of locals) {
    const last = runs.at(-1)
    if (last?.type === type) last.count++
    else runs.push({ type, count: 1 })
  }
  out.unsigned(runs.length)
  for (const { type, count } of runs) {
    out.unsigned(count)
    out.byte(typeBytes[type])
  }
  const labels: string[] = []

  const localOp = (opcode: number, { index }: Local): void => {
    out.byte(opcode)
    out.unsigned(index)
  }
  const write = (code: Code): void => {
    switch (code.kind) {
      case 'const':
        encodeConstant(out, code.type, code.value)
        return
      case 'op':
        for (const each of code.args) write(each)
        writeOp(code)
        return
      case 'get':
        localOp(0x20, code.local)
        return
      case 'set':
      case 'tee':
        write(code.value)
        localOp(code.kind === 'set' ? 0x21 : 0x22, code.local)
        return
      case 'globalGet':
      case 'globalSet':
        if (code.kind === 'globalSet') write(code.value)
        out.byte(code.kind === 'globalGet' ? 0x23 : 0x24)
        out.unsigned(globals.get(code.global.name)!)
        return
      case 'call': {
        for (const each of code.args) write(each)
        const index = functions.get(code.target.name)
        if (index === undefined) throw new Error(`there is no function ${code.target.name}`)
        out.byte(0x10)
        out.unsigned(index)
        return
      }
      case 'block':
      case 'loop':
        out.byte(code.kind === 'block' ? 0x02 : 0x03)
        out.byte(EMPTY_BLOCK)
        labels.push(code.label)
        for (const each of code.body) write(each)
        labels.pop()
        out.byte(END)
        return
      case 'if':
        write(code.test)
        out.byte(0x04)
        out.byte(EMPTY_BLOCK)
        labels.push('')
        for (const each of code.then) write(each)
        if (code.otherwise.length > 0) {
          out.byte(0x05)
          for (const each of code.otherwise) write(each)
        }
        labels.pop()
        out.byte(END)
        return
      case 'br': {
        if (code.test) write(code.test)
        const depth = labels.toReversed().indexOf(code.label)
        if (depth < 0) throw new Error(`there is no open block ${code.label}`)
        out.byte(code.test ? 0x0d : 0x0c)
        out.unsigned(depth)
        return
      }
      case 'select':
        for (const each of code.args) write(each)
        out.byte(0x1c)
        out.unsigned(1)
        out.byte(typeBytes[code.type as ValueType])
        return
      case 'return':
        if (code.value) write(code.value)
        out.byte(0x0f)
        return
      case 'drop':
        write(code.value)
        out.byte(0x1a)
        return
      case 'unreachable':
        out.byte(0x00)
        return
    }
  }
  const writeOp = (code: Code & { readonly kind: 'op' }): void => {
    const [prefix, opcode, , immediate] = instructions[code.name] as readonly [
      number,
      number,
      string,
      ImmediateKind?,
    ]
    if (prefix === 0) out.byte(opcode)
    else {
      out.byte(prefix)
      out.unsigned(opcode)
    }
    switch (immediate) {
      case undefined:
      case 'none':
        return
      case 'memory':
      case 'memoryLane':
        out.unsigned(alignmentOf(code.name))
        out.unsigned(code.offset)
        if (immediate === 'memoryLane') out.byte(code.lane)
        return
      case 'lane':
        out.byte(code.lane)
        return
      case 'bytes16':
        out.append(code.bytes ?? new Uint8Array(16))
        return
      case 'zero':
        out.byte(0)
        return
      case 'zero2':
        out.byte(0)
        out.byte(0)
        return
    }
  }
  for (const each of body) write(each)
  out.byte(END)
  return out.result()
}

/** log2 of the alignment that an access states: what atomic ones need, a safe hint for others. */
function alignmentOf(name: string): number {
  if (/(load|store)8/.test(name)) return 0
  return /(load|store)16/.test(name) ? 1 : 2
}
