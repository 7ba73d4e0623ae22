import { expect } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { mapcountSane } from '../../../properties/page-table/ledger.js'
import { folio_is_device_private, pageAt } from './folio.js'
import { counted } from './ledger.js'
import { N } from './sizes.js'
import type { State } from './state.js'

/**
 * The counters of mm/rmap.c, under the kernel's names. The two counters of a PMD mapping change in one step: no
 * operation here compares them with each other outside the page-table lock.
 */

function bump(s: State, folio: number, n: number): void {
  pageAt(s, folio).lmap += n
  counted(s, folio, n)
}

/** What __folio_add_anon_rmap warns about: an exclusive page with a second mapping. */
function warnShared(s: State, folio: number, p: number): void {
  const { ae, pmap } = s.pages[p]
  const { emap } = s.pages[folio]
  expect(noWarning, !(ae && (emap > 1 || pmap > 1)), `p${p} is PG_anon_exclusive and mapped more than once`)
}

/** folio_add_anon_rmap_pmd. */
export function folio_add_anon_rmap_pmd(s: State, folio: number, exclusive: boolean): void {
  const page = pageAt(s, folio)
  expect(noWarning, page.large, `VM_WARN_ON_FOLIO(!folio_test_large(p${folio}))`)
  expect(noWarning, page.anon, `folio_add_anon_rmap_pmd(p${folio}) of a folio that is not anonymous`)
  page.emap++
  bump(s, folio, 1)
  if (exclusive) page.ae = true
  warnShared(s, folio, folio)
}

/** folio_add_anon_rmap_ptes for one page. */
export function folio_add_anon_rmap_pte(s: State, folio: number, p: number, exclusive: boolean): void {
  const page = pageAt(s, p)
  expect(noWarning, s.pages[folio].anon, `folio_add_anon_rmap_pte(p${p}) of a folio that is not anonymous`)
  page.pmap++
  bump(s, folio, 1)
  if (exclusive) page.ae = true
  warnShared(s, folio, p)
}

/** folio_add_anon_rmap_ptes for all pages. */
export function folio_add_anon_rmap_ptes(s: State, folio: number, exclusive: boolean): void {
  for (let p = folio; p < folio + N; p++) folio_add_anon_rmap_pte(s, folio, p, exclusive)
}

/** folio_add_new_anon_rmap of a PMD-sized or a small folio, exclusive. */
export function folio_add_new_anon_rmap(s: State, folio: number, index: number): void {
  const page = pageAt(s, folio)
  page.anon = true
  page.index = index
  page.ae = true
  if (page.large) {
    page.emap = 1
    s.nrAnon++
  } else page.pmap = 1
  bump(s, folio, 1)
}

/** One mapping less; a counter that is 0 stays there, and is told. */
function drop(s: State, folio: number, p: number, counter: 'emap' | 'pmap'): void {
  const page = pageAt(s, p)
  const head = s.pages[folio]
  const told = `${counter === 'emap' ? 'entire mapcount' : 'mapcount'} of p${p} is ${page[counter]}, large mapcount of p${folio} ${head.lmap}`
  expect(mapcountSane, page[counter] > 0 && head.lmap > 0, told)
  if (page[counter] > 0) page[counter]--
  if (head.lmap > 0) head.lmap--
  counted(s, folio, -1)
}

/** folio_remove_rmap_pmd. PG_anon_exclusive stays as it is. */
export function folio_remove_rmap_pmd(s: State, folio: number): void {
  drop(s, folio, folio, 'emap')
}

/** folio_remove_rmap_pte. */
export function folio_remove_rmap_pte(s: State, folio: number, p: number): void {
  drop(s, folio, p, 'pmap')
}

/** Whether fork must leave the page to its owner: it may be pinned, and the address space has pinned something. */
function neededForDma(s: State, folio: number, mm: number): boolean {
  return !folio_is_device_private(folio) && s.mms[mm].hasPinned && s.pages[folio].pins > 0
}

/** folio_try_dup_anon_rmap_pmd: false is -EBUSY. */
export function folio_try_dup_anon_rmap_pmd(s: State, folio: number, mm: number): boolean {
  const page = pageAt(s, folio)
  if (page.ae) {
    if (neededForDma(s, folio, mm)) return false
    page.ae = false
  }
  page.emap++
  bump(s, folio, 1)
  return true
}

/** folio_try_dup_anon_rmap_pte: false is -EBUSY. */
export function folio_try_dup_anon_rmap_pte(s: State, folio: number, p: number, mm: number): boolean {
  const page = pageAt(s, p)
  if (page.ae) {
    if (neededForDma(s, folio, mm)) return false
    page.ae = false
  }
  page.pmap++
  bump(s, folio, 1)
  return true
}

/** folio_try_share_anon_rmap_pmd and _pte: clears PG_anon_exclusive unless the folio may be pinned; false is -EBUSY. */
export function folio_try_share_anon_rmap(s: State, folio: number, p: number): boolean {
  const page = pageAt(s, p)
  expect(noWarning, page.ae, `VM_WARN_ON_FOLIO(!PageAnonExclusive(p${p}))`)
  if (!folio_is_device_private(folio) && s.pages[folio].pins > 0) {
    s.pages[folio].obstructed = true
    return false
  }
  page.ae = false
  return true
}
