import { current, expect, NONE } from 'foliocheck'
import { entriesUnderLock, unlockByOwner } from '../../properties/locks.js'
import { pageAt } from './page.js'
import type { State } from './state.js'

/**
 * The folio lock. Waiters are not queued: who waits for PG_locked goes on as soon as it is clear, in any order, which
 * covers every order in which the kernel may wake them.
 */

/** Whether PG_locked is clear, so that a lock attempt succeeds. */
export function folio_unlocked(s: State, folio: number): boolean {
  return !pageAt(s, folio).locked
}

/** Sets PG_locked; only where it is clear. */
export function take_folio_lock(s: State, folio: number): void {
  const page = pageAt(s, folio)
  page.locked = true
  page.locker = current()
}

export function folio_trylock(s: State, folio: number): boolean {
  if (!folio_unlocked(s, folio)) return false
  take_folio_lock(s, folio)
  return true
}

/** Asserts that the current thread may change the entries of a folio. */
export function checkLocked(s: State, folio: number): void {
  expect(entriesUnderLock, pageAt(s, folio).locker === current(), `p${folio} is not locked by this thread`)
}

export function folio_unlock(s: State, folio: number): void {
  const page = pageAt(s, folio)
  expect(unlockByOwner, page.locked, `folio_unlock(p${folio}) while it is not locked`)
  expect(unlockByOwner, page.locker === current(), `folio_unlock(p${folio}) by a thread that does not hold it`)
  page.locked = false
  page.locker = NONE
}
