import fc from 'fast-check'
import {
  alias,
  array,
  bit,
  bool,
  type Fields,
  int,
  oneOf,
  type RecordType,
  record,
  ref,
  type Type,
  tagged,
} from 'foliocheck'

/** Integers of every width, at both sides of each border, near and far from zero. */
const RANGES = [
  [0, 1],
  [-1, 3],
  [2, 2],
  [0, 255],
  [0, 256],
  [-128, 127],
  [5, 300],
  [-40_000, 25_535],
  [0, 65_536],
  [-70_000, 70_000],
  [0, 0x7fffffff],
  [-0x80000000, -1],
] as const

/** Types of single values. */
export const scalar: fc.Arbitrary<Type> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...RANGES).map(([min, max]) => int(min, max)) },
  fc.constant(bool()),
  fc.integer({ min: 1, max: 4 }).map(count => oneOf(...['red', 'green', 'blue', 'grey'].slice(0, count))),
  fc.integer({ min: 1, max: 3 }).map(count => ref('p', count)),
)

const flat: fc.Arbitrary<RecordType> = fc.oneof(
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map(types => record(named(types))),
  fc.constant(tagged(ref('p', 4), { nothing: '', head: 'p', order: '' })),
  fc
    .constantFrom(1, 3, 255, 256, 70_000)
    .map(max =>
      record({ word: int(0, max), after: bool() }, { low: bit('word', 0), high: bit('word', 1), same: alias('word') }),
    ),
)

const nested: fc.Arbitrary<RecordType> = fc.oneof(
  { weight: 3, arbitrary: flat },
  fc
    .tuple(scalar, flat, fc.integer({ min: 1, max: 2 }))
    .map(([a, b, length]) => record({ a, b, c: array(length, b, 'c') })),
)

/** Types of every kind. */
export const type: fc.Arbitrary<Type> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: nested },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), nested).map(([length, of]) => array(length, of, 'e')),
  },
)

/** Fields called a, b, c … */
export function named(types: readonly Type[], prefix = ''): Fields {
  return Object.fromEntries(types.map((of, i) => [`${prefix}${String.fromCharCode(97 + i)}`, of]))
}

/** Values of a type. */
export function valueOfType(of: Type): fc.Arbitrary<unknown> {
  switch (of.kind) {
    case 'int':
      return fc.integer({ min: of.min, max: of.max })
    case 'bool':
      return fc.boolean()
    case 'enum':
      return fc.constantFrom(...of.values)
    case 'array':
      return fc.array(valueOfType(of.of), { minLength: of.length, maxLength: of.length })
    case 'record':
      return fc.record(Object.fromEntries(Object.entries(of.fields).map(([name, field]) => [name, valueOfType(field)])))
  }
}

/** Records with any fields. */
export const anyRecord: fc.Arbitrary<RecordType> = fc
  .array(type, { minLength: 1, maxLength: 6 })
  .map(types => record(named(types)))
