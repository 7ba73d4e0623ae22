import { ModelError } from '../errors.js'
import { fieldsOf, sizeOf, widthOf } from './layout.js'
import type { Buffers } from './packed.js'
import { makeRecord } from './plain.js'
import type { Type } from './schema.js'

/** Writes a plain value of `type` at byte `offset`. @throws ModelError when a number is outside its range. */
export function encode(type: Type, value: unknown, into: Buffers, offset: number, path = 'state'): void {
  switch (type.kind) {
    case 'record': {
      const { offsets } = fieldsOf(type)
      const fields = value as Record<string, unknown>
      for (const [name, field] of Object.entries(type.fields)) {
        encode(field, fields[name], into, offset + (offsets.get(name) ?? 0), `${path}.${name}`)
      }
      return
    }
    case 'array': {
      const size = sizeOf(type.of).size
      const items = value as readonly unknown[]
      if (items.length !== type.length) {
        throw new ModelError(path, `has ${items.length} elements, not ${type.length}`, 'keep arrays at their length')
      }
      for (let i = 0; i < type.length; i++) encode(type.of, items[i], into, offset + i * size, `${path}[${i}]`)
      return
    }
    default:
      store(into, offset, widthOf(type), codeOf(type, value, path))
  }
}

/** Reads a plain value of `type` at byte `offset`. */
export function decode(type: Type, from: Buffers, offset: number): unknown {
  switch (type.kind) {
    case 'record': {
      const { offsets } = fieldsOf(type)
      return makeRecord(type, (name, field) => decode(field, from, offset + (offsets.get(name) ?? 0)))
    }
    case 'array': {
      const size = sizeOf(type.of).size
      return Array.from({ length: type.length }, (_, i) => decode(type.of, from, offset + i * size))
    }
    default: {
      const code = fetch(from, offset, widthOf(type))
      if (type.kind === 'bool') return code !== 0
      return type.kind === 'enum' ? type.values[code] : code + type.min
    }
  }
}

function codeOf(type: Exclude<Type, { kind: 'record' | 'array' }>, value: unknown, path: string): number {
  switch (type.kind) {
    case 'bool':
      if (typeof value === 'boolean') return value ? 1 : 0
      break
    case 'enum': {
      const code = type.values.indexOf(value as string)
      if (code >= 0) return code
      break
    }
    case 'int':
      if (typeof value === 'number' && Number.isInteger(value) && value >= type.min && value <= type.max) {
        return value - type.min
      }
  }
  throw new ModelError(path, `cannot hold ${JSON.stringify(value)}`, `it is ${describeType(type)}`)
}

function describeType(type: Type): string {
  switch (type.kind) {
    case 'int':
      return `an integer from ${type.min} to ${type.max}`
    case 'bool':
      return 'true or false'
    case 'enum':
      return `one of ${type.values.join(', ')}`
    default:
      return `a ${type.kind}`
  }
}

function store(into: Buffers, offset: number, width: 1 | 2 | 4, code: number): void {
  if (width === 1) into.u8[offset] = code
  else if (width === 2) into.u16[offset >> 1] = code
  else into.i32[offset >> 2] = code
}

function fetch(from: Buffers, offset: number, width: 1 | 2 | 4): number {
  if (width === 1) return from.u8[offset]
  return width === 2 ? from.u16[offset >> 1] : from.i32[offset >> 2]
}
