import { KernelStore } from './kernel-store.js'
import { createMemory } from './load-kernel.js'
import { checkShape, DEFAULT_CAPACITY, type StateStore, type StoreOptions } from './store.js'

/**
 * An exact, compressed store in WebAssembly memory: 8 bytes a state besides its share of the index, the link to its
 * parent, and the nodes that it does not share with others.
 */
export function createTreeStore(words: number, options: StoreOptions = {}): StateStore {
  checkShape(words, options)
  const { capacity = DEFAULT_CAPACITY, memoryLimit = 2 ** 32 } = options
  return new KernelStore(createMemory(memoryLimit, false), { words, capacity, exact: true, shared: false }, false)
}
