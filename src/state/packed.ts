import { ModelError } from '../errors.js'
import type { Footprint } from './footprint.js'
import { fieldsOf, sizeOf, widthOf } from './layout.js'
import { RangeViolation, rangeOf, wholeStore } from './range.js'
import type { ArrayType, RecordType, Type, ValueOf } from './schema.js'

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

/** Names of an enumeration up to which a store compares them one by one: a comparison with a known name costs nothing. */
const MOST_COMPARED = 16

type Accessor = new (offset: number) => object

/**
 * Makes accessor objects over a buffer. One class per record type, so that call sites stay monomorphic; instances are
 * made once and never while exploring.
 */
export class PackedAccessors {
  readonly #classes = new Map<RecordType, Accessor>()

  /** @param footprint where reads and writes are noted; without one the accessors have no code for that. */
  constructor(
    readonly memory: Buffers,
    readonly footprint?: Footprint,
  ) {}

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
    const { memory, footprint } = this
    const env: Record<string, unknown> = { ...memory, RangeViolation, wholeStore, ...(footprint && { footprint }) }
    for (const [name, field] of Object.entries(type.fields)) {
      const at = offsets.get(name) ?? 0
      if (field.kind === 'record' || field.kind === 'array') {
        env[`make_${name}`] = (offset: number) => this.#part(field, offset)
        nested.push(`this.$${name} = make_${name}(o + ${at})`)
        members.push(`get ${name}() { return this.$${name} }
          set ${name}(v) { throw wholeStore('${name}', '${field.kind}') }`)
      } else {
        members.push(scalarAccessor(name, field, at, env))
      }
    }
    for (const [name, view] of Object.entries(type.views)) {
      env[`get_${name}`] = view.get
      env[`set_${name}`] = view.set
      members.push(`get ${name}() { return get_${name}(this) }
        set ${name}(v) { set_${name}(this, v) }`)
    }
    const body = `return class {
      constructor(o) { this.$o = o; ${nested.join('; ')} }
      ${members.join('\n')}
    }`
    const made = new Function(...Object.keys(env), body)(...Object.values(env)) as Accessor
    this.#classes.set(type, made)
    return made
  }

  #part(type: RecordType | ArrayType, offset: number): object {
    if (type.kind === 'record') return this.at(type, offset)
    const { size } = sizeOf(type.of)
    return Array.from({ length: type.length }, (_, i) => this.at(type.of, offset + i * size))
  }
}

function scalarAccessor(name: string, type: Type, at: number, env: Record<string, unknown>): string {
  const width = widthOf(type)
  const array = width === 1 ? 'u8' : width === 2 ? 'u16' : 'i32'
  const cell = `${array}[${width === 1 ? `this.$o + ${at}` : `(this.$o + ${at}) >> ${width === 2 ? 1 : 2}`}]`
  if (type.kind === 'record' || type.kind === 'array') {
    throw new ModelError(type.kind, 'is not a scalar', 'report this')
  }
  const noted = (how: 'read' | 'write') => ('footprint' in env ? `footprint.${how}(this.$o + ${at});` : '')
  const refuse = `throw new RangeViolation('${name}', v, ${JSON.stringify(rangeOf(type))})`
  switch (type.kind) {
    case 'bool':
      return `get ${name}() { ${noted('read')} return ${cell} !== 0 }
        set ${name}(v) { if (v !== true && v !== false) ${refuse}
          ${noted('write')} ${cell} = v ? 1 : 0 }`
    case 'enum': {
      env[`names_${name}`] = type.values
      if (type.values.length <= MOST_COMPARED) {
        const cases = type.values.map(
          (value, code) => `case ${JSON.stringify(value)}: ${noted('write')} ${cell} = ${code}; return`,
        )
        return `get ${name}() { ${noted('read')} return names_${name}[${cell}] }
          set ${name}(v) { switch (v) { ${cases.join('\n')} }
            ${refuse} }`
      }
      env[`codes_${name}`] = new Map(type.values.map((value, code) => [value, code]))
      return `get ${name}() { ${noted('read')} return names_${name}[${cell}] }
        set ${name}(v) { const c = codes_${name}.get(v)
          if (c === undefined) ${refuse}
          ${noted('write')} ${cell} = c }`
    }
    case 'int': {
      const isInteger =
        (type.min | 0) === type.min && (type.max | 0) === type.max ? '(v | 0) === v' : 'Number.isInteger(v)'
      return `get ${name}() { ${noted('read')} return ${cell} + ${type.min} }
        set ${name}(v) { if (!(${isInteger} && v >= ${type.min} && v <= ${type.max})) ${refuse}
          ${noted('write')} ${cell} = v - ${type.min} }`
    }
  }
}
