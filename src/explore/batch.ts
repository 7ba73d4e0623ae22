import { ModelError, reasonOf } from '../errors.js'
import type { Finding } from '../system/finding.js'
import { type Successors, type System, threadOf } from '../system/system.js'
import type { StateStore } from './store/store.js'

/** What transitions said besides their successors. */
export interface Reports {
  found(parent: number, ordinal: number, findings: readonly Finding[]): void
  cut(bound: string): void
  broke(parent: number, ordinal: number, error: Error): void
}

/** Collects successors in the slots of a store's batch. */
export class Batch implements Successors {
  words: Int32Array
  slot = 0
  /** The state whose successors are being written. */
  parent = 0
  transitions = 0

  constructor(
    readonly store: StateStore,
    readonly reports: Reports,
    /** Successors that a state may have. */
    most: number,
  ) {
    this.words = store.batch
    if (store.capacity < most) {
      throw new ModelError(
        'scenario',
        `may have ${most} successors of one state, and a batch of the store has ${store.capacity} slots`,
        'offer fewer choices at a time',
      )
    }
  }

  push(ordinal: number): void {
    this.store.parents[this.slot] = this.parent
    this.store.ordinals[this.slot] = ordinal
    this.slot++
    this.transitions++
  }

  found(ordinal: number, findings: readonly Finding[]): void {
    this.reports.found(this.parent, ordinal, findings)
    if (findings.some(finding => finding.fatal)) this.transitions++
  }

  cut(_ordinal: number, bound: string): void {
    this.reports.cut(bound)
  }

  broke(ordinal: number, error: Error): void {
    this.reports.broke(this.parent, ordinal, error)
  }

  /** Whether another expansion with up to `most` successors fits. */
  fits(most: number): boolean {
    return this.slot + most <= this.store.capacity
  }

  /** Inserts what was collected; returns the number of new states. */
  flush(): number {
    const added = this.store.insert(this.slot)
    this.words = this.store.batch
    this.slot = 0
    return added
  }
}

/**
 * Runs the expansion of the working vector, which is state `id`, again and compares it with the slots from `from` on.
 * @throws ModelError when a step did not do the same twice, so that it depends on something outside the state, and when
 * a condition changed the state.
 */
export function checkDeterminism(system: System, batch: Batch, from: number, id: number): void {
  system.threads.forEach((name, t) => {
    batch.store.load(id, system.vector)
    system.enabled(t)
    checkUnchanged(system, batch.store, id, `a condition of thread ${name}`)
  })
  const expected = batch.words.slice(from * system.words, batch.slot * system.words)
  const ordinals = Array.from(batch.store.ordinals.subarray(from, batch.slot))
  const again: Successors & { slot: number } = {
    words: new Int32Array(expected.length + system.maxSuccessors * system.words),
    slot: 0,
    push(ordinal: number) {
      const at = again.slot * system.words
      const same =
        ordinal === ordinals[again.slot] &&
        again.words.subarray(at, at + system.words).every((word, i) => word === expected[at + i])
      if (!same) throw nondeterministic(system, ordinals[again.slot] ?? ordinal)
      again.slot++
    },
    found: () => undefined,
    cut: () => undefined,
    broke: () => undefined,
  }
  system.expand(again)
  if (again.slot !== ordinals.length) throw nondeterministic(system, ordinals[again.slot] ?? 0)
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
