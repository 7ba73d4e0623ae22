import { KernelStore } from './kernel-store.js'
import type { StateStore, StoreOptions } from './store.js'

/**
 * A store in WebAssembly memory that tells states apart by a 64-bit hash: among n states, two are taken for one with a
 * probability of about n * n / 2 ** 65. It keeps the vectors of states only until they are loaded. So `load` must be
 * called with ids that never decrease, and gives up the vectors of all ids before.
 */
export function createFingerprintStore(words: number, options: StoreOptions = {}): StateStore {
  return new KernelStore(words, false, options)
}
