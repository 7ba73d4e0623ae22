import { demand, expect } from 'foliocheck'
import { getOnlyReferenced, putOnlyReferenced } from '../../properties/refcounts.js'
import { pageAt } from './page.js'
import type { State } from './state.js'

/** The folio reference count. Each call is one atomic read-modify-write. */

/**
 * folio_get: the caller owns a reference already, or holds the lock of a table whose entry owns one. Its VM_BUG_ON is
 * for debug kernels; the others count on.
 */
export function folio_get(s: State, folio: number): void {
  const page = pageAt(s, folio)
  expect(getOnlyReferenced, page.ref > 0, `folio_get(p${folio}) at 0`)
  page.ref++
  page.owned++
}

/** folio_try_get: fails at 0. */
export function folio_try_get(s: State, folio: number): boolean {
  const page = pageAt(s, folio)
  if (page.ref === 0) return false
  page.ref++
  page.owned++
  return true
}

/** folio_put_testzero: true for the thread that dropped the last reference. */
export function folio_put_testzero(s: State, folio: number): boolean {
  const page = pageAt(s, folio)
  demand(putOnlyReferenced, page.ref > 0, `folio_put(p${folio}) at 0`)
  expect(putOnlyReferenced, page.owned > 0, `folio_put(p${folio}) of a reference that nobody owns`)
  page.ref--
  if (page.owned > 0) page.owned--
  return page.ref === 0
}
