import { bound, current, demand, expect, NONE } from 'foliocheck'
import { freeOnlyUnmapped, pageInUse, refcountSane } from '../../../properties/page-table/ledger.js'
import { unlockByHolder } from '../../../properties/page-table/locks.js'
import { eachEntry, own } from './ledger.js'
import { FRAMES, isDeviceFrame, N, SYSTEM_FRAMES } from './sizes.js'
import type { PageState, State } from './state.js'

/** Folios: finding them, counting references, locking, allocating and freeing them. Each call is part of one step. */

/** The page, for somebody who touches its metadata; that of a free page is not his. */
export function pageAt(s: State, p: number): PageState {
  demand(pageInUse, p >= 0 && p < FRAMES, `there is no page p${p}`)
  expect(pageInUse, s.pages[p].head !== NONE, `p${p} is free`)
  return s.pages[p]
}

/** page_folio: the head of the page's folio. */
export function page_folio(s: State, p: number): number {
  const { head } = pageAt(s, p)
  return head === NONE ? p : head
}

/** folio_nr_pages. */
export function folio_nr_pages(s: State, folio: number): number {
  return s.pages[folio].large ? N : 1
}

export function folio_test_large(s: State, folio: number): boolean {
  return s.pages[folio].large
}

export function folio_is_device_private(folio: number): boolean {
  return isDeviceFrame(folio)
}

/** folio_mapped, folio_mapcount: the large mapcount. */
export function folio_mapped(s: State, folio: number): boolean {
  return s.pages[folio].lmap > 0
}

/* References. */

export function folio_get(s: State, folio: number): void {
  const page = pageAt(s, folio)
  demand(refcountSane, page.ref > 0, `folio_get(p${folio}) at ${page.ref}`)
  page.ref++
  own(s, folio, 1)
}

export function folio_ref_add(s: State, folio: number, n: number): void {
  const page = pageAt(s, folio)
  demand(refcountSane, page.ref > 0, `folio_ref_add(p${folio}) at ${page.ref}`)
  page.ref += n
  own(s, folio, n)
}

/** folio_try_get: fails at 0, free or frozen. Asks for no right to the page. */
export function folio_try_get(s: State, folio: number): boolean {
  const page = s.pages[folio]
  if (page.ref <= 0) return false
  page.ref++
  own(s, folio, 1)
  return true
}

/** folio_put_testzero: true for the thread that dropped the last reference. */
export function folio_put_testzero(s: State, folio: number): boolean {
  const page = pageAt(s, folio)
  demand(refcountSane, page.ref > 0, `folio_put(p${folio}) at ${page.ref}`)
  page.ref--
  own(s, folio, -1)
  return page.ref === 0
}

/** folio_expected_ref_count of an anonymous folio outside the swap cache. */
export function folio_expected_ref_count(s: State, folio: number): number {
  return s.pages[folio].lmap
}

/** folio_ref_freeze: compares and sets the count to 0. */
export function folio_ref_freeze(s: State, folio: number, expected: number): boolean {
  const page = pageAt(s, folio)
  if (page.ref !== expected) return false
  page.ref = 0
  page.frozen = true
  own(s, folio, -expected)
  return true
}

export function folio_ref_unfreeze(s: State, folio: number, count: number): void {
  const page = pageAt(s, folio)
  expect(refcountSane, page.ref === 0, `folio_ref_unfreeze(p${folio}) at ${page.ref}`)
  page.ref = count
  page.frozen = false
  own(s, folio, count)
}

/* The folio lock. Waiters are not queued: whoever waits may go on as soon as PG_locked is clear, in any order. */

export function folio_unlocked(s: State, folio: number): boolean {
  return !s.pages[folio].locked
}

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

export function folio_unlock(s: State, folio: number): void {
  const page = pageAt(s, folio)
  const mine = page.locked && page.locker === current()
  expect(unlockByHolder, mine, `folio_unlock(p${folio}), locked by ${page.locked ? `cpu${page.locker}` : 'nobody'}`)
  page.locked = false
  page.locker = NONE
}

/* Allocating and freeing. */

/** Makes `p` the head of a new folio, with one reference of the running thread. */
function make(s: State, p: number, large: boolean): void {
  for (let i = 0; i < (large ? N : 1); i++) {
    const page = s.pages[p + i]
    page.head = p
    page.data = 0
  }
  const head = s.pages[p]
  head.large = large
  head.ref = 1
  own(s, p, 1)
}

/** A new zeroed PMD-sized folio of system memory. The model has three blocks; runs that need more are cut. */
export function alloc_large(s: State): number {
  let found = NONE
  for (let p = SYSTEM_FRAMES - N; p >= 0; p -= N) {
    if (s.pages[p].head === NONE && s.pages[p + 1].head === NONE) found = p
  }
  bound('blocks of system memory', found !== NONE)
  make(s, found, true)
  return found
}

/** A new zeroed page of system memory, taken from the other end. */
export function alloc_small(s: State): number {
  let found = NONE
  for (let p = 0; p < SYSTEM_FRAMES; p++) if (s.pages[p].head === NONE) found = p
  bound('pages of system memory', found !== NONE)
  make(s, found, false)
  return found
}

/** A new device-private folio, as zone_device_page_init leaves it: one reference, locked. NONE when none is free. */
export function alloc_device(s: State, large: boolean): number {
  const size = large ? N : 1
  for (let p = SYSTEM_FRAMES; p + size <= FRAMES; p += size) {
    let free = true
    for (let i = 0; i < size; i++) if (s.pages[p + i].head !== NONE) free = false
    if (!free) continue
    make(s, p, large)
    take_folio_lock(s, p)
    return p
  }
  return NONE
}

/** The pages of a folio whose count is 0 become free. */
export function free_folio(s: State, folio: number): void {
  const page = pageAt(s, folio)
  const nr = folio_nr_pages(s, folio)
  let named = ''
  eachEntry(s, (e, va) => {
    if (e.pfn >= folio && e.pfn < folio + nr) named = `va${va} has a ${e.kind} entry for p${e.pfn}`
  })
  expect(freeOnlyUnmapped, page.ref === 0, `p${folio} is freed with ${page.ref} references`)
  expect(freeOnlyUnmapped, page.lmap === 0, `p${folio} is freed with ${page.lmap} mappings`)
  expect(freeOnlyUnmapped, named === '', `p${folio} is freed while ${named}`)
  expect(freeOnlyUnmapped, !page.locked, `p${folio} is freed while cpu${page.locker} has it locked`)
  for (let p = folio; p < folio + nr; p++) {
    const free = s.pages[p]
    free.head = NONE
    free.ref = 0
    free.emap = 0
    free.lmap = 0
    free.pmap = 0
    free.ae = false
    free.locked = false
    free.locker = NONE
    free.flags = 0
    free.index = NONE
    free.data = 0
    free.pins = 0
    free.fresh = false
    free.obstructed = false
  }
}
