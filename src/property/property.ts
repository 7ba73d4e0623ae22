import type { Assertion } from '../program/findings.js'
import type { Machine } from '../program/operation.js'
import type { RecordType, ValueOf } from '../state/schema.js'
import type { LockRule } from './locks.js'

export type { Assertion } from '../program/findings.js'

/** A claim about states: all that are reached, or those in which nothing can happen any more. */
export interface Invariant {
  readonly kind: 'invariant'
  readonly name: string
  readonly claim: string
  readonly when: 'always' | 'quiescent'
  /** Names the things the clauses range over: `p` and 4 for `p0`..`p3`. */
  readonly over: { readonly prefix: string; readonly count: number }
  /** When this never holds, the invariant had no chance to fail and its verdict is `vacuous`. */
  readonly premise: (s: never) => boolean
  /** Each must hold for each thing; named so that `why` can say which did not. */
  readonly clauses: Readonly<Record<string, (s: never, i: number) => boolean>>
}

/** A claim that a situation is possible: it must be found. */
export interface Reachable {
  readonly kind: 'reachable'
  readonly name: string
  readonly claim: string
  readonly holds: (s: never) => boolean
}

/** The claim that no run gets stuck before every thread is at its end, or may wait for ever. */
export interface Deadlock {
  readonly kind: 'deadlock'
  readonly name: string
  readonly claim: string
}

/**
 * Who is owed a turn in a run that goes on for ever. Weak: who could go on all the time. Strong: who could go on again and
 * again, too, as a waiter for a lock that is taken and given back: the kernel's locks hand themselves to those who wait.
 */
export type Fairness = 'weak' | 'strong'

/** The claim that no run goes on for ever in which every thread gets its turn. */
export interface Livelock {
  readonly kind: 'livelock'
  readonly name: string
  readonly claim: string
  readonly fairness: Fairness
}

/** The claim that no two accesses that conflict can come at the same time, unless both are marked. */
export interface DataRace {
  readonly kind: 'data-race'
  readonly name: string
  readonly claim: string
}

/** What is checked. */
export type Property = Assertion | Invariant | Reachable | Deadlock | Livelock | LockRule | DataRace

/** Every run can go on until all threads are at their ends. */
export const noDeadlock: Deadlock = {
  kind: 'deadlock',
  name: 'no-deadlock',
  claim: 'no thread waits for ever: every run goes on until each thread has ended',
}

/** Under strong fairness: who can go on again and again does go on, as a waiter for one of the kernel's locks. */
export const noLivelock: Livelock = {
  kind: 'livelock',
  name: 'no-livelock',
  claim: 'no run goes on for ever in which every thread that can take a step again and again takes one again and again',
  fairness: 'strong',
}

/** Under weak fairness: a lock may pass by who waits for it for ever, as a lock without a queue does. */
export const noStarvation: Livelock = {
  kind: 'livelock',
  name: 'no-starvation',
  claim: 'no run goes on for ever in which every thread that can take a step all the time takes one again and again',
  fairness: 'weak',
}

/** What KCSAN looks for, in every state: of the steps that are `plain`, none meets another that it conflicts with. */
export const noDataRace: DataRace = {
  kind: 'data-race',
  name: 'no-data-race',
  claim: 'no two threads access one field at the same time, one of them to write it, and not both by marked accesses',
}

interface InvariantSpec<S> {
  readonly claim: string
  readonly when?: 'always' | 'quiescent'
  readonly over?: { readonly prefix: string; readonly count: number }
  readonly premise?: (s: S) => boolean
  readonly clauses: Readonly<Record<string, (s: S, i: number) => boolean>>
}

/** An invariant over the state of `machine`: checked in every state, or with `when: 'quiescent'` when nothing can run. */
export function invariant<S extends RecordType>(
  machine: Machine<S>,
  name: string,
  spec: InvariantSpec<ValueOf<S>>,
): Invariant {
  void machine
  return {
    kind: 'invariant',
    name,
    claim: spec.claim,
    when: spec.when ?? 'always',
    over: spec.over ?? { prefix: '', count: 1 },
    premise: spec.premise ?? (() => true),
    clauses: spec.clauses,
  }
}

/** A situation that must be possible in the scenarios that name it under `exercises`. */
export function reachable<S extends RecordType>(
  machine: Machine<S>,
  name: string,
  spec: { readonly claim: string; readonly holds: (s: ValueOf<S>) => boolean },
): Reachable {
  void machine
  return { kind: 'reachable', name, claim: spec.claim, holds: spec.holds }
}

/** The clause that is false, and for which thing; undefined when the invariant holds. */
export function falseClause(invariant: Invariant, shared: unknown): { clause: string; index: number } | undefined {
  for (let i = 0; i < invariant.over.count; i++) {
    for (const [clause, holds] of Object.entries(invariant.clauses)) {
      if (!holds(shared as never, i)) return { clause, index: i }
    }
  }
  return undefined
}
