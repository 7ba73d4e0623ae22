import { bool, NONE } from 'foliocheck'
import {
  folio_get,
  folio_trylock,
  folio_unlock,
  is_softleaf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pmd_is_device_private_entry,
  pmd_trans_huge,
  pmd_unlock,
  pmd_unlocked,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { set_pmd_migration_entry } from '../huge_memory_pmd/migration.js'

/**
 * | kernel function               | steps (J1–J4)                               | abstracted, and why that is sound              |
 * |-------------------------------|---------------------------------------------|------------------------------------------------|
 * | migrate_vma_collect_huge_pmd  | notifier; lock; get; trylock; migration     | The whole PMD, aligned, COMPOUND. The fallback |
 * |                               | entry; unlock; notifier                     | that splits the folio is left out: a pinned    |
 * |                               |                                             | folio is skipped.                              |
 */

/** Collects the folio of the VMA's PMD: locked, referenced, its PMD a migration entry. NONE when there is none to have. */
export const migrate_vma_collect_huge_pmd = pageTable.operation(
  'migrate_vma_collect_huge_pmd',
  {
    source: 'mm/migrate_device.c',
    params: { va: Va, device: bool(), fault: Pfn },
    locals: { folio: Pfn, got: bool() },
    returns: Pfn,
  },
  ({ step, waitUntil, when, call, label, goto, ret }) => [
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    waitUntil(
      'ptl = pmd_lock(mm, pmdp)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        const { pmd } = s.vmas[t.va]
        const wanted = is_softleaf(pmd)
          ? pmd_is_device_private_entry(pmd) && t.device
          : pmd_trans_huge(pmd) && !t.device
        if (wanted) t.folio = page_folio(s, pmd.pfn)
      },
    ),
    when(t => t.folio === NONE, [goto('unlock')]),
    step('folio_get(folio)', (s, t) => {
      folio_get(s, t.folio)
    }),
    step('if (folio != fault_folio && !folio_trylock(folio))', (s, t) => {
      t.got = t.folio === t.fault || folio_trylock(s, t.folio)
    }),
    when(
      t => t.got,
      [
        call(
          'set_pmd_migration_entry(&pvmw, folio_page(folio, 0))',
          set_pmd_migration_entry,
          { va: t => t.va, folio: t => t.folio },
          (t, got) => {
            t.got = got
          },
        ),
        when(t => t.got, [goto('unlock')]),
        when(
          t => t.folio !== t.fault,
          [
            step('folio_unlock(folio)', (s, t) => {
              folio_unlock(s, t.folio)
            }),
          ],
        ),
      ],
    ),
    label('unlock'),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    when(
      t => t.folio !== NONE && !t.got,
      [call('folio_put(folio)', folio_put, { folio: t => t.folio }), ret(() => NONE)],
    ),
    ret(t => t.folio),
  ],
)
