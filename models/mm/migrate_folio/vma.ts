import { bool, NONE } from 'foliocheck'
import { can_mmap_read, folio_unlock, mmap_read_lock, mmap_read_unlock, mmOf } from '../../machine/page-table/index.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { migrate_vma_collect_huge_pmd } from './collect.js'
import { migrate_locked } from './migrate.js'

/**
 * | kernel function | steps                                              | abstracted, and why that is sound                  |
 * |-----------------|----------------------------------------------------|----------------------------------------------------|
 * | migrate_vma_*   | mmap_lock; collect; common part; unlock; put       | Only a PMD-mapped folio, as a whole.               |
 */

/** A driver moves the folio that the VMA's PMD maps to the device. */
export const migrate_vma_to_device = pageTable.operation(
  'migrate_vma_to_device',
  { source: 'mm/migrate_device.c', params: { va: Va }, locals: { folio: Pfn, gone: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => {
        mmap_read_lock(s, mmOf(t.va))
        t.gone = !s.vmas[t.va].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    call(
      'migrate_vma_setup(&migrate)',
      migrate_vma_collect_huge_pmd,
      { va: t => t.va, device: false, fault: NONE },
      (t, folio) => {
        t.folio = folio
      },
    ),
    when(
      t => t.folio !== NONE,
      [
        call('migrate_vma_pages(&migrate)', migrate_locked, { folio: t => t.folio, toDevice: true, own: 1 }),
        step('folio_unlock(src)', (s, t) => {
          folio_unlock(s, t.folio)
        }),
        call('folio_put(src)', folio_put, { folio: t => t.folio }),
      ],
    ),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
