import { checkShape, DEFAULT_CAPACITY, NO_STATE, type StateStore, type StoreOptions } from './store.js'

/** Rough cost of one state besides its text and its words: map entry, array headers, parent and ordinal. */
const OVERHEAD = 200

class PlainStore implements StateStore {
  readonly exact = true
  readonly batch: Int32Array
  readonly parents: Uint32Array
  readonly ordinals: Uint16Array
  readonly found: Uint32Array
  bytes = 0
  full = false
  private readonly ids = new Map<string, number>()
  private readonly vectors: Int32Array[] = []
  private readonly parentIds: number[] = []
  private readonly stepOrdinals: number[] = []

  constructor(
    readonly words: number,
    readonly capacity: number,
    private readonly memoryLimit: number,
  ) {
    this.batch = new Int32Array(capacity * words)
    this.parents = new Uint32Array(capacity)
    this.ordinals = new Uint16Array(capacity)
    this.found = new Uint32Array(capacity)
  }

  get count(): number {
    return this.vectors.length
  }

  insert(n: number): number {
    const before = this.count
    for (let slot = 0; slot < n; slot++) {
      const vector = this.batch.subarray(slot * this.words, (slot + 1) * this.words)
      const key = vector.join()
      let id = this.full ? NO_STATE : this.ids.get(key)
      if (id === undefined) id = this.add(key, vector, slot)
      this.found[slot] = id
    }
    return this.count - before
  }

  private add(key: string, vector: Int32Array, slot: number): number {
    const bytes = this.bytes + key.length + 4 * this.words + OVERHEAD
    if (bytes > this.memoryLimit) {
      this.full = true
      return NO_STATE
    }
    const id = this.count
    this.bytes = bytes
    this.ids.set(key, id)
    this.vectors.push(vector.slice())
    this.parentIds.push(this.parents[slot])
    this.stepOrdinals.push(this.ordinals[slot])
    return id
  }

  load(id: number, target: Int32Array): void {
    target.set(this.vectors[id])
  }

  parentOf(id: number): number {
    return this.parentIds[id]
  }

  ordinalOf(id: number): number {
    return this.stepOrdinals[id]
  }
}

/** A store made of a Map and arrays: slow and plainly right, the reference for the others. */
export function createPlainStore(words: number, options: StoreOptions = {}): StateStore {
  checkShape(words, options)
  const { capacity = DEFAULT_CAPACITY, memoryLimit = Number.POSITIVE_INFINITY } = options
  return new PlainStore(words, capacity, memoryLimit)
}
