import { describe, expect, it } from 'vitest'
import { createPlainStore } from './plain-store.js'
import { NO_PARENT, NO_STATE } from './store.js'

describe('plain store', () => {
  it('numbers states in the order of insertion and finds them again', () => {
    const store = createPlainStore(2, { capacity: 4 })
    store.batch.set([1, 2, 1, 3, 1, 2, -1, 2])
    store.parents.set([NO_PARENT, 0, 0, 1])
    store.ordinals.set([0, 5, 6, 7])
    expect(store.insert(4)).toBe(3)
    expect([...store.found]).toEqual([0, 1, 0, 2])
    const vector = new Int32Array(2)
    store.load(2, vector)
    expect([...vector]).toEqual([-1, 2])
    expect(store.parentOf(0)).toBe(NO_PARENT)
    expect([store.parentOf(2), store.ordinalOf(2)]).toEqual([1, 7])
  })

  it('stops at the memory limit and stays full', () => {
    const store = createPlainStore(2, { capacity: 4, memoryLimit: 500 })
    store.batch.set([1, 1, 2, 2, 3, 3, 1, 1])
    expect(store.insert(4)).toBe(2)
    expect(store.full).toBe(true)
    expect([...store.found]).toEqual([0, 1, NO_STATE, NO_STATE])
    expect(store.insert(4)).toBe(0)
  })

  it('refuses impossible shapes', () => {
    expect(() => createPlainStore(3)).toThrow(RangeError)
    expect(() => createPlainStore(250)).toThrow(RangeError)
    expect(() => createPlainStore(2, { capacity: 0 })).toThrow(RangeError)
    expect(() => createPlainStore(2, { memoryLimit: 0 })).toThrow(RangeError)
  })
})
