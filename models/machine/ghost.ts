import { NONE } from 'foliocheck'
import { LIVES, PAGES, type State } from './state.js'

/** What the specification knows of a page beyond its words. No operation branches on any of it. */

/** Whether `p` is the head of a folio that mm uses. */
export function isLiveHead(s: State, p: number): boolean {
  return s.pages[p].folio === p
}

/** How many pages the folio of head `head` was allocated with; 0 when it is no folio in use. */
export function pagesOf(s: State, head: number): number {
  let count = 0
  for (let p = 0; p < PAGES; p++) if (s.pages[p].folio === head) count++
  return count
}

/** mm takes over `count` pages from `head` on as one folio, with one reference that the caller owns. */
export function beginUse(s: State, head: number, count: number): void {
  for (let p = head; p < head + count && p < PAGES; p++) {
    s.pages[p].owner = 'mm'
    s.pages[p].folio = head
  }
  s.pages[head].owned = 1
  s.pages[head].building = count > 1
}

/** mm gives the pages of the folio back: from here on whoever frees it may touch none of them. */
export function endUse(s: State, head: number, to: 'pool' | 'driver'): void {
  for (let p = 0; p < PAGES; p++) {
    const page = s.pages[p]
    if (page.folio !== head) continue
    page.owner = to
    page.folio = NONE
    page.life = (page.life + 1) % LIVES
    page.owned = 0
    page.building = false
  }
}
