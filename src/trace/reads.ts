import type { Path } from '../state/diff.js'
import type { RecordType, Type } from '../state/schema.js'

/** Something a predicate or step looked at. */
export interface Read {
  /** The stored field that was read. */
  readonly path: Path
  /** The view it was read through, if any: its name in place of the field's. */
  readonly view: string | undefined
}

/**
 * The value, wrapped so that every scalar read of it is noted. Writes go through. The wrapper knows the schema, so that
 * reads through views are noted as the fields behind them.
 */
export function watched<V extends object>(type: Type, value: V, note: (read: Read) => void): V {
  return watch(type, value, [], undefined, note) as V
}

function watch(type: Type, value: unknown, path: Path, view: string | undefined, note: (read: Read) => void): unknown {
  switch (type.kind) {
    case 'record':
      return watchRecord(type, value as Record<string, unknown>, path, view, note)
    case 'array': {
      const items = value as unknown[]
      return Array.from({ length: type.length }, (_, i) => watch(type.of, items[i], [...path, i], view, note))
    }
    default:
      note({ path, view })
      return value
  }
}

function watchRecord(
  type: RecordType,
  value: Record<string, unknown>,
  path: Path,
  through: string | undefined,
  note: (read: Read) => void,
): unknown {
  // The target is an empty stand-in: a proxy of a frozen object may not give back anything but the frozen values.
  const proxy: unknown = new Proxy({} as Record<string, unknown>, {
    get: (_, key) => {
      const name = String(key)
      const field = type.fields[name]
      if (field) return watch(field, value[name], [...path, name], through, note)
      const view = type.views[name]
      if (!view) return value[name]
      return view.get(watchRecord(type, value, path, through ?? name, note) as never)
    },
    set: (_, key, next: unknown) => {
      value[String(key)] = next
      return true
    },
    has: (_, key) => key in value,
    ownKeys: () => Object.keys(type.fields),
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  })
  return proxy
}
