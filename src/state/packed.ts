import { ModelError } from '../errors.js'
import { fieldsOf, sizeOf, widthOf } from './layout.js'
import type { RecordType, Type, ValueOf } from './schema.js'

/** One buffer seen at three widths. The explorer runs every recipe on the one working vector. */
export interface Buffers {
  readonly u8: Uint8Array
  readonly u16: Uint16Array
  readonly i32: Int32Array
}

/** A zeroed working vector of at least `bytes` bytes, rounded up to whole pairs of 32-bit words. */
export function buffers(bytes: number): Buffers {
  const data = new ArrayBuffer(Math.max(8, Math.ceil(bytes / 8) * 8))
  return { u8: new Uint8Array(data), u16: new Uint16Array(data), i32: new Int32Array(data) }
}

/** Thrown by a packed accessor when a recipe stores a value outside the declared range. */
export class RangeViolation extends Error {
  override readonly name = 'RangeViolation'
  constructor(
    readonly field: string,
    readonly value: unknown,
    readonly range: string,
  ) {
    super(`${field} := ${String(value)} is outside ${range}`)
  }
}

type Accessor = new (offset: number) => object

/**
 * Makes accessor objects over a buffer. One class per record type, so that call sites stay monomorphic; instances are
 * made once and never while exploring.
 */
export class PackedAccessors {
  readonly #classes = new Map<RecordType, Accessor>()

  constructor(readonly memory: Buffers) {}

  /** The accessor of a `type` stored at byte `offset` of the working vector. */
  at<R extends RecordType>(type: R, offset: number): ValueOf<R> {
    const align = sizeOf(type).align
    if (offset % align !== 0)
      throw new ModelError('layout', `offset ${offset} is not aligned to ${align}`, 'report this')
    return new (this.#classOf(type))(offset) as ValueOf<R>
  }

  #classOf(type: RecordType): Accessor {
    const known = this.#classes.get(type)
    if (known) return known
    const { offsets } = fieldsOf(type)
    const nested: string[] = []
    const members: string[] = []
    const env: Record<string, unknown> = { ...this.memory, RangeViolation }
    for (const [name, field] of Object.entries(type.fields)) {
      const at = offsets.get(name) ?? 0
      if (field.kind === 'record') {
        env[`make_${name}`] = (offset: number) => this.at(field, offset)
        nested.push(`this[${JSON.stringify(name)}] = make_${name}(o + ${at})`)
      } else if (field.kind === 'array') {
        const size = sizeOf(field.of).size
        env[`make_${name}`] = (offset: number) =>
          Array.from({ length: field.length }, (_, i) => this.at(field.of, offset + i * size))
        nested.push(`this[${JSON.stringify(name)}] = make_${name}(o + ${at})`)
      } else {
        members.push(scalarAccessor(name, field, at, env))
      }
    }
    for (const [name, view] of Object.entries(type.views)) {
      env[`get_${name}`] = view.get
      env[`set_${name}`] = view.set
      members.push(`get [${JSON.stringify(name)}]() { return get_${name}(this) }
        set [${JSON.stringify(name)}](v) { set_${name}(this, v) }`)
    }
    const body = `return class {
      constructor(o) { this._o = o; ${nested.join('; ')} }
      ${members.join('\n')}
    }`
    const made = new Function(...Object.keys(env), body)(...Object.values(env)) as Accessor
    this.#classes.set(type, made)
    return made
  }
}

function scalarAccessor(name: string, type: Type, at: number, env: Record<string, unknown>): string {
  const width = widthOf(type)
  const array = width === 1 ? 'u8' : width === 2 ? 'u16' : 'i32'
  const cell = `${array}[${width === 1 ? `this._o + ${at}` : `(this._o + ${at}) >> ${width === 2 ? 1 : 2}`}]`
  const key = JSON.stringify(name)
  switch (type.kind) {
    case 'bool':
      return `get [${key}]() { return ${cell} !== 0 } set [${key}](v) { ${cell} = v ? 1 : 0 }`
    case 'enum': {
      env[`names_${name}`] = type.values
      env[`codes_${name}`] = new Map(type.values.map((value, code) => [value, code]))
      return `get [${key}]() { return names_${name}[${cell}] }
        set [${key}](v) { const c = codes_${name}.get(v)
          if (c === undefined) throw new RangeViolation(${key}, v, ${JSON.stringify(type.values.join(' | '))})
          ${cell} = c }`
    }
    case 'int':
      return `get [${key}]() { return ${cell} + ${type.min} }
        set [${key}](v) { if (!(v >= ${type.min} && v <= ${type.max})) throw new RangeViolation(${key}, v, '${type.min}..${type.max}')
          ${cell} = v - ${type.min} }`
    default:
      throw new ModelError(type.kind, 'is not a scalar', 'report this')
  }
}
