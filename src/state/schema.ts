import { ModelError } from '../errors.js'

/**
 * The types a machine's state is declared with. A schema is plain data: TypeScript types, the packed layout and the
 * plain (reference) objects are all derived from it, so that nothing is declared twice.
 */

/** An integer from `min` to `max`, both included. Its default is `min`. */
export interface IntType<N extends number = number> {
  readonly kind: 'int'
  readonly ghost?: boolean
  readonly marked?: boolean
  readonly min: number
  readonly max: number
  /** Prefix for display: `p` shows 3 as `p3`. */
  readonly prefix: string
  readonly _value?: N
  /** What its values name, or the bits of its values: things of one sort. */
  readonly sort?: Sort
}

/** Things that a symmetric search may exchange for one another: threads, CPUs, address spaces, page frames. */
export interface Sort {
  readonly name: string
  /** Whether a value is a set of such things, one bit each. */
  readonly set: boolean
}

/** The sort of the threads of a scenario, by the numbers that `current()` gives. */
export const THREAD = 'thread'

/** True or false; the default is false. */
export interface BoolType {
  readonly kind: 'bool'
  readonly ghost?: boolean
  readonly marked?: boolean
}

/** One of a list of names; the default is the first. */
export interface EnumType<V extends string = string> {
  readonly kind: 'enum'
  readonly ghost?: boolean
  readonly marked?: boolean
  readonly values: readonly V[]
}

/** Views are names for parts or readings of stored fields (overlays): a bit of a byte, an order that shares a byte. */
export interface View<V> {
  readonly get: (record: never) => V
  readonly set: (record: never, value: V) => void
}

export type Fields = { readonly [name: string]: Type }
export type Views = { readonly [name: string]: View<number> | View<boolean> }

/** Named fields, plus views over them. */
export interface RecordType<F extends Fields = Fields, W extends Views = Views> {
  readonly kind: 'record'
  readonly ghost?: boolean
  readonly marked?: boolean
  readonly fields: F
  readonly views: W
  /** Shows a whole value in one word, as `head(p0)`; without it, field by field. */
  readonly show?: (value: never) => string
}

/** A fixed number of records. */
export interface ArrayType<R extends RecordType = RecordType> {
  readonly kind: 'array'
  readonly ghost?: boolean
  readonly marked?: boolean
  readonly of: R
  readonly length: number
  /** Name of an element for display: with `p`, element 3 is `p3`; empty: the field's name and `[3]`. */
  readonly prefix: string
  /** What its elements belong to, one each. */
  readonly sort?: Sort
}

export type Type = IntType | BoolType | EnumType | RecordType | ArrayType

/** The TypeScript type of values of schema type `T`. Elements of arrays are changed field by field, never replaced. */
export type ValueOf<T> =
  T extends IntType<infer N>
    ? N
    : T extends BoolType
      ? boolean
      : T extends EnumType<infer V>
        ? V
        : T extends RecordType<infer F, infer W>
          ? { -readonly [K in keyof F]: ValueOf<F[K]> } & { -readonly [K in keyof W]: ViewValue<W[K]> }
          : T extends ArrayType<infer R>
            ? readonly ValueOf<R>[]
            : never

type ViewValue<W> = W extends View<infer V> ? V : never

/** The value of a reference that points nowhere. */
export const NONE = -1

/** An integer in `min`..`max`. @throws ModelError when the range is empty or wider than 2^31. */
export function int(min: number, max: number): IntType {
  if (!Number.isInteger(min) || !Number.isInteger(max) || min > max || max - min > 0x7fffffff) {
    throw new ModelError(`int(${min}, ${max})`, 'is not a range of integers', 'give two integers, the smaller first')
  }
  return { kind: 'int', min, max, prefix: '' }
}

/** A truth value. */
export function bool(): BoolType {
  return { kind: 'bool' }
}

/** One of the given names; starts as the first of them. */
export function oneOf<const V extends string>(...values: V[]): EnumType<V> {
  if (values.length === 0 || new Set(values).size !== values.length) {
    throw new ModelError(`oneOf(${values.join(', ')})`, 'needs at least one name, each once', 'remove the repetition')
  }
  return { kind: 'enum', values }
}

/**
 * Marks a field as specification-only: properties read it, steps maintain it, no operation branches on it. Traces leave
 * its changes out unless asked for everything.
 */
export function ghost<T extends Type>(type: T): T {
  return { ...type, ghost: true }
}

/**
 * Marks a field, or all that is in a record, as one that no access races with: an atomic_t, a percpu_ref, a lock, or an
 * entry that is only read by READ_ONCE. `noDataRace` asks nothing of it, even where a step is `plain`.
 */
export function marked<T extends Type>(type: T): T {
  return { ...type, marked: true }
}

/** A reference to one of `count` things, shown as `prefix` and its number; NONE (-1) points nowhere and is the default. */
export function ref(prefix: string, count: number): IntType {
  return { kind: 'int', min: NONE, max: count - 1, prefix }
}

/**
 * Says that the numbers of this type name things of a sort, or that the elements of this array belong to one each, so
 * that a symmetric search knows what to exchange. `THREAD` is the sort of threads.
 */
export function alike<T extends IntType | ArrayType>(sort: string, type: T): T {
  return { ...type, sort: { name: sort, set: false } }
}

/** Says that the bits of this number stand for things of a sort. @throws ModelError when it may be negative. */
export function alikeSet(sort: string, type: IntType): IntType {
  if (type.min !== 0)
    throw new ModelError(`alikeSet(${sort})`, 'is given a number that is no set of bits', 'use int(0, …)')
  return { ...type, sort: { name: sort, set: true } }
}

/** A record of named fields, with optional views (other names for parts of the same words). */
export function record<const F extends Fields, W extends Views = Record<never, never>>(
  fields: F,
  views?: W,
): RecordType<F, W> {
  for (const name of [...Object.keys(fields), ...Object.keys(views ?? {})]) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name in Object.prototype) {
      throw new ModelError(
        `field ${name}`,
        'is no usable name',
        'use letters, digits and _, and no name that objects have',
      )
    }
  }
  for (const name of Object.keys(views ?? {})) {
    if (Object.hasOwn(fields, name))
      throw new ModelError(`view ${name}`, 'has the name of a field', 'rename one of them')
  }
  return { kind: 'record', fields, views: (views ?? {}) as W }
}

/** `length` records of one type. Scalars are wrapped in a record, so that each element has a name to be read by. */
export function array<R extends RecordType>(length: number, of: R, prefix = ''): ArrayType<R> {
  if (!Number.isInteger(length) || length < 1) {
    throw new ModelError(`array(${length})`, 'needs a length of at least 1', 'give a positive integer')
  }
  return { kind: 'array', of, length, prefix }
}

/** A view of one bit of the integer field `word`. */
export function bit(word: string, index: number): View<boolean> {
  const mask = 1 << index
  return {
    get: (r: never) => ((r as Record<string, number>)[word] & mask) !== 0,
    set: (r: never, value: boolean) => {
      const words = r as Record<string, number>
      words[word] = value ? words[word] | mask : words[word] & ~mask
    },
  }
}

/** A view that is another name for the whole field `word`. */
export function alias(word: string): View<number> {
  return {
    get: (r: never) => (r as Record<string, number>)[word],
    set: (r: never, value: number) => {
      ;(r as Record<string, number>)[word] = value
    },
  }
}

/**
 * A word that holds one of several things at a time: a tag and a number. Reading the number under the wrong tag is a
 * bug of the program under test, which a recipe reports with `expect`. Shown as `tag(number)`; the number of a tag
 * listed in `prefixes` gets that prefix, a tag with an empty prefix has no number.
 */
export function tagged<const T extends string>(
  range: IntType,
  prefixes: { readonly [K in T]: string },
): RecordType<{ tag: EnumType<T>; value: IntType }, Record<never, never>> {
  const show = (word: never) => {
    const { tag, value } = word as { tag: T; value: number }
    const prefix: string = prefixes[tag]
    return prefix === '' ? tag : `${tag}(${value === NONE ? 'none' : `${prefix}${value}`})`
  }
  return { ...record({ tag: oneOf(...(Object.keys(prefixes) as T[])), value: range }), show }
}
