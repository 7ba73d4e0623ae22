import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord } from '../../test/arbitraries/schemas.js'
import { fieldsOf, sizeOf, widthOf } from './layout.js'
import { array, bool, int, oneOf, record, ref } from './schema.js'

test.each([
  [int(0, 255), 1],
  [int(-128, 127), 1],
  [int(0, 256), 2],
  [int(1000, 1255), 1],
  [int(0, 65_535), 2],
  [int(0, 65_536), 4],
  [int(-0x80000000, -1), 4],
  [bool(), 1],
  [oneOf('a', 'b'), 1],
  [ref('p', 255), 1],
  [ref('p', 256), 2],
] as const)('%o takes %i bytes', (type, width) => {
  expect(widthOf(type)).toBe(width)
})

test('fields keep their order, each at a multiple of its width', () => {
  const type = record({ flag: bool(), wide: int(0, 70_000), half: int(0, 300), last: bool() })
  expect([...fieldsOf(type).offsets]).toEqual([
    ['flag', 0],
    ['wide', 4],
    ['half', 8],
    ['last', 10],
  ])
  expect(sizeOf(type)).toEqual({ size: 12, align: 4 })
  expect(sizeOf(array(3, type))).toEqual({ size: 36, align: 4 })
  expect(sizeOf(record({}))).toEqual({ size: 0, align: 1 })
})

test('no two fields share a byte, and all are aligned', () => {
  fc.assert(
    fc.property(anyRecord, type => {
      const { offsets, size, align } = fieldsOf(type)
      let end = 0
      for (const [name, offset] of offsets) {
        const field = sizeOf(type.fields[name])
        expect(offset).toBeGreaterThanOrEqual(end)
        expect(offset % field.align).toBe(0)
        expect(align % field.align).toBe(0)
        end = offset + field.size
      }
      expect(size).toBeGreaterThanOrEqual(end)
      expect(size % align).toBe(0)
    }),
  )
})

test('more names than a byte can number are refused', () => {
  const names = Array.from({ length: 257 }, (_, i) => `n${i}`)
  expect(() => widthOf(oneOf(...names))).toThrow('oneOf: has more than 256 names; split it in two fields')
})
