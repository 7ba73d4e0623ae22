import { bool } from 'foliocheck'
import { Entry, mk_device_exclusive } from '../../machine/page-table/entry.js'
import {
  can_mmap_read,
  folio_get,
  folio_remove_rmap_pte,
  folio_unlock,
  folio_unlocked,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pageAt,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_clear_flush,
  set_pte_at,
  take_folio_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function       | steps (L1–L7)                                 | abstracted, and why that is sound                   |
 * |-----------------------|-----------------------------------------------|-----------------------------------------------------|
 * | make_device_exclusive | get; folio lock; notifier; lock and look;     | The page is there and writable, or nothing is done: |
 * |                       | clear; store; unlock; notifier; unlock, put   | no fault, no retry.                                 |
 */

const spec = {
  source: 'mm/rmap.c',
  params: { va: Va, index: Index },
  locals: { page: Pfn, folio: Pfn, table: bool(), fits: bool(), old: Entry, fresh: Entry },
}
type ExclusiveWords = Words<typeof spec.params, typeof spec.locals>
type Locals = Parameters<Parameters<ExclusiveWords['step']>[1]>[1]

/** L1: the page of a writable PTE, with a reference. */
function findPage(s: State, t: Locals): void {
  const { present, pmd, ptes } = s.vmas[t.va]
  const pte = ptes[t.index]
  t.fits = present && pmd.kind === 'table' && pte.kind === 'present' && pte.rw
  if (!t.fits) return
  t.page = pte.pfn
  t.folio = page_folio(s, t.page)
  folio_get(s, t.folio)
}

function makeExclusive(words: ExclusiveWords, exchange: (s: State, t: Locals) => void) {
  const { step, waitUntil, when, call, label, goto } = words
  return [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => mmap_read_lock(s, mmOf(t.va)),
    ),
    step('page = get_user_page_vma_remote(mm, addr, FOLL_GET | FOLL_WRITE | FOLL_SPLIT_PMD, &vma)', findPage),
    when(t => !t.fits, [goto('out')]),
    waitUntil(
      'folio_lock_killable(folio)',
      (s, t) => folio_unlocked(s, t.folio),
      (s, t) => {
        may_sleep(s)
        take_folio_lock(s, t.folio)
      },
    ),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    waitUntil(
      'folio_walk_start(&fw, vma, addr, 0)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
        const pte = s.vmas[t.va].ptes[t.index]
        t.fits = t.table && pte.kind === 'present' && pte.pfn === t.page && pte.rw
      },
    ),
    when(
      t => t.fits,
      [
        step('fw.pte = ptep_clear_flush(vma, addr, fw.ptep)', (s, t) => {
          ptep_clear_flush(s, t.va, t.index, t.old)
          if (t.old.dirty) pageAt(s, t.folio).dirty = true
        }),
        step('set_pte_at(mm, addr, fw.ptep, swp_pte)', (s, t) => {
          mk_device_exclusive(t.fresh, t.page)
          t.fresh.rw = t.old.softDirty
          exchange(s, t)
          set_pte_at(s, t.va, t.index, t.fresh)
        }),
      ],
    ),
    when(
      t => t.table,
      [
        step('folio_walk_end(&fw, vma)', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
      ],
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    step('folio_unlock(folio)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ]
}

/** v6.15: the entry stays in the mapcounts. */
export const make_device_exclusive = pageTable.operation('make_device_exclusive', spec, words =>
  makeExclusive(words, () => undefined),
)

/** Until v6.14 the entry leaves the mapcounts, and keeps its reference. */
export const make_device_exclusive_v6_14 = pageTable.operation('make_device_exclusive', spec, words =>
  makeExclusive(words, (s, t) => {
    s.exclusiveUnmapped = true
    folio_remove_rmap_pte(s, t.folio, t.page)
  }),
)
