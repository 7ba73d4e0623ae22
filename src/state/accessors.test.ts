import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyRecord } from '../../test/arbitraries/schemas.js'
import { leavesOf, pathOf, read, store } from '../../test/differential/values.js'
import { checked } from './checked.js'
import { encode } from './codec.js'
import { sizeOf } from './layout.js'
import { buffers, PackedAccessors } from './packed.js'
import { defaultOf } from './plain.js'
import { RangeViolation } from './range.js'
import { alias, array, bit, bool, int, oneOf, type RecordType, record, ref, tagged, type ValueOf } from './schema.js'

function packed<R extends RecordType>(type: R): ValueOf<R> {
  return new PackedAccessors(buffers(sizeOf(type).size)).at(type, 0)
}

function plain<R extends RecordType>(type: R): ValueOf<R> {
  return checked(type, defaultOf(type) as object) as ValueOf<R>
}

const page = record(
  {
    word: int(0, 15),
    count: int(-2, 7),
    wide: int(-0x80000000, -1),
    far: int(5_000_000_000, 5_000_000_007),
    on: bool(),
    owner: oneOf('pool', 'mm'),
    to: ref('p', 4),
    slot: tagged(ref('p', 4), { nothing: '', head: 'p' }),
    parts: array(2, record({ n: int(0, 300) })),
  },
  { low: bit('word', 0), high: bit('word', 3), order: alias('word') },
)

describe.each([
  ['packed', packed],
  ['plain, checked', plain],
] as const)('%s', (_, make) => {
  test('a fresh value holds the defaults', () => {
    const p = make(page)
    expect([p.word, p.count, p.wide, p.far, p.on, p.owner, p.to, p.slot.tag, p.slot.value, p.parts[1].n]).toEqual([
      0,
      -2,
      -0x80000000,
      5_000_000_000,
      false,
      'pool',
      -1,
      'nothing',
      -1,
      0,
    ])
  })

  test('fields hold what is stored in them, to both ends of their range', () => {
    const p = make(page)
    p.count = 7
    p.wide = -1
    p.far = 5_000_000_007
    p.on = true
    p.owner = 'mm'
    p.to = 3
    p.slot.tag = 'head'
    p.slot.value = 2
    p.parts[0].n = 300
    p.parts[1].n++
    expect([p.count, p.wide, p.far, p.on, p.owner, p.to, p.slot.tag, p.slot.value, p.parts[0].n, p.parts[1].n]).toEqual(
      [7, -1, 5_000_000_007, true, 'mm', 3, 'head', 2, 300, 1],
    )
  })

  test('views are other readings of the same field', () => {
    const p = make(page)
    p.high = true
    p.low = true
    expect([p.word, p.order]).toEqual([9, 9])
    p.high = false
    expect(p.word).toBe(1)
    p.order = 8
    expect([p.high, p.low]).toEqual([true, false])
  })

  test.each([
    ['word', 16, 'word := 16 is outside 0..15'],
    ['word', -1, 'word := -1 is outside 0..15'],
    ['word', 1.5, 'word := 1.5 is outside 0..15'],
    ['word', Number.NaN, 'word := NaN is outside 0..15'],
    ['word', '3', 'word := 3 is outside 0..15'],
    ['word', true, 'word := true is outside 0..15'],
    ['word', undefined, 'word := undefined is outside 0..15'],
    ['word', 2 ** 32 + 1, 'word := 4294967297 is outside 0..15'],
    ['wide', 0, 'wide := 0 is outside -2147483648..-1'],
    ['far', 5_000_000_000.5, 'far := 5000000000.5 is outside 5000000000..5000000007'],
    ['far', 5_000_000_008, 'far := 5000000008 is outside 5000000000..5000000007'],
    ['on', 1, 'on := 1 is outside true | false'],
    ['owner', 'us', 'owner := us is outside pool | mm'],
    ['to', 4, 'to := 4 is outside -1..3'],
    ['order', 16, 'word := 16 is outside 0..15'],
  ])('%s refuses %o at the store', (name, value, message) => {
    const p = make(page) as Record<string, unknown>
    const before = p[name]
    expect(() => Object.assign(p, { [name]: value })).toThrow(RangeViolation)
    expect(() => Object.assign(p, { [name]: value })).toThrow(message)
    expect(p[name]).toBe(before)
  })

  test('a record or an array is not stored as a whole', () => {
    const p = make(page)
    expect(() => Object.assign(p, { slot: { tag: 'head', value: 1 } })).toThrow("'slot' is a record: store its fields")
    expect(() => Object.assign(p, { parts: [] })).toThrow("'parts' is an array: store its fields one by one")
  })

  test('a part is always the same object, and arrays can be searched', () => {
    const p = make(page)
    p.parts[1].n = 4
    expect(p.slot).toBe(p.slot)
    expect(p.parts[1]).toBe(p.parts[1])
    expect(p.parts.find(part => part.n === 4)).toBe(p.parts[1])
    expect([...p.parts].map(part => part.n)).toEqual([0, 4])
    expect(p.parts.length).toBe(2)
  })
})

test('any stores through accessors give the bytes that the plain value has', () => {
  const stores = fc.array(fc.tuple(fc.nat(40), fc.nat(3), fc.integer({ min: -70_000, max: 70_000 })), { maxLength: 20 })
  fc.assert(
    fc.property(anyRecord, stores, (type, all) => {
      const memory = buffers(sizeOf(type).size)
      const fast = new PackedAccessors(memory).at(type, 0) as object
      const value = defaultOf(type) as object
      const slow = checked(type, value)
      const leaves = leavesOf(type)
      for (const [at, shift, number] of all) {
        const leaf = leaves[at % leaves.length]
        const path = pathOf(leaf, shift)
        const attempts = [fast, slow].map(root => outcome(() => store(root, path, leaf.type, number, shift === 3)))
        expect(attempts[0]).toBe(attempts[1])
      }
      const expected = buffers(sizeOf(type).size)
      encode(type, value, expected, 0)
      expect(memory.u8.join()).toBe(expected.u8.join())
      for (const leaf of leaves) expect(read(fast, leaf)).toBe(read(slow, leaf))
    }),
  )
})

function outcome(run: () => void): string {
  try {
    run()
    return 'stored'
  } catch (thrown) {
    return String(thrown)
  }
}
