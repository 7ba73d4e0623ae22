import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, valueOfType } from '../../test/arbitraries/schemas.js'
import { ModelError } from '../errors.js'
import { decode, encode } from './codec.js'
import { sizeOf } from './layout.js'
import { buffers } from './packed.js'
import { defaultOf } from './plain.js'
import { array, bool, int, oneOf, type RecordType, record } from './schema.js'

const typeAndValue = anyRecord.chain(type => fc.tuple(fc.constant(type), valueOfType(type)))

test('what is encoded is decoded, and nothing beside it is touched', () => {
  fc.assert(
    fc.property(typeAndValue, fc.integer({ min: 0, max: 5 }), ([type, value], skip) => {
      const { size, align } = sizeOf(type)
      const at = skip * align
      const into = buffers(at + size + 8)
      into.u8.fill(0xaa)
      encode(type, value, into, at)
      expect(JSON.stringify(decode(type, into, at))).toBe(JSON.stringify(value))
      expect(into.u8.subarray(0, at).every(byte => byte === 0xaa)).toBe(true)
      expect(into.u8.subarray(at + size).every(byte => byte === 0xaa)).toBe(true)
    }),
  )
})

test('equal values have equal bytes, different values different ones', () => {
  const two = anyRecord.chain(type => fc.tuple(fc.constant(type), valueOfType(type), valueOfType(type)))
  fc.assert(
    fc.property(two, ([type, a, b]) => {
      expect(bytesOf(type, a) === bytesOf(type, b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})

test('the default value is zero bytes, so that a cleared frame holds defaults', () => {
  fc.assert(
    fc.property(anyRecord, type => {
      expect(bytesOf(type, defaultOf(type))).toMatch(/^(0,)*0$/)
    }),
  )
})

test.each([
  [{ ref: 8 }, 'state.ref: cannot hold 8; it is an integer from 0 to 7'],
  [{ ref: -1 }, 'state.ref: cannot hold -1; it is an integer from 0 to 7'],
  [{ ref: 1.5 }, 'state.ref: cannot hold 1.5; it is an integer from 0 to 7'],
  [{ ref: '1' }, 'state.ref: cannot hold "1"; it is an integer from 0 to 7'],
  [{ ref: undefined }, 'state.ref: cannot hold undefined; it is an integer from 0 to 7'],
  [{ on: 1 }, 'state.on: cannot hold 1; it is true or false'],
  [{ owner: 'us' }, 'state.owner: cannot hold "us"; it is one of pool, mm'],
  [{ pages: [{ n: 1 }] }, 'state.pages: has 1 elements, not 2; keep arrays at their length'],
  [{ pages: [{ n: 0 }, { n: 9 }] }, 'state.pages[1].n: cannot hold 9; it is an integer from 0 to 1'],
])('a value that does not fit is named: %o', (part, message) => {
  const type = record({
    ref: int(0, 7),
    on: bool(),
    owner: oneOf('pool', 'mm'),
    pages: array(2, record({ n: int(0, 1) })),
  })
  const run = () => bytesOf(type, { ...defaultOf(type), ...part })
  expect(run).toThrow(ModelError)
  expect(run).toThrow(message)
})

function bytesOf(type: RecordType, value: unknown): string {
  const into = buffers(sizeOf(type).size)
  encode(type, value, into, 0)
  return into.u8.join()
}
