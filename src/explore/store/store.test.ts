import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFingerprintStore } from './fingerprint-store.js'
import { createPlainStore } from './plain-store.js'
import { NO_PARENT, NO_STATE, type StateStore, type StoreOptions } from './store.js'
import { createTreeStore } from './tree-store.js'

type Create = (words: number, options?: StoreOptions) => StateStore

/** Successors: the state each is made from (as a share of the states so far, 1 for none), and changes of bytes. */
const moves = fc.array(
  fc.record({
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    changes: fc.array(fc.tuple(fc.nat(511), fc.nat(255)), { maxLength: 3 }),
  }),
  { maxLength: 400 },
)

const shapes = fc.record({
  words: fc.integer({ min: 1, max: 64 }).map(pairs => 2 * pairs),
  capacity: fc.constantFrom(1, 2, 3, 63, 64, 65, 256),
})

/** Random batches of near-identical vectors, in stores of every shape. */
function answersAsPlain(create: Create): void {
  fc.assert(
    fc.property(shapes, moves, ({ words, capacity }, all) => {
      const pair = new Pair(words, capacity, create)
      const vector = new Int32Array(words)
      const bytes = new Uint8Array(vector.buffer)
      for (let start = 0; start < all.length; start += capacity) {
        const group = all.slice(start, start + capacity)
        for (const [slot, move] of group.entries()) {
          const parent = move.from === 1 || pair.count === 0 ? NO_PARENT : Math.floor(move.from * pair.count)
          vector.fill(0)
          if (parent !== NO_PARENT) pair.plain.load(parent, vector)
          for (const [at, value] of move.changes) bytes[at % bytes.length] = value
          pair.write(slot, vector, parent)
        }
        pair.insert(group.length)
        pair.loadNext(group.length >> 1)
      }
      pair.loadNext(pair.count)
    }),
    { numRuns: 150 },
  )
}

/** Enough different states for several doublings of every table, and for the rearrangement of the tree. */
function growsAsPlain(create: Create, words: number): void {
  const capacity = 4096
  const pair = new Pair(words, capacity, create)
  const vector = new Int32Array(words)
  const step = Math.ceil(words / 10)
  let seed = 1
  for (let round = 0; round < 40; round++) {
    for (let slot = 0; slot < capacity; slot++) {
      if (slot % 4 === 0) vector.fill(0)
      for (let i = 0; i < words; i += step) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0
        vector[i] = seed >>> 28
      }
      pair.write(slot, vector, pair.count === 0 ? NO_PARENT : (seed >>> 1) % pair.count)
    }
    pair.insert(capacity)
    if (round > 5) pair.loadNext(6000)
  }
  expect(pair.count).toBeGreaterThan(50_000)
  pair.loadNext(pair.count)
}

/** Inserts until the store is full. */
function staysWithinLimit(create: Create, memoryLimit: number): void {
  const [words, capacity] = [32, 1000]
  const store = create(words, { capacity, memoryLimit })
  let written = 0
  while (!store.full) {
    for (let slot = 0; slot < capacity; slot++) {
      store.batch.fill(written + slot, slot * words, (slot + 1) * words)
      store.parents[slot] = NO_PARENT
    }
    const before = store.count
    const added = store.insert(capacity)
    expect(store.count).toBe(before + added)
    if (added > 0) expect(store.found[added - 1]).toBe(before + added - 1)
    if (added < capacity) expect(store.found[added]).toBe(NO_STATE)
    written += capacity
    expect(store.bytes).toBeLessThanOrEqual(memoryLimit)
  }
  const count = store.count
  expect(count).toBeGreaterThan(10_000)
  store.batch.fill(-5)
  expect(store.insert(1)).toBe(0)
  expect(store.found[0]).toBe(NO_STATE)
  const vector = new Int32Array(words)
  for (let id = 0; id < count; id++) {
    store.load(id, vector)
    if (vector[0] !== id || vector[words - 1] !== id) expect([...vector]).toEqual(new Array(words).fill(id))
  }
}

/** A store and the plain one, to which the same is done. */
class Pair {
  readonly plain: StateStore
  private readonly store: StateStore
  private readonly wanted: Int32Array
  private readonly actual: Int32Array
  private next = 0

  constructor(
    private readonly words: number,
    capacity: number,
    create: Create,
  ) {
    this.plain = createPlainStore(words, { capacity })
    this.store = create(words, { capacity })
    this.wanted = new Int32Array(words)
    this.actual = new Int32Array(words)
  }

  get count(): number {
    return this.plain.count
  }

  write(slot: number, vector: Int32Array, parent: number): void {
    for (const store of [this.plain, this.store]) {
      store.batch.set(vector, slot * this.words)
      store.parents[slot] = parent
      store.ordinals[slot] = slot * 7
    }
  }

  insert(n: number): void {
    const { plain, store } = this
    const added = plain.insert(n)
    expect(store.insert(n)).toBe(added)
    expect(store.count).toBe(plain.count)
    expect(store.found.subarray(0, n)).toEqual(plain.found.subarray(0, n))
  }

  /** Compares what both know of the next states, in order. */
  loadNext(n: number): void {
    const { plain, store, wanted, actual } = this
    for (const end = Math.min(plain.count, this.next + n); this.next < end; this.next++) {
      const id = this.next
      plain.load(id, wanted)
      store.load(id, actual)
      if (!wanted.every((word, i) => word === actual[i])) expect([...actual]).toEqual([...wanted])
      if (store.parentOf(id) !== plain.parentOf(id)) expect(store.parentOf(id)).toBe(plain.parentOf(id))
      if (store.ordinalOf(id) !== plain.ordinalOf(id)) expect(store.ordinalOf(id)).toBe(plain.ordinalOf(id))
    }
  }
}

describe.each([
  ['tree store', createTreeStore],
  ['fingerprint store', createFingerprintStore],
])('%s', (_, create) => {
  it('answers as the plain store does, for vectors of every length', () => {
    answersAsPlain(create)
  })

  it.each([4, 18, 36, 128, 130, 248])('grows through many doublings with vectors of %d words', words => {
    growsAsPlain(create, words)
  })

  it('stops before the memory limit, keeps what it has, and stays full', () => {
    for (let kilobytes = 4096; kilobytes < 10240; kilobytes += 320) staysWithinLimit(create, kilobytes << 10)
  })

  it('finds the parent itself without a look-up', () => {
    const store = create(4)
    store.batch.set([1, 2, 3, 4])
    store.parents[0] = NO_PARENT
    store.insert(1)
    store.parents[0] = 0
    expect(store.insert(1)).toBe(0)
    expect(store.found[0]).toBe(0)
  })

  it('refuses ids and batches that do not exist', () => {
    const store = create(4, { capacity: 2 })
    expect(() => store.load(0, new Int32Array(4))).toThrow(RangeError)
    expect(() => store.parentOf(-1)).toThrow(RangeError)
    expect(() => store.insert(3)).toThrow(RangeError)
    expect(() => create(4, { memoryLimit: 100_000 })).toThrow(RangeError)
  })
})

describe('tree store', () => {
  it('loads any state at any time', () => {
    const store = createTreeStore(4, { capacity: 3 })
    store.batch.set([1, 2, 3, 4, 1, 2, 3, 5, 0, 2, 3, 5])
    store.parents.fill(NO_PARENT)
    store.insert(3)
    const vector = new Int32Array(4)
    for (const id of [2, 0, 1, 0]) {
      store.load(id, vector)
      expect([...vector]).toEqual([...store.batch.subarray(4 * id, 4 * id + 4)])
    }
  })

  it('goes on with the last state when it has rearranged the tree', () => {
    const [words, capacity] = [24, 128]
    const digitsAt = [0, 1, 2, 3]
    const store = createTreeStore(words, { capacity })
    const vector = new Int32Array(words)
    for (let count = 0; count < 36_000; count += capacity) {
      for (let slot = 0; slot < capacity; slot++) {
        for (const [i, word] of digitsAt.entries()) vector[word] = ((count + slot + 3) >> (4 * i)) & 15
        store.batch.set(vector, slot * words)
        store.parents[slot] = count === 0 ? NO_PARENT : count - 1
      }
      expect(store.insert(capacity)).toBe(capacity)
    }
    const loaded = new Int32Array(words)
    store.load(store.count - 1, loaded)
    expect(loaded).toEqual(vector)
    for (let id = 32_000; id < store.count; id++) {
      store.load(id, loaded)
      const digits = digitsAt.reduce((sum, word, i) => sum | (loaded[word] << (4 * i)), 0)
      if (digits !== id + 3) expect(digits).toBe(id + 3)
    }
  })
})

describe('fingerprint store', () => {
  it('gives up the vectors before the last one loaded, and reuses their memory', () => {
    const [words, capacity] = [64, 4096]
    const store = createFingerprintStore(words, { capacity })
    const vector = new Int32Array(words)
    let bytes = 0
    for (let round = 0; round < 40; round++) {
      store.parents.fill(round === 0 ? NO_PARENT : 0)
      for (let slot = 0; slot < capacity; slot++)
        store.batch.fill(round * capacity + slot, slot * words, slot * words + 1)
      expect(store.insert(capacity)).toBe(capacity)
      store.load(store.count - 1, vector)
      expect(vector[0]).toBe(store.count - 1)
      if (round === 1) bytes = store.bytes
    }
    // 40 batches of vectors are 40 MiB.
    expect(store.bytes - bytes).toBeLessThan(8 << 20)
    expect(() => store.load(0, vector)).toThrow(RangeError)
    expect(store.exact).toBe(false)
  })
})
