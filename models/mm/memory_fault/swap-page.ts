import { bool } from 'foliocheck'
import { EntryValue, isValue, kindOf, pfnOf } from '../../machine/page-table/entry-value.js'
import {
  folio_get,
  folio_trylock,
  folio_unlock,
  folio_unlocked,
  migrate_to_ram,
  page_folio,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  vma_end_read,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { checkOwned, checkOwnedAndLocked, FaultResult } from '../huge_memory_pmd/device-fault.js'
import { migration_entry_wait } from '../migrate_entries/wait.js'
import { remove_device_exclusive_entry } from './exclusive.js'

/**
 * | kernel function               | steps (T0–T9)                             | abstracted, and why that is sound               |
 * |-------------------------------|-------------------------------------------|-------------------------------------------------|
 * | do_swap_page                  | kind; VMA lock; lock and compare; trylock;| No swap, markers or poisoned entries. The       |
 * |                               | get; unlock; driver; unlock; put; or wait | driver cannot fail the fault.                   |
 */

const spec = {
  source: 'mm/memory.c',
  params: { va: Va, index: Index, vmaLock: bool(), orig: EntryValue },
  locals: { page: Pfn, folio: Pfn, table: bool(), same: bool(), got: bool() },
  returns: FaultResult,
}
type SwapWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>

/** T1 and T2. */
function otherKinds({ when, call, ret }: SwapWords) {
  return [
    when(
      t => kindOf(t.orig) === 'migration',
      [
        call('migration_entry_wait(vma->vm_mm, vmf->pmd, vmf->address)', migration_entry_wait, {
          va: t => t.va,
          index: t => t.index,
        }),
        ret(() => 'done'),
      ],
    ),
    when(
      t => kindOf(t.orig) === 'exclusive',
      [
        call('remove_device_exclusive_entry(vmf)', remove_device_exclusive_entry, {
          va: t => t.va,
          index: t => t.index,
          orig: t => t.orig,
        }),
        ret(() => 'done'),
      ],
    ),
  ]
}

/** T3. */
function needMmapLock({ when, step, ret }: SwapWords) {
  return when(
    t => t.vmaLock,
    [
      step('vma_end_read(vma)', (s, t) => {
        vma_end_read(s, t.va)
      }),
      ret(() => 'retry'),
    ],
  )
}

/** T4. */
function lockAndCompare({ waitUntil, when, step, ret }: SwapWords) {
  return [
    waitUntil(
      'vmf->pte = pte_offset_map_lock(vma->vm_mm, vmf->pmd, vmf->address, &vmf->ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.page = pfnOf(t.orig)
        t.table = pte_offset_map_lock(s, t.va)
        t.same = t.table && isValue(s.vmas[t.va].ptes[t.index], t.orig)
      },
    ),
    when(t => !t.table, [ret(() => 'done')]),
    when(
      t => !t.same,
      [
        step('goto unlock', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
        ret(() => 'done'),
      ],
    ),
  ]
}

/** T5 to T8, for who got the lock. */
function migrateLocked({ step, call, ret }: SwapWords) {
  return [
    step('get_page(vmf->page)', (s, t) => {
      folio_get(s, t.folio)
    }),
    step('pte_unmap_unlock(vmf->pte, vmf->ptl)', (s, t) => {
      pte_unmap_unlock(s, t.va)
      checkOwnedAndLocked(s, t.page)
    }),
    call('pgmap->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.page }),
    step('unlock_page(vmf->page)', (s, t) => {
      t.folio = page_folio(s, t.page)
      folio_unlock(s, t.folio)
    }),
    call('put_page(vmf->page)', folio_put, { folio: t => t.folio }),
    ret(() => 'done'),
  ]
}

function trylock({ step }: SwapWords) {
  return step('trylock_page(vmf->page)', (s, t) => {
    t.folio = page_folio(s, t.page)
    t.got = folio_trylock(s, t.folio)
  })
}

/** v7.0: who does not get the folio lock sleeps for it, queued before the table's lock is dropped. */
export const do_swap_page = pageTable.operation('do_swap_page', spec, words => {
  const { step, waitUntil, when, ret } = words
  return [
    ...otherKinds(words),
    needMmapLock(words),
    ...lockAndCompare(words),
    trylock(words),
    when(t => t.got, migrateLocked(words)),
    step('softleaf_entry_wait_on_locked(entry, vmf->ptl)', (s, t) => {
      pte_unmap_unlock(s, t.va)
      may_sleep(s)
    }),
    waitUntil('io_schedule()', (s, t) => folio_unlocked(s, t.folio)),
    ret(() => 'done'),
  ]
})

/** v6.15 to v6.19: who does not get the folio lock faults again. */
export const do_swap_page_v6_19 = pageTable.operation('do_swap_page', spec, words => {
  const { step, when, ret } = words
  return [
    ...otherKinds(words),
    needMmapLock(words),
    ...lockAndCompare(words),
    trylock(words),
    when(t => t.got, migrateLocked(words)),
    step('goto unlock, not locked', (s, t) => {
      pte_unmap_unlock(s, t.va)
    }),
    ret(() => 'done'),
  ]
})

/** v6.1 to v6.14: a reference, taken under the lock of the table. */
export const do_swap_page_v6_14 = pageTable.operation('do_swap_page', spec, words => {
  const { step, call, ret } = words
  return [
    ...otherKinds(words),
    needMmapLock(words),
    ...lockAndCompare(words),
    step('get_page(vmf->page)', (s, t) => {
      t.folio = page_folio(s, t.page)
      folio_get(s, t.folio)
    }),
    step('pte_unmap_unlock(vmf->pte, vmf->ptl)', (s, t) => {
      pte_unmap_unlock(s, t.va)
      checkOwned(s, t.page)
    }),
    call('pgmap->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.page }),
    call('put_page(vmf->page)', folio_put, { folio: t => t.folio }),
    ret(() => 'done'),
  ]
})

/** v6.0: the driver is called for the page of an entry that was read without a lock. */
export const do_swap_page_v6_0 = pageTable.operation('do_swap_page', spec, words => {
  const { step, call, ret, local } = words
  return [
    ...otherKinds(words),
    local(t => {
      t.page = pfnOf(t.orig)
    }),
    step('vmf->page = pfn_swap_entry_to_page(entry)', (s, t) => {
      checkOwned(s, t.page)
    }),
    call('vmf->page->pgmap->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.page }),
    ret(() => 'done'),
  ]
})
