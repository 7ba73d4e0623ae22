import type { Path } from './diff.js'
import { fieldsOf, sizeOf } from './layout.js'
import type { Type } from './schema.js'

/** A scalar field of a packed value: the byte at which it begins, and the way to it. */
export interface Cell {
  readonly at: number
  readonly path: Path
  /** Whether it, or what it is a part of, is specification-only. */
  readonly ghost: boolean
  /** Whether every access to it is marked. */
  readonly marked: boolean
}

/** Every scalar field of a type that is stored at byte `at`, in the order of the declaration. */
export function cellsOf(type: Type, at = 0, path: Path = [], ghost = false, marked = false): Cell[] {
  const hidden = ghost || type.ghost === true
  const exempt = marked || type.marked === true
  switch (type.kind) {
    case 'record': {
      const { offsets } = fieldsOf(type)
      return Object.entries(type.fields).flatMap(([name, field]) =>
        cellsOf(field, at + (offsets.get(name) ?? 0), [...path, name], hidden, exempt),
      )
    }
    case 'array': {
      const { size } = sizeOf(type.of)
      return Array.from({ length: type.length }, (_, i) =>
        cellsOf(type.of, at + i * size, [...path, i], hidden, exempt),
      ).flat()
    }
    default:
      return [{ at, path, ghost: hidden, marked: exempt }]
  }
}
