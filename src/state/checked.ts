import { fits, RangeViolation, rangeOf, wholeStore } from './range.js'
import type { ArrayType, RecordType, Type } from './schema.js'

/**
 * A plain value, or a draft of one, that refuses at the store what its type cannot hold: the reference execution's
 * counterpart of the packed accessors. The same part is always the same object.
 */
export function checked<V extends object>(type: RecordType, value: V): V {
  return wrap(type, value, new WeakMap()) as V
}

type Known = WeakMap<object, object>

function wrap(type: RecordType | ArrayType, value: object, known: Known): object {
  const wrapped = known.get(value)
  if (wrapped) return wrapped
  const made = type.kind === 'record' ? wrapRecord(type, value, known) : wrapArray(type, value as unknown[], known)
  known.set(value, made)
  return made
}

function wrapRecord(type: RecordType, value: object, known: Known): object {
  const record = value as Record<string, unknown>
  // The target is a stand-in: a proxy of a frozen object may not give back anything but the frozen values.
  const made: object = new Proxy(Object.create(Object.getPrototypeOf(value) as object) as object, {
    get: (_, key) => {
      if (typeof key === 'string' && key in type.views) return type.views[key].get(made as never)
      return part(typeof key === 'string' ? type.fields[key] : undefined, Reflect.get(record, key), known)
    },
    set: (_, key, next: unknown) => {
      const name = String(key)
      const field: Type | undefined = type.fields[name]
      if (name in type.views) {
        ;(type.views[name].set as (record: object, next: unknown) => void)(made, next)
        return true
      }
      if (!field) throw new TypeError(`there is no field '${name}'`)
      if (field.kind === 'record' || field.kind === 'array') throw wholeStore(name, field.kind)
      if (!fits(field, next)) throw new RangeViolation(name, next, rangeOf(field))
      record[name] = next
      return true
    },
    has: (_, key) => key in record,
    ownKeys: () => Object.keys(type.fields),
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  })
  return made
}

function wrapArray(type: ArrayType, items: unknown[], known: Known): object {
  const elements = Array.from({ length: type.length }, (_, i) => part(type.of, items[i], known))
  return Object.freeze(elements)
}

function part(type: Type | undefined, value: unknown, known: Known): unknown {
  return type?.kind === 'record' || type?.kind === 'array' ? wrap(type, value as object, known) : value
}
