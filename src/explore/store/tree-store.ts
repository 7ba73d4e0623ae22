import { KernelStore } from './kernel-store.js'
import type { StateStore, StoreOptions } from './store.js'

/**
 * An exact, compressed store in WebAssembly memory: 8 bytes a state besides its share of the index, the link to its
 * parent, and the nodes that it does not share with others.
 */
export function createTreeStore(words: number, options: StoreOptions = {}): StateStore {
  return new KernelStore(words, true, options)
}
