import { immerable } from 'immer'
import type { RecordType, Type, ValueOf } from './schema.js'

/**
 * Plain objects of a schema: the reference form of a state. They are ordinary records and arrays that immer can draft;
 * views live on the prototype, so that a recipe sees the same names as on the packed accessors.
 */
const prototypes = new WeakMap<RecordType, object>()

function prototypeOf(type: RecordType): object {
  const known = prototypes.get(type)
  if (known) return known
  const made = Object.create(Object.prototype, { [immerable]: { value: true } }) as object
  for (const [name, view] of Object.entries(type.views)) {
    Object.defineProperty(made, name, {
      configurable: true,
      get() {
        return view.get(this as never)
      },
      set(value: never) {
        ;(view.set as (r: never, v: never) => void)(this as never, value)
      },
    })
  }
  prototypes.set(type, made)
  return made
}

/** The default value of any type: the lower bound, false, the first name; records and arrays of those. */
export function defaultOf<T extends Type>(type: T): ValueOf<T> {
  return build(type) as ValueOf<T>
}

function build(type: Type): unknown {
  switch (type.kind) {
    case 'int':
      return type.min
    case 'bool':
      return false
    case 'enum':
      return type.values[0]
    case 'array':
      return Array.from({ length: type.length }, () => build(type.of))
    case 'record':
      return makeRecord(type, (_, field) => build(field))
  }
}

/** A record whose stored fields come from `fieldOf`. */
export function makeRecord(type: RecordType, fieldOf: (name: string, field: Type) => unknown): object {
  const made = Object.create(prototypeOf(type)) as Record<string, unknown>
  for (const [name, field] of Object.entries(type.fields)) made[name] = fieldOf(name, field)
  return made
}
