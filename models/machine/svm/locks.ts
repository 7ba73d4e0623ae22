import { current, demand, expect, NONE } from 'foliocheck'
import { noRecursion, unlockByHolder } from '../../../properties/svm/folios.js'
import type { State } from './state.js'

/** Mutexes of drivers, and CPU 0. */

type Mutex = 'notifierLock' | 'svmsLock' | 'migrateMutex'

/** mutex_lock can be decided: the lock is free, or the thread would wait for itself. */
export function can_lock(s: State, mutex: Mutex): boolean {
  return s[mutex] === NONE || s[mutex] === current()
}

/** What lockdep says: nobody takes a mutex that he holds. */
export function take_mutex(s: State, mutex: Mutex): void {
  demand(noRecursion, s[mutex] !== current(), `${mutex} is held by the thread that waits for it`)
  s[mutex] = current()
}

export function mutex_unlock(s: State, mutex: Mutex): void {
  expect(unlockByHolder, s[mutex] === current(), `${mutex} is not the caller’s`)
  s[mutex] = NONE
}

/** The page-table lock, where its critical section is more than one step: it excludes nobody, see the table. */
export function pte_lock(s: State): void {
  s.cpus[current()].table = true
}

export function pte_unlock(s: State): void {
  s.cpus[current()].table = false
}

/** schedule(): whoever slept is not on CPU 0 any more; where he wakes up does not matter. */
export function schedule(s: State): void {
  if (s.cpu0 === current()) s.cpu0 = NONE
}
