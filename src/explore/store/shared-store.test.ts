import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { createSharedStore, openSharedStore, type SharedStore, type SharedStoreOptions } from './shared-store.js'
import { NO_PARENT } from './store.js'

const WORDS = 24
const COUNTERS = [0, 1, 5, 9, 10, 23]
const MOST = 7
const THREADS = 3

/** All vectors that the counters can make, explored by some threads in one store. Returns how many each one added. */
async function exploreTogether(store: SharedStore): Promise<number[]> {
  const control = new Int32Array(new SharedArrayBuffer(64))
  store.parents[0] = NO_PARENT
  store.batch.fill(0, 0, WORDS)
  store.insert(1)
  const shared = { handle: store.share(), control, threads: THREADS, counters: COUNTERS, most: MOST }
  const workers = Array.from({ length: THREADS }, (_, thread) => {
    const module = new URL('./shared-store.ts', import.meta.url).href
    return new Worker(new URL('./shared-store.test-worker.js', import.meta.url), {
      workerData: { ...shared, module, thread },
    })
  })
  await Promise.all(workers.map(worker => once(worker, 'exit')))
  return [...control.subarray(4, 4 + THREADS)]
}

describe.each([true, false])('shared store, exact: %s', exact => {
  const create = (options: SharedStoreOptions) => createSharedStore(WORDS, { exact, ...options })

  it('has each state once, with the parent and the step that made it', { timeout: 60_000 }, async () => {
    const store = create({ capacity: 500 })
    const added = await exploreTogether(store)
    const expected = (MOST + 1) ** COUNTERS.length
    expect(store.count).toBe(expected)
    expect(added.reduce((sum, count) => sum + count)).toBe(expected - 1)
    expect(Math.min(...added)).toBeGreaterThan(0)
    if (!exact) return
    const [vector, parent] = [new Int32Array(WORDS), new Int32Array(WORDS)]
    const seen = new Set<number>()
    for (let id = 0; id < store.count; id++) {
      store.load(id, vector)
      seen.add(COUNTERS.reduce((sum, word) => sum * (MOST + 1) + vector[word], 0))
      if (id === 0) continue
      store.load(store.parentOf(id), parent)
      parent[COUNTERS[store.ordinalOf(id)]]++
      if (!parent.every((word, i) => word === vector[i])) expect([...parent]).toEqual([...vector])
    }
    expect(seen.size).toBe(expected)
  })

  it('is full for all threads', { timeout: 60_000 }, async () => {
    const memoryLimit = 7 << 20
    const store = create({ capacity: 500, memoryLimit })
    const added = await exploreTogether(store)
    expect(store.count).toBe(added.reduce((sum, count) => sum + count) + 1)
    expect(store.bytes).toBeLessThanOrEqual(memoryLimit)
    expect(store.insert(1)).toBe(0)
    expect(store.full).toBe(true)
  })

  it('shows each thread what others inserted', () => {
    const store = create({ capacity: 4 })
    const other = openSharedStore(store.share())
    for (const [i, each] of [store, other].entries()) {
      each.batch.fill(7, 0, 2 * WORDS)
      each.batch[0] = i
      each.parents.fill(NO_PARENT)
      expect(each.insert(2)).toBe(2 - i)
      expect([...each.found.subarray(0, 2)]).toEqual([2 * i, 1])
    }
    expect([store.count, other.count]).toEqual([3, 3])
    const vector = new Int32Array(WORDS)
    store.load(2, vector)
    expect(vector[0]).toBe(1)
  })
})
