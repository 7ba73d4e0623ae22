import { ModelError, reasonOf } from '../errors.js'
import type { Finding } from '../system/finding.js'
import { type Successors, type System, threadOf } from '../system/system.js'
import { createPlainStore } from './store/plain-store.js'
import { NO_PARENT, type StateStore } from './store/store.js'

/** What transitions said besides their successors. */
export interface Reports {
  found(parent: number, ordinal: number, findings: readonly Finding[]): void
  cut(bound: string): void
  broke(parent: number, ordinal: number, error: Error): void
}

/** Collects successors in the slots of a store's batch. */
export class Batch implements Successors {
  /** Where vectors, parents and ordinals go: the store's own arrays, looked up again after every insert. */
  words: Int32Array
  pairs: BigInt64Array
  parents: Uint32Array
  ordinals: Uint16Array
  slot = 0
  /** The state whose successors are being written. */
  parent = 0
  transitions = 0
  /** Steps that said something, were cut, or stored what does not fit. */
  incidents = 0
  /** Told after an insert which states the slots led to, and from which. */
  settled: ((found: Uint32Array, parents: Uint32Array, count: number) => void) | undefined
  /** Whether `retreats` is to be known. */
  watching = false
  /** Whether some step led to a state that was there before the one it started in: without any there is no cycle. */
  retreats = false

  constructor(
    readonly store: StateStore,
    readonly reports: Reports,
    /** Successors that a state may have. */
    most: number,
  ) {
    this.words = store.batch
    this.pairs = pairsOf(store.batch)
    this.parents = store.parents
    this.ordinals = store.ordinals
    if (store.capacity < most) {
      throw new ModelError(
        'scenario',
        `may have ${most} successors of one state, and a batch of the store has ${store.capacity} slots`,
        'offer fewer choices at a time',
      )
    }
  }

  push(ordinal: number): void {
    const { slot } = this
    this.parents[slot] = this.parent
    this.ordinals[slot] = ordinal
    this.slot = slot + 1
    this.transitions++
  }

  found(ordinal: number, findings: readonly Finding[]): void {
    this.incidents++
    this.reports.found(this.parent, ordinal, findings)
    if (findings.some(finding => finding.fatal)) this.transitions++
  }

  cut(_ordinal: number, bound: string): void {
    this.incidents++
    this.reports.cut(bound)
  }

  broke(ordinal: number, error: Error): void {
    this.incidents++
    this.reports.broke(this.parent, ordinal, error)
  }

  /** Whether another expansion with up to `most` successors fits. */
  fits(most: number): boolean {
    return this.slot + most <= this.store.capacity
  }

  /** Inserts what was collected; returns the number of new states. */
  flush(): number {
    const added = this.store.insert(this.slot)
    const { store } = this
    if (this.watching && !this.retreats) this.#look()
    this.settled?.(store.found, store.parents, this.slot)
    if (this.words !== store.batch) this.pairs = pairsOf(store.batch)
    this.words = store.batch
    this.parents = store.parents
    this.ordinals = store.ordinals
    this.slot = 0
    return added
  }

  #look(): void {
    const { found, parents } = this.store
    for (let i = 0; i < this.slot; i++) {
      if (found[i] <= parents[i] && parents[i] !== NO_PARENT) this.retreats = true
    }
  }
}

function pairsOf({ buffer, byteOffset, length }: Int32Array): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, length / 2)
}

/** Expands states a second time, to catch steps that depend on something outside the state. */
export class Again {
  // A batch like the explorer's own, so that code optimised for the one serves the other.
  readonly batch: Batch

  constructor(readonly system: System) {
    const most = Math.max(1, system.maxSuccessors)
    const deaf = () => undefined
    const reports: Reports = { found: deaf, cut: deaf, broke: deaf }
    this.batch = new Batch(createPlainStore(system.words, { capacity: most }), reports, most)
  }

  /**
   * Runs the expansion of the working vector, which is state `id`, again and compares it with the slots of `first` from
   * `from` on. @throws ModelError when a step did not do the same twice, so that it depends on something outside the
   * state, and when a condition changed the state.
   */
  check(first: Batch, from: number, id: number): void {
    const { system } = this
    const { words } = system
    system.threads.forEach((name, t) => {
      first.store.load(id, system.vector)
      system.enabled(t)
      checkUnchanged(system, first.store, id, `a condition of thread ${name}`)
    })
    const again = this.batch
    again.slot = 0
    system.expand(again)
    const count = first.slot - from
    for (let i = 0; i < count || i < again.slot; i++) {
      if (i === count || i === again.slot || first.ordinals[from + i] !== again.ordinals[i]) {
        throw nondeterministic(system, i === count ? again.ordinals[i] : first.ordinals[from + i])
      }
      for (let word = 0; word < words; word++) {
        if (first.words[(from + i) * words + word] !== again.words[i * words + word]) {
          throw nondeterministic(system, again.ordinals[i])
        }
      }
    }
  }
}

/** @throws ModelError when the working vector is no longer state `id`, which `who` has looked at. */
export function checkUnchanged(system: System, store: StateStore, id: number, who: string): void {
  const original = new Int32Array(system.words)
  store.load(id, original)
  if (original.every((word, i) => word === system.vector[i])) return
  throw new ModelError(who, 'changed the state', 'properties and conditions may only look at it')
}

function nondeterministic(system: System, ordinal: number): ModelError {
  return new ModelError(
    `thread ${system.threads[threadOf(ordinal)]}`,
    'did two different things from one state',
    'recipes may read nothing but the state and the locals; use choose for a choice',
  )
}

/** The error of a value out of range on a run that violates nothing before it. */
export function outOfRange(system: System, ordinal: number, error: Error): ModelError {
  return new ModelError(
    `thread ${system.threads[threadOf(ordinal)]}`,
    `stores a value its field cannot hold: ${reasonOf(error)}`,
    'widen the range, or bound the model with bound(…)',
  )
}
