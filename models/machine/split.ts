import { current, demand, expect } from 'foliocheck'
import { splitOnlyFrozen, unfreezeFromZero } from '../../properties/split.js'
import { pageAt } from './page.js'
import { PAGES, type State } from './state.js'

/** Freezing a folio for a split, and what the specification knows of it. */

/** The folio's count is 0 from here, by the splitter's doing. */
export function beginFreeze(s: State, folio: number): void {
  for (let p = 0; p < PAGES; p++) if (s.pages[p].folio === folio) s.pages[p].frozen = true
}

/** folio_ref_freeze: to 0 if the count is exactly `count`. */
export function folio_ref_freeze(s: State, folio: number, count: number): boolean {
  const page = pageAt(s, folio)
  if (page.ref !== count) return false
  page.ref = 0
  beginFreeze(s, folio)
  return true
}

/** folio_ref_unfreeze of a folio of `nr` pages, which is the current thread's, locked and with `count` references. */
export function folio_ref_unfreeze(s: State, folio: number, count: number, nr: number): void {
  const head = pageAt(s, folio)
  demand(unfreezeFromZero, head.ref === 0, `p${folio} has ${head.ref} references`)
  for (let p = folio; p < folio + nr && p < PAGES; p++) {
    s.pages[p].folio = folio
    s.pages[p].frozen = false
  }
  if (head.owned === 0) head.owned = count
  head.locker = current()
  head.ref = count
}

/** Asserts that the pages may be rewritten as pieces of a split. */
export function checkFrozen(s: State, folio: number): void {
  const { ref, owned, frozen } = pageAt(s, folio)
  expect(splitOnlyFrozen, frozen && ref === 0, `p${folio} has ${ref} references`)
  expect(splitOnlyFrozen, owned === 1, `${owned} references to p${folio} are owned`)
}
