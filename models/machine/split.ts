import { current, demand, expect } from 'foliocheck'
import { pieceComplete, splitOnlyFrozen, unfreezeFromZero } from '../../properties/split.js'
import { pageAt } from './page.js'
import { PAGES, type PageState, type State } from './state.js'

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

/**
 * folio_ref_unfreeze of a folio of `nr` pages, which is the current thread's, locked and with `count` references; a piece
 * of `whole`.
 */
export function folio_ref_unfreeze(s: State, folio: number, count: number, nr: number, whole: number): void {
  const head = pageAt(s, folio)
  demand(unfreezeFromZero, head.ref === 0, `p${folio} has ${head.ref} references`)
  checkPiece(head, s.pages[whole], nr, `p${folio}`)
  for (let p = folio; p < folio + nr && p < PAGES; p++) {
    s.pages[p].folio = folio
    s.pages[p].frozen = false
  }
  if (head.owned === 0) head.owned = count
  head.locker = current()
  head.ref = count
}

function checkPiece(piece: PageState, whole: PageState, nr: number, name: string): void {
  const { locked, head, mapping, w0, w1, w2, w7, fresh } = piece
  expect(pieceComplete, locked, `${name} is not locked`)
  expect(pieceComplete, head === nr > 1, `${name} has ${head ? '' : 'no '}PG_head`)
  expect(pieceComplete, (w0 & ~HEAD) === (whole.w0 & ~HEAD), `${name} has flags ${w0}, the whole ${whole.w0}`)
  expect(pieceComplete, mapping === whole.mapping, `${name} has mapping ${mapping}`)
  expect(pieceComplete, w1.tag === 'pgmap', `${name} has no pgmap`)
  expect(pieceComplete, fresh && w2.tag === whole.w2.tag, `${name} has no driver data`)
  if (w2.tag === 'backing')
    expect(pieceComplete, 1 << w2.value === nr, `${name} has a backing folio of order ${w2.value}`)
  expect(pieceComplete, w7.tag === whole.w7.tag, `${name} is ${w7.tag === 'memcg' ? '' : 'not '}charged`)
}

const HEAD = 1 << 6

/** Asserts that the pages may be rewritten as pieces of a split. */
export function checkFrozen(s: State, folio: number): void {
  const { ref, owned, frozen } = pageAt(s, folio)
  expect(splitOnlyFrozen, frozen && ref === 0, `p${folio} has ${ref} references`)
  expect(splitOnlyFrozen, owned === 1, `${owned} references to p${folio} are owned`)
}
