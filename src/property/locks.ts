import type { Machine } from '../program/operation.js'
import type { RecordType, ValueOf } from '../state/schema.js'

/** How a thread holds a lock. */
export type Hold = 'none' | 'shared' | 'exclusive'

/** Locks of one kind, which the kernel's lockdep would put into one class. */
export interface LockClass<S = never> {
  /** The kernel's word for it: `&prange->lock`; where there are several, what their number follows: `folio lock of p`. */
  readonly name: string
  /** How many there are; 1 unless given. */
  readonly count?: number
  /** How thread `thread`, numbered as `current()` says, holds the one of that number. */
  readonly holds: (s: S, instance: number, thread: number) => Hold
  /** Whether who waits for it may sleep, as for a mutex, a semaphore or a folio lock: not so for a spinlock. */
  readonly sleeps: boolean
  /** Whether one of the class may be waited for under another: an order that the kernel keeps, say by address. */
  readonly nests?: (held: number, wanted: number) => boolean
  /** A reader waits behind a writer that waits, as for an rwsem: then two readers can be part of a deadlock. */
  readonly queues?: boolean
}

/**
 * A rule of lock discipline. Order: classes are taken in one order by all. Exit: a thread ends without a lock. Sleep:
 * who holds a spinlock waits for nothing that may let him sleep.
 */
export interface LockRule {
  readonly kind: 'locks'
  readonly rule: 'order' | 'exit' | 'sleep'
  readonly name: string
  readonly claim: string
  readonly classes: readonly LockClass[]
}

interface LockRuleSpec<S> {
  readonly classes: readonly LockClass<S>[]
  readonly claim?: string
}

function lockRule<S extends RecordType>(
  machine: Machine<S>,
  rule: LockRule['rule'],
  name: string,
  claim: string,
  spec: LockRuleSpec<ValueOf<S>>,
): LockRule {
  void machine
  return { kind: 'locks', rule, name, claim: spec.claim ?? claim, classes: spec.classes }
}

/**
 * No cycle among the classes: whoever waits for a lock of one class under one of another, nobody does it the other way
 * round, be it in another run. A trylock waits for nothing.
 */
export function lockOrder<S extends RecordType>(
  machine: Machine<S>,
  name: string,
  spec: LockRuleSpec<ValueOf<S>>,
): LockRule {
  const claim = 'no two runs wait for locks of the same classes in opposite orders'
  return lockRule(machine, 'order', name, claim, spec)
}

/** A thread that has ended holds no lock. */
export function noLockAtExit<S extends RecordType>(
  machine: Machine<S>,
  name: string,
  spec: LockRuleSpec<ValueOf<S>>,
): LockRule {
  return lockRule(machine, 'exit', name, 'a thread that has ended holds no lock', spec)
}

/** Nobody waits for a lock that may let him sleep while he holds one that may not. */
export function noSleepUnderSpinlock<S extends RecordType>(
  machine: Machine<S>,
  name: string,
  spec: LockRuleSpec<ValueOf<S>>,
): LockRule {
  return lockRule(machine, 'sleep', name, 'nobody waits for a lock that may sleep while he holds a spinlock', spec)
}

/** The lock classes that some rule among the properties declares. */
export function lockClassesOf(
  properties: readonly { readonly kind: string; readonly classes?: readonly LockClass[] }[],
): readonly LockClass[] {
  return properties.find(({ kind }) => kind === 'locks')?.classes ?? []
}
