import { current } from 'foliocheck'
import type { EntryState } from './entry.js'
import type { State } from './state.js'

/**
 * Ghost: who owns each reference, and who has counted a mapping that no table shows. Two sums hold by construction, for
 * every folio: its reference count is what its entries own and what threads own, and its mapcount is what its entries
 * contribute and what threads have counted beyond them. Properties say what the threads' shares must be.
 */

/** The head under which a page's folio is kept in the accounts. */
function headOf(s: State, p: number): number {
  const { head } = s.pages[p]
  return head < 0 ? p : head
}

/** The running thread owns `n` references more to the folio of `p`. */
export function own(s: State, p: number, n: number): void {
  s.accounts[current()].of[headOf(s, p)].refs += n
}

/** The running thread has counted `n` mappings more of the folio of `p` than it has entered. */
export function counted(s: State, p: number, n: number): void {
  s.accounts[current()].of[headOf(s, p)].maps += n
}

/** References that an entry owns. */
export function refsOf(e: EntryState): number {
  return e.kind === 'present' || e.kind === 'invalid' || e.kind === 'device' || e.kind === 'exclusive' ? 1 : 0
}

/** Mappings that an entry contributes to the mapcounts. */
export function mapsOf(s: State, e: EntryState): number {
  return e.kind === 'exclusive' && s.exclusiveUnmapped ? 0 : refsOf(e)
}

/** What the entry owned passes to the running thread (`sign` 1), or from it to the entry (-1). */
export function transfer(s: State, e: EntryState, sign: 1 | -1): void {
  if (e.pfn < 0) return
  own(s, e.pfn, sign * refsOf(e))
  counted(s, e.pfn, sign * mapsOf(s, e))
}

/** Base pages that an entry adds to MM_ANONPAGES, at its level. */
export function rssOf(e: EntryState, pages: number): number {
  return e.kind === 'none' || e.kind === 'table' ? 0 : pages
}

/** Whether a thread is inside a section under some page-table lock. */
export function insideTableLock(s: State, cpu: number): boolean {
  for (const vma of s.vmas) if (vma.pmdLock === cpu || vma.pteLock === cpu) return true
  return false
}

/** Whether any page-table lock is held. */
export function anyTableLock(s: State): boolean {
  for (const vma of s.vmas) if (vma.pmdLock >= 0 || vma.pteLock >= 0) return true
  return false
}

/** Calls `visit` for every leaf and softleaf entry that a table shows: of which VMA, at which level. */
export function eachEntry(s: State, visit: (e: EntryState, va: number, index: number) => void): void {
  for (let va = 0; va < s.vmas.length; va++) {
    const { pmd, ptes } = s.vmas[va]
    if (pmd.kind === 'none') continue
    if (pmd.kind !== 'table') visit(pmd, va, -1)
    else for (let i = 0; i < ptes.length; i++) if (ptes[i].kind !== 'none') visit(ptes[i], va, i)
  }
}
