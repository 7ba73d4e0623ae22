import { PAGES, type State } from './state.js'

/** Whether `p` is the head of a folio that mm uses. */
export function isLiveHead(s: State, p: number): boolean {
  return s.pages[p].folio === p
}

/** How many pages the folio of head `head` has; 0 when it is no folio in use. */
export function pagesOf(s: State, head: number): number {
  let count = 0
  for (let p = 0; p < PAGES; p++) if (s.pages[p].folio === head) count++
  return count
}

/** Whether an entry other than a migration entry maps a page of the folio of `head`. */
export function isMapped(s: State, head: number): boolean {
  for (const slot of s.slots) {
    if (slot.page >= 0 && !slot.migration && s.pages[slot.page].folio === head) return true
  }
  return false
}
