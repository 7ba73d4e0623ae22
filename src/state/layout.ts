import { ModelError } from '../errors.js'
import type { RecordType, Type } from './schema.js'

/** Bytes that a scalar of this type takes. Every value is stored as its distance from the default, which is 0. */
export function widthOf(type: Type): 1 | 2 | 4 {
  switch (type.kind) {
    case 'int': {
      const span = type.max - type.min
      return span < 0x100 ? 1 : span < 0x10000 ? 2 : 4
    }
    case 'bool':
      return 1
    case 'enum':
      if (type.values.length > 256) throw new ModelError('oneOf', 'has more than 256 names', 'split it in two fields')
      return 1
    default:
      throw new ModelError(type.kind, 'is not a scalar', 'use a field of it')
  }
}

/** Size in bytes and alignment of any type. Fields keep the order of their declaration. */
export function sizeOf(type: Type): { size: number; align: number } {
  switch (type.kind) {
    case 'array': {
      const of = sizeOf(type.of)
      return { size: of.size * type.length, align: of.align }
    }
    case 'record': {
      const { size, align } = fieldsOf(type)
      return { size, align }
    }
    default: {
      const width = widthOf(type)
      return { size: width, align: width }
    }
  }
}

/** Offsets of a record's fields from its start, its size rounded to its alignment. */
export function fieldsOf(type: RecordType): { offsets: Map<string, number>; size: number; align: number } {
  const offsets = new Map<string, number>()
  let at = 0
  let align = 1
  for (const [name, field] of Object.entries(type.fields)) {
    const of = sizeOf(field)
    at = Math.ceil(at / of.align) * of.align
    offsets.set(name, at)
    at += of.size
    align = Math.max(align, of.align)
  }
  return { offsets, size: Math.ceil(at / align) * align, align }
}
