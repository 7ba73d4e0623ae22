import { bool, current, expect, oneOf } from 'foliocheck'
import { faultOwnsPage } from '../../../properties/page-table/device.js'
import { EntryValue, isValue, pfnOf } from '../../machine/page-table/entry-value.js'
import {
  folio_get,
  folio_trylock,
  folio_unlock,
  migrate_to_ram,
  page_folio,
  pmd_unlock,
  pmd_unlocked,
  take_pmd_lock,
  vma_end_read,
} from '../../machine/page-table/index.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function            | steps (P1–P8)                              | abstracted, and why that is sound                 |
 * |----------------------------|--------------------------------------------|---------------------------------------------------|
 * | do_huge_pmd_device_private | VMA lock; PMD lock and recheck; trylock;   | The driver cannot fail the fault: SIGBUS ends the |
 * |                            | get; unlock; driver; unlock folio; put     | thread, which a shorter run shows too.            |
 */

/** What a fault handler says: done (or to be tried again by the access itself), or to come back under mmap_lock. */
export const FaultResult = oneOf('done', 'retry', 'fallback', 'trapped')

const spec = {
  source: 'mm/huge_memory.c',
  params: { va: Va, vmaLock: bool(), orig: EntryValue },
  locals: { folio: Pfn, same: bool(), got: bool() },
  returns: FaultResult,
}
type FaultWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>

/** Ghost: the caller of the driver must own the folio of the page, and have it locked. */
export function checkOwned(s: State, page: number): void {
  const head = s.pages[page].head
  const owns = head >= 0 && s.accounts[current()].of[head].refs > 0
  expect(faultOwnsPage, owns, head < 0 ? `p${page} is free` : `cpu${current()} owns no reference to p${head}`)
}

/** The same, with the lock. */
export function checkOwnedAndLocked(s: State, page: number): void {
  checkOwned(s, page)
  const head = s.pages[page].head
  expect(faultOwnsPage, head >= 0 && s.pages[head].locker === current(), `cpu${current()} has not locked p${head}`)
}

/** P2 and P3. */
function lockAndCompare({ waitUntil, when, step, ret }: FaultWords) {
  return [
    when(
      t => t.vmaLock,
      [
        step('vma_end_read(vma)', (s, t) => {
          vma_end_read(s, t.va)
        }),
        ret(() => 'retry'),
      ],
    ),
    waitUntil(
      'ptl = pmd_lock(vma->vm_mm, vmf->pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        t.same = isValue(s.vmas[t.va].pmd, t.orig)
        if (!t.same) pmd_unlock(s, t.va)
      },
    ),
    when(t => !t.same, [ret(() => 'done')]),
  ]
}

function findFolio(s: State, t: { orig: number; folio: number }): void {
  t.folio = page_folio(s, pfnOf(t.orig))
}

function unlock({ step }: FaultWords) {
  return step('spin_unlock(ptl)', (s, t) => {
    pmd_unlock(s, t.va)
  })
}

/** v6.19 and later: who does not get the lock comes back by faulting again, without sleeping. */
export const do_huge_pmd_device_private = pageTable.operation('do_huge_pmd_device_private', spec, words => {
  const { step, when, call, ret } = words
  return [
    ...lockAndCompare(words),
    step('folio_trylock(folio)', (s, t) => {
      findFolio(s, t)
      t.got = folio_trylock(s, t.folio)
    }),
    when(t => !t.got, [unlock(words), ret(() => 'done')]),
    step('folio_get(folio)', (s, t) => {
      folio_get(s, t.folio)
    }),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
      checkOwnedAndLocked(s, t.folio)
    }),
    call('ret = page_pgmap(page)->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.folio }),
    step('folio_unlock(folio)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
    ret(() => 'done'),
  ]
})

/** RFC and v1: a reference, no lock; the driver finds out for itself. */
export const do_huge_pmd_device_private_RFC = pageTable.operation('do_huge_pmd_device_private', spec, words => {
  const { step, call, ret } = words
  return [
    ...lockAndCompare(words),
    step('get_page(page)', (s, t) => {
      findFolio(s, t)
      folio_get(s, t.folio)
    }),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
      checkOwned(s, t.folio)
    }),
    call('ret = page_pgmap(page)->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.folio }),
    call('put_page(page)', folio_put, { folio: t => t.folio }),
    ret(() => 'done'),
  ]
})
