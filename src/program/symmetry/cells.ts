import { fieldsOf, sizeOf, widthOf } from '../../state/layout.js'
import type { IntType, Sort, Type } from '../../state/schema.js'
import { type Exchange, imageOf } from './exchanges.js'

/** A stored number that names things of a sort. */
export interface NamingCell {
  /** Its first byte. */
  readonly at: number
  readonly type: IntType & { readonly sort: Sort }
}

/** Where the bytes of a value come from when it is exchanged: by byte of the image, the byte of the original. */
export type Sources = Int32Array

/**
 * Notes where the bytes of the image of a value come from, and which of its cells name things. Undefined places in the
 * exchange stay. Returns false when an array is too short for it.
 */
export function trace(
  type: Type,
  to: number,
  from: number,
  exchange: Exchange,
  sources: Sources,
  naming: NamingCell[],
): boolean {
  switch (type.kind) {
    case 'record': {
      const { offsets } = fieldsOf(type)
      return Object.entries(type.fields).every(([name, field]) => {
        const at = offsets.get(name) ?? 0
        return trace(field, to + at, from + at, exchange, sources, naming)
      })
    }
    case 'array': {
      const { size } = sizeOf(type.of)
      const order = type.sort && exchange.get(type.sort.name)
      return Array.from({ length: type.length }, (_, i) => i).every(i => {
        const place = order?.[i] ?? i
        return place < type.length && trace(type.of, to + place * size, from + i * size, exchange, sources, naming)
      })
    }
    default: {
      const width = widthOf(type)
      for (let i = 0; i < width; i++) sources[to + i] = from + i
      if (isNaming(type)) naming.push({ at: to, type })
      return true
    }
  }
}

function isNaming(type: Type): type is IntType & { readonly sort: Sort } {
  return type.kind === 'int' && type.sort !== undefined
}

/** What a stored code of the type becomes, by code. */
export function tableOf({ min, max, sort }: NamingCell['type'], exchange: Exchange): Int32Array {
  return Int32Array.from({ length: max - min + 1 }, (_, code) => imageOf(code + min, sort, exchange) - min)
}

/** The bytes of a value that every exchange leaves as they are: not what names things, nor what belongs to them. */
function ownBytes(type: Type, at: number): number[] {
  switch (type.kind) {
    case 'record': {
      const { offsets } = fieldsOf(type)
      return Object.entries(type.fields).flatMap(([name, field]) => ownBytes(field, at + (offsets.get(name) ?? 0)))
    }
    case 'array': {
      const { size } = sizeOf(type.of)
      if (type.sort) return []
      return Array.from({ length: type.length }, (_, i) => ownBytes(type.of, at + i * size)).flat()
    }
    default:
      return isNaming(type) ? [] : Array.from({ length: widthOf(type) }, (_, i) => at + i)
  }
}

/** The bytes of what belongs to a thing: the elements for it of all arrays over its sort. */
export function bytesOf(thing: { readonly sort: string; readonly number: number }, type: Type, at = 0): number[] {
  switch (type.kind) {
    case 'record': {
      const { offsets } = fieldsOf(type)
      return Object.entries(type.fields).flatMap(([name, field]) =>
        bytesOf(thing, field, at + (offsets.get(name) ?? 0)),
      )
    }
    case 'array': {
      const { size } = sizeOf(type.of)
      if (type.sort?.name === thing.sort) {
        return thing.number < type.length ? ownBytes(type.of, at + thing.number * size) : []
      }
      // What lies in an array over another sort belongs to two things.
      if (type.sort) return []
      return Array.from({ length: type.length }, (_, i) => bytesOf(thing, type.of, at + i * size)).flat()
    }
    default:
      return []
  }
}
