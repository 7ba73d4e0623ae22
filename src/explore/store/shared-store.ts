import { type KernelShape, KernelStore } from './kernel-store.js'
import { createMemory, type WasmMemory } from './load-kernel.js'
import { checkShape, DEFAULT_CAPACITY, type StateStore, type StoreOptions } from './store.js'

/** What another thread needs to use the same store; it can be sent to a worker. */
export interface StoreHandle extends KernelShape {
  readonly memory: WasmMemory
}

/**
 * A store that several threads use at a time, each through an object of its own, with a batch of its own.
 *
 * It differs from other stores in this: while threads insert, ids go to whoever comes first, so the new states of one
 * call of `insert` need not be consecutive, and `count` includes states that other threads have not finished. Between
 * calls of `insert` by all threads (after a barrier) ids are dense and every state is complete.
 */
export interface SharedStore extends StateStore {
  /**
   * What others need to open the store. From the first call on, an exact store no longer rearranges itself for the
   * states it has; so it is better shared when it has some thousand.
   */
  share(): StoreHandle
  /** Gives up the vectors of states before `id`: a store by fingerprints does not do that by itself when it is shared. */
  giveUp(id: number): void
}

/** How a shared store tells states apart, besides the options of every store. */
export interface SharedStoreOptions extends StoreOptions {
  readonly exact?: boolean | undefined
}

class SharedKernelStore extends KernelStore implements SharedStore {
  constructor(
    private readonly handle: StoreHandle,
    open: boolean,
  ) {
    super(handle.memory, handle, open)
  }

  share(): StoreHandle {
    this.tune()
    return this.handle
  }
}

/** Makes a store that can be shared with other threads. */
export function createSharedStore(words: number, options: SharedStoreOptions = {}): SharedStore {
  checkShape(words, options)
  const { capacity = DEFAULT_CAPACITY, memoryLimit = 2 ** 32, exact = true } = options
  const memory = createMemory(memoryLimit, true)
  return new SharedKernelStore({ memory, words, capacity, exact, shared: true }, false)
}

/** Opens a store that another thread made. */
export function openSharedStore(handle: StoreHandle): SharedStore {
  return new SharedKernelStore(handle, true)
}
