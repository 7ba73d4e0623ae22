import { createKernel, type Kernel, PAGE, type WasmMemory } from './load-kernel.js'
import type { StateStore } from './store.js'
import { orderWords, plainOrder } from './word-order.js'

/** Number of states at which the tree is rearranged: enough to tell how states differ, few enough to build it anew. */
const TUNE_AT = 1 << 15
/** How many of them are looked at. */
const SAMPLE = 1024
/** Every how many states vectors are given up: the kernel does it by chunks of so many. */
const GIVE_UP = 1 << 12

/** What several kernels working in one memory must agree on. */
export interface KernelShape {
  readonly words: number
  readonly capacity: number
  readonly exact: boolean
  readonly shared: boolean
}

/** A store in WebAssembly memory: exact with a tree of shared nodes, or by fingerprints. */
export class KernelStore implements StateStore {
  readonly words: number
  readonly capacity: number
  readonly exact: boolean
  batch = new Int32Array()
  parents = new Uint32Array()
  ordinals = new Uint16Array()
  found = new Uint32Array()
  private readonly shared: boolean
  private readonly kernel: Kernel
  private vector = new Int32Array()
  private known = 0
  private tunable: boolean
  /** Vectors of states before this one are given up. */
  private first = 0

  /** Makes a store in an empty memory, or opens the one that is there. */
  constructor(
    readonly memory: WasmMemory,
    { words, capacity, exact, shared }: KernelShape,
    open: boolean,
  ) {
    this.words = words
    this.capacity = capacity
    this.exact = exact
    this.shared = shared
    const kernel = createKernel(memory, shared)
    this.kernel = kernel
    if (!(open ? kernel.attach(words, capacity, !exact) : kernel.init(words, capacity, !exact))) {
      throw new RangeError('the memory limit does not leave room for a batch and the first tables')
    }
    this.tunable = exact && !open && this.leaves > 1
    if (!open) this.writeOrder(plainOrder(words, this.leaves))
    kernel.useOrder()
    this.view()
  }

  /** Growing the memory detaches the views of it, unless it is shared. */
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
    return this.kernel.pages() * PAGE
  }

  get count(): number {
    return this.shared ? this.kernel.count() : this.known
  }

  get full(): boolean {
    return this.kernel.full() !== 0
  }

  insert(n: number): number {
    if (n > this.capacity) throw new RangeError(`a batch has ${this.capacity} slots, not ${n}`)
    const { kernel } = this
    kernel.insert(n)
    this.known = kernel.count()
    if (this.batch.length === 0) this.view()
    if (this.tunable && this.known >= TUNE_AT) this.tune()
    return kernel.added.value
  }

  private get leaves(): number {
    return this.kernel.cells.value
  }

  private writeOrder(order: Uint8Array): void {
    new Uint8Array(this.memory.buffer, this.kernel.order.value, order.length).set(order)
  }

  /** Rearranges the tree for states as they turn out to be. Once, and not while others use it. */
  protected tune(): void {
    if (!this.tunable) return
    this.tunable = false
    const { words, known } = this
    if (known < SAMPLE) return
    const sample = new Int32Array(SAMPLE * words)
    const from = known >> 1
    for (let at = 0; at < sample.length; at += words) {
      const id = from + Math.floor((at / sample.length) * (known - from))
      this.load(id, sample.subarray(at, at + words))
    }
    this.writeOrder(orderWords(sample, words, this.leaves))
    this.kernel.reorder()
    if (this.batch.length === 0) this.view()
  }

  load(id: number, target: Int32Array): void {
    this.check(id)
    if (id < this.first) throw new RangeError(`the vector of state ${id} was given up when ${this.first} was loaded`)
    if (!this.exact && !this.shared) this.giveUp(id)
    this.kernel.decode(id)
    const { vector, words } = this
    for (let i = 0; i < words; i++) target[i] = vector[i]
  }

  /** Gives up the vectors of states before `id`. Exact stores keep all states. */
  giveUp(id: number): void {
    if (this.exact) return
    if (Math.floor(id / GIVE_UP) > Math.floor(this.first / GIVE_UP)) this.kernel.giveUp(id)
    this.first = id
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
    if (id >= this.known && this.shared) this.known = this.kernel.count()
    if (!(id >= 0 && id < this.known)) throw new RangeError(`there is no state ${id} among ${this.known}`)
  }
}
