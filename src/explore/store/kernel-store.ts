import { instantiate, type Kernel, type WasmMemory } from './load-kernel.js'
import { checkShape, DEFAULT_CAPACITY, type StateStore, type StoreOptions } from './store.js'
import { orderWords, plainOrder } from './word-order.js'

/** Number of states at which the tree is rearranged: enough to tell how states differ, few enough to build it anew. */
const TUNE_AT = 1 << 15
/** How many of them are looked at. */
const SAMPLE = 1024

/** A store in WebAssembly memory: exact with a tree of shared nodes, or by fingerprints. */
export class KernelStore implements StateStore {
  readonly exact: boolean
  readonly words: number
  readonly capacity: number
  batch = new Int32Array()
  parents = new Uint32Array()
  ordinals = new Uint16Array()
  found = new Uint32Array()
  count = 0
  full = false
  private vector = new Int32Array()
  /** The first id that can still be loaded. */
  private first = 0
  private readonly kernel: Kernel
  private readonly memory: WasmMemory

  constructor(words: number, exact: boolean, options: StoreOptions) {
    checkShape(words, options)
    const { capacity = DEFAULT_CAPACITY, memoryLimit = 2 ** 32 } = options
    this.exact = exact
    this.words = words
    this.capacity = capacity
    const { kernel, memory } = instantiate(memoryLimit)
    this.kernel = kernel
    this.memory = memory
    if (!kernel.init(words, capacity, !exact)) {
      throw new RangeError(`the memory limit of ${memoryLimit} bytes does not hold a batch and the first tables`)
    }
    if (exact) {
      this.writeOrder(plainOrder(words, this.leaves))
      kernel.setOrder()
    }
    this.view()
  }

  /** Growing the memory detaches the views of it. */
  private view(): void {
    const { kernel, capacity, words } = this
    const { buffer } = this.memory
    this.batch = new Int32Array(buffer, kernel.batch.value >>> 0, capacity * words)
    this.parents = new Uint32Array(buffer, kernel.parents.value >>> 0, capacity)
    this.ordinals = new Uint16Array(buffer, kernel.ordinals.value >>> 0, capacity)
    this.found = new Uint32Array(buffer, kernel.found.value >>> 0, capacity)
    this.vector = new Int32Array(buffer, kernel.vector.value >>> 0, words)
  }

  get bytes(): number {
    return this.memory.buffer.byteLength
  }

  insert(n: number): number {
    if (n > this.capacity) throw new RangeError(`a batch has ${this.capacity} slots, not ${n}`)
    const before = this.count
    this.kernel.insert(n)
    this.count = this.kernel.count()
    this.full = this.kernel.full.value !== 0
    if (this.batch.length === 0) this.view()
    if (this.exact && before < TUNE_AT && this.count >= TUNE_AT) this.tune()
    return this.count - before
  }

  private get leaves(): number {
    return this.kernel.cells.value
  }

  private writeOrder(order: Uint8Array): void {
    new Uint8Array(this.memory.buffer, this.kernel.order.value >>> 0, order.length).set(order)
  }

  /** Rearranges the tree for states as they turn out to be. */
  private tune(): void {
    if (this.leaves === 1) return
    const { words } = this
    const sample = new Int32Array(SAMPLE * words)
    const from = this.count >> 1
    for (let i = 0; i < SAMPLE; i++) {
      const id = from + Math.floor((i * (this.count - from)) / SAMPLE)
      this.load(id, sample.subarray(i * words, (i + 1) * words))
    }
    this.writeOrder(orderWords(sample, words, this.leaves))
    this.kernel.reorder()
    if (this.batch.length === 0) this.view()
  }

  load(id: number, target: Int32Array): void {
    this.check(id)
    if (id < this.first) throw new RangeError(`the vector of state ${id} was given up when ${this.first} was loaded`)
    if (!this.exact) this.first = id
    this.kernel.decode(id)
    const { vector, words } = this
    for (let i = 0; i < words; i++) target[i] = vector[i]
  }

  parentOf(id: number): number {
    this.check(id)
    return this.kernel.parentOf(id) >>> 0
  }

  ordinalOf(id: number): number {
    this.check(id)
    return this.kernel.ordinalOf(id)
  }

  private check(id: number): void {
    if (!(id >= 0 && id < this.count)) throw new RangeError(`there is no state ${id} among ${this.count}`)
  }
}
