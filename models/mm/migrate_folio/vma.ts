import { bool, NONE } from 'foliocheck'
import {
  can_mmap_read,
  folio_get,
  folio_trylock,
  folio_unlock,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  page_folio,
  pmd_trans_huge,
  pmd_unlock,
  pmd_unlocked,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { migrate_locked } from './migrate.js'

/**
 * | kernel function | steps                                              | abstracted, and why that is sound                  |
 * |-----------------|----------------------------------------------------|----------------------------------------------------|
 * | migrate_vma_*   | mmap_lock; PMD lock: get, trylock; common part;    | Only a PMD-mapped folio, as a whole. Collecting    |
 * |                 | unlock; put                                        | sets no entry itself: try_to_migrate does.         |
 */

/** A driver moves the folio that the VMA's PMD maps to the device. */
export const migrate_vma_to_device = pageTable.operation(
  'migrate_vma_to_device',
  { source: 'mm/migrate_device.c', params: { va: Va }, locals: { folio: Pfn, got: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => mmap_read_lock(s, mmOf(t.va)),
    ),
    waitUntil(
      'ptl = pmd_lock(mm, pmdp)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => take_pmd_lock(s, t.va),
    ),
    step('folio_get(folio)', (s, t) => {
      const { pmd } = s.vmas[t.va]
      if (!pmd_trans_huge(pmd)) return
      t.folio = page_folio(s, pmd.pfn)
      folio_get(s, t.folio)
    }),
    when(
      t => t.folio !== NONE,
      [
        step('folio_trylock(folio)', (s, t) => {
          t.got = folio_trylock(s, t.folio)
        }),
      ],
    ),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    when(t => t.folio === NONE, [goto('out')]),
    when(
      t => t.got,
      [
        call('migrate_vma_pages(&migrate)', migrate_locked, { folio: t => t.folio, toDevice: true }),
        step('folio_unlock(src)', (s, t) => {
          folio_unlock(s, t.folio)
        }),
      ],
    ),
    call('folio_put(src)', folio_put, { folio: t => t.folio }),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
