import { bound, current, demand, expect, NONE } from 'foliocheck'
import { memoryPresent, refcountSane, unlockByHolder } from '../../../properties/svm/folios.js'
import { DEVICE, FRAMES, isDeviceFrame, OLD_DATA, PEER } from './sizes.js'
import type { State } from './state.js'

/** Folios: references, locks, allocation. Each call is part of one step. */

/** The struct page; those of the device are there until memunmap_pages has removed them. */
export function pageAt(s: State, p: number): State['pages'][number] {
  demand(memoryPresent, p >= 0 && p < FRAMES, `there is no page p${p}`)
  if (isDeviceFrame(p)) demand(memoryPresent, !s.pgmap.gone, `the struct page of p${p} is gone`)
  return s.pages[p]
}

export function folio_get(s: State, p: number): void {
  const page = pageAt(s, p)
  demand(refcountSane, page.ref > 0, `folio_get(p${p}) at 0`)
  page.ref++
}

/** True for the thread that dropped the last reference. */
export function folio_put_testzero(s: State, p: number): boolean {
  const page = pageAt(s, p)
  demand(refcountSane, page.ref > 0, `folio_put(p${p}) at 0`)
  page.ref--
  return page.ref === 0
}

/** A reference that can not be the last goes: the caller has another one. */
export function folio_put_not_last(s: State, p: number): void {
  const last = folio_put_testzero(s, p)
  expect(refcountSane, !last, `the last reference to p${p} was somebody else’s`)
}

export function folio_trylock(s: State, p: number): boolean {
  const page = pageAt(s, p)
  if (page.locked) return false
  page.locked = true
  page.locker = current()
  return true
}

export function folio_unlock(s: State, p: number): void {
  const page = pageAt(s, p)
  const mine = page.locked && page.locker === current()
  expect(unlockByHolder, mine, `unlock of p${p}, locked by ${page.locked ? `cpu${page.locker}` : 'nobody'}`)
  page.locked = false
  page.locker = NONE
}

/** A page becomes free. */
export function free_page(s: State, p: number): void {
  const page = s.pages[p]
  expect(unlockByHolder, !page.locked, `p${p} is freed while cpu${page.locker} has it locked`)
  page.used = false
  page.lru = false
  page.zdd = false
  page.data = isDeviceFrame(p) ? OLD_DATA : 0
}

/** A new zeroed page of system memory with one reference; runs that need more pages than there are, are cut. */
export function alloc_page(s: State): number {
  let found = NONE
  for (let p = DEVICE - 1; p >= 0; p--) if (!s.pages[p].used) found = p
  bound('pages of system memory', found !== NONE)
  const page = s.pages[found]
  page.used = true
  page.ref = 1
  page.lru = true
  page.data = 0
  return found
}

/** The first free page of the device; NONE when there is none. */
export function free_device_page(s: State): number {
  for (let p = DEVICE; p < PEER; p++) if (!s.pages[p].used) return p
  return NONE
}
