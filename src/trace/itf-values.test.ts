import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, valueOfType } from '../../test/arbitraries/schemas.js'
import { bool, int, oneOf, record } from '../state/schema.js'
import { type Itf, itfDifference, itfValue, namesBeside } from './itf-values.js'

const typeAndValues = anyRecord.chain(type => fc.tuple(fc.constant(type), valueOfType(type), valueOfType(type)))

/** As it comes out of a file. */
function read(value: Itf): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** As other tools may write the same: numbers as numbers, and arrays as lists. */
function otherwise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(otherwise)
  if (typeof value !== 'object' || value === null) return value
  const { '#bigint': big, '#map': map } = value as { '#bigint'?: string; '#map'?: [unknown, unknown][] }
  if (big !== undefined) return Number(big)
  if (map !== undefined) return map.map(([, item]) => otherwise(item))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, otherwise(item)]))
}

test('a value agrees with itself, however it is written, and with no other', () => {
  fc.assert(
    fc.property(typeAndValues, ([type, value, other]) => {
      const ours = itfValue(type, value)
      expect(itfDifference('s', ours, read(ours))).toBeUndefined()
      expect(itfDifference('s', ours, otherwise(read(ours)))).toBeUndefined()
      const theirs = itfValue(type, other)
      const same = JSON.stringify(ours) === JSON.stringify(theirs)
      expect(itfDifference('s', ours, read(theirs)) === undefined).toBe(same)
    }),
  )
})

test('anything at all can be compared', () => {
  fc.assert(
    fc.property(typeAndValues, fc.jsonValue(), ([type, value], given) => {
      const found = itfDifference('s', itfValue(type, value), given)
      expect(found === undefined || found.startsWith('s')).toBe(true)
    }),
  )
})

test('a difference is told by its place', () => {
  const type = record({ a: int(-1, 9), b: record({ c: bool(), d: oneOf('x', 'y') }) })
  const ours = itfValue(type, { a: 3, b: { c: true, d: 'x' } })
  expect(itfDifference('s', ours, { a: 4 })).toBe('s.a is 3, and 4 in the file')
  expect(itfDifference('s', ours, { b: { d: 'y' } })).toBe('s.b.d is "x", and "y" in the file')
  expect(itfDifference('s', ours, { b: { d: [] } })).toBe('s.b.d is "x", and something with parts in the file')
  expect(itfDifference('s', ours, { e: 1 })).toBe('s.e is in the file, and not in the model')
})

test('what stands beside the fields has a name of its own', () => {
  expect(namesBeside(record({ pc: int(0, 1), pc_: int(0, 1) }))).toEqual({
    pc: 'pc__',
    locals: 'locals',
    action: 'action',
  })
})
