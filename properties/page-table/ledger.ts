import { assertion, invariant } from 'foliocheck'
import { anyTableLock, eachEntry, insideTableLock, mapsOf, rssOf } from '../../models/machine/page-table/ledger.js'
import { FRAMES, MMS, mmOf, N, THREADS, VMAS } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Who owns references, mapcounts, rss and deposited tables. */

/** I-L3: a free page belongs to nobody. */
export const pageInUse = assertion(
  'no-access-to-free-page',
  'nobody takes, drops or locks, or counts mappings of, a page that is free',
)

/** I-L3, VM_BUG_ON in folio_get and folio_put. */
export const refcountSane = assertion('refcount-is-sane', 'a reference is taken or dropped only where there is one')

/** I-L3, what _compound_head and __folio_rmap_sanity_checks would say. */
export const mapcountSane = assertion('no-mapcount-underflow', 'a mapping is removed only where one was added')

/** I-L3, I-DP1, and more: what free_pages_prepare and free_zone_device_folio rely on. */
export const freeOnlyUnmapped = assertion(
  'free-only-unmapped-folio',
  'a folio is freed when no entry, present or not, names it any more, and nobody has it locked',
)

/** I-L5, what check_mm says at exit. */
export const rssSane = assertion('no-rss-underflow', 'no more pages are taken off MM_ANONPAGES than were added')

/** I-L6. */
export const depositSane = assertion('deposit-before-withdraw', 'a deposited page table is withdrawn only where one is')

/** I-L2. */
export const referencesOwned = invariant(pageTable, 'references-are-owned', {
  claim: 'outside page-table locks no thread has dropped a reference that was not its own, an entry’s or a folio’s',
  over: { prefix: 'cpu', count: THREADS },
  premise: s => s.accounts.some(account => account.of.some(folio => folio.refs > 0)),
  clauses: {
    'references(thread) >= 0': (s, cpu) => {
      const { of } = s.accounts[cpu]
      for (let p = 0; p < FRAMES; p++) if (of[p].refs < 0) return insideTableLock(s, cpu)
      return true
    },
  },
})

/** I-L1, per thread. */
export const mappingsEntered = invariant(pageTable, 'mappings-are-entered', {
  claim: 'outside page-table locks every mapping that a thread has counted is in a page table, and the reverse',
  over: { prefix: 'cpu', count: THREADS },
  premise: s => s.pages.some(page => page.lmap > 0),
  clauses: {
    'mappings(thread) = 0': (s, cpu) => {
      const { of } = s.accounts[cpu]
      for (let p = 0; p < FRAMES; p++) if (of[p].maps !== 0) return insideTableLock(s, cpu)
      return true
    },
  },
})

interface Counts {
  readonly pmds: number
  readonly ptes: number
}

/** Entries that count as mappings of the folio of head `head`; PTEs of page `head` alone. */
function countsOf(s: State, p: number): Counts {
  let pmds = 0
  let ptes = 0
  eachEntry(s, (e, _va, index) => {
    if (e.pfn !== p || mapsOf(s, e) === 0) return
    if (index < 0) pmds++
    else ptes++
  })
  return { pmds, ptes }
}

function largeMappings(s: State, head: number): number {
  let count = 0
  eachEntry(s, e => {
    if (e.pfn >= 0 && s.pages[e.pfn].head === head) count += mapsOf(s, e)
  })
  return count
}

/** I-L1. */
export const mapcountsMatch = invariant(pageTable, 'mapcounts-equal-entries', {
  claim: 'while no page-table lock is held, the mapcounts of a folio are the number of entries that map it',
  over: { prefix: 'p', count: FRAMES },
  premise: s => !anyTableLock(s) && s.pages.some(page => page.lmap > 0),
  clauses: {
    'entire mapcount = PMDs': (s, p) =>
      anyTableLock(s) || s.pages[p].head < 0 || s.pages[p].emap === countsOf(s, p).pmds,
    'mapcount of the page = PTEs': (s, p) =>
      anyTableLock(s) || s.pages[p].head < 0 || s.pages[p].pmap === countsOf(s, p).ptes,
    'large mapcount = PMDs and PTEs': (s, p) =>
      anyTableLock(s) || s.pages[p].head !== p || s.pages[p].lmap === largeMappings(s, p),
  },
})

/**
 * PMD splits that have counted the PTEs and not yet taken the PMD out of the count: __split_huge_pmd_locked adds N-1
 * references and N mappings before it removes one, so that until then a lockless reader sees one reference too few.
 */
function splitsInFlight(s: State, folio: number): number {
  let splits = 0
  for (let cpu = 0; cpu < THREADS; cpu++) {
    if (s.accounts[cpu].of[folio].maps >= N && insideTableLock(s, cpu)) splits++
  }
  return splits
}

/** I-L4. */
export const refcountCoversMapcount = invariant(pageTable, 'refcount-covers-mapcount', {
  claim: 'every mapping of a folio owns a reference to it, at every instant but for one within a PMD split',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some(page => page.lmap > 0),
  clauses: {
    'ref(folio) >= mapcount(folio)': (s, p) => {
      const { head, frozen, ref, lmap } = s.pages[p]
      return head !== p || frozen || ref + splitsInFlight(s, p) >= lmap
    },
    'frozen => mapcount = 0': (s, p) => s.pages[p].head !== p || !s.pages[p].frozen || s.pages[p].lmap === 0,
  },
})

function anonPages(s: State, mm: number): number {
  let pages = 0
  eachEntry(s, (e, va, index) => {
    if (mmOf(va) === mm) pages += rssOf(e, index < 0 ? N : 1)
  })
  return pages
}

/** I-L5. */
export const rssMatches = invariant(pageTable, 'rss-equals-entries', {
  claim: 'while no page-table lock is held, MM_ANONPAGES is the number of base pages that entries stand for',
  over: { prefix: 'mm', count: MMS },
  premise: s => !anyTableLock(s),
  clauses: { 'rss = pages of entries': (s, mm) => anyTableLock(s) || s.mms[mm].rss === anonPages(s, mm) },
})

/** I-L6. */
export const depositsMatch = invariant(pageTable, 'deposits-equal-leaves', {
  claim: 'while no page-table lock is held, one page table is deposited per PMD leaf or softleaf, and none else',
  over: { prefix: 'va', count: VMAS },
  premise: s => !anyTableLock(s),
  clauses: {
    'deposited = leaves': (s, va) => {
      const { pmd, deposited } = s.vmas[va]
      return anyTableLock(s) || deposited === (pmd.kind === 'none' || pmd.kind === 'table' ? 0 : 1)
    },
  },
})

/** I-L8 and the statistics. */
export const nothingOwed = invariant(pageTable, 'nothing-left-over', {
  claim: 'when nothing runs, references are those of entries, and statistics count the folios that are there',
  when: 'quiescent',
  clauses: {
    'no thread owns a reference': s => s.accounts.every(account => account.of.every(folio => folio.refs === 0)),
    'a folio in use is mapped': s => s.pages.every((page, p) => page.head !== p || page.ref > 0),
    'NR_ANON of the PMD order = large anonymous folios': s =>
      s.nrAnon === s.pages.filter((page, p) => page.head === p && page.large && page.anon).length,
  },
})
