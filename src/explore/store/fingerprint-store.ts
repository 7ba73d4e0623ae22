import { KernelStore } from './kernel-store.js'
import { createMemory } from './load-kernel.js'
import { checkShape, DEFAULT_CAPACITY, type StateStore, type StoreOptions } from './store.js'

/**
 * A store in WebAssembly memory that tells states apart by a 64-bit hash: among n states, two are taken for one with a
 * probability of about n * n / 2 ** 65. It keeps the vectors of states only until they are loaded. So `load` must be
 * called with ids that never decrease, and gives up the vectors of all ids before.
 */
export function createFingerprintStore(words: number, options: StoreOptions = {}): StateStore {
  checkShape(words, options)
  const { capacity = DEFAULT_CAPACITY, memoryLimit = 2 ** 32 } = options
  return new KernelStore(createMemory(memoryLimit, false), { words, capacity, exact: false, shared: false }, false)
}
