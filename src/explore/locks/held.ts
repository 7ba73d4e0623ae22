import { ModelError, reasonOf } from '../../errors.js'
import type { LockClass } from '../../property/locks.js'

/** How a lock is held, as a number: what is larger excludes more. */
export const NONE = 0
export const SHARED = 1
export const EXCLUSIVE = 2

/** One lock, by the place of its class and its number in the class. */
export interface Lock {
  readonly of: number
  readonly instance: number
}

/** All locks, each at its place, and how a thread holds them. */
export class Locks {
  readonly all: readonly Lock[]

  constructor(readonly classes: readonly LockClass[]) {
    this.all = classes.flatMap(({ count = 1 }, of) =>
      Array.from({ length: count }, (_, instance) => ({ of, instance })),
    )
  }

  /**
   * Writes to `into` how the thread holds each lock in a shared state; says whether it holds any.
   * @throws ModelError when a class cannot say so.
   */
  heldBy(shared: unknown, thread: number, into: Uint8Array): boolean {
    const { all, classes } = this
    let any = false
    for (let i = 0; i < all.length; i++) {
      const { of, instance } = all[i]
      try {
        const hold = classes[of].holds(shared as never, instance, thread)
        into[i] = hold === 'none' ? NONE : hold === 'shared' ? SHARED : EXCLUSIVE
      } catch (thrown) {
        throw new ModelError(`lock ${classes[of].name}`, `threw: ${reasonOf(thrown)}`, 'it may only look at the state')
      }
      if (into[i] !== NONE) any = true
    }
    return any
  }

  /** How the thread holds each lock in a shared state. */
  of(shared: unknown, thread: number): Uint8Array {
    const held = new Uint8Array(this.all.length)
    this.heldBy(shared, thread, held)
    return held
  }

  /** A name for a lock: that of its class, with its number where there are several. */
  nameOf({ of, instance }: Lock): string {
    const { name, count = 1 } = this.classes[of]
    return count === 1 ? name : `${name}${instance}`
  }
}
