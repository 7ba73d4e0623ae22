import { bool, NONE } from 'foliocheck'
import {
  folio_get,
  folio_trylock,
  folio_unlock,
  folio_unlocked,
  is_softleaf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pmd_is_device_private_entry,
  pmd_is_migration_entry,
  pmd_trans_huge,
  pmd_unlock,
  pmd_unlocked,
  softleaf_to_pfn,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { set_pmd_migration_entry } from '../huge_memory_pmd/migration.js'

/**
 * | kernel function               | steps (J1–J4)                               | abstracted, and why that is sound              |
 * |-------------------------------|---------------------------------------------|------------------------------------------------|
 * | migrate_vma_collect_huge_pmd  | notifier; lock; get; trylock; migration     | The whole PMD, aligned, COMPOUND. The fallback |
 * |                               | entry; unlock; notifier                     | that splits the folio is left out: a pinned    |
 * |                               |                                             | folio is skipped.                              |
 */

const spec = {
  source: 'mm/migrate_device.c',
  params: { va: Va, device: bool(), fault: Pfn },
  locals: { folio: Pfn, got: bool(), wait: bool() },
  returns: Pfn,
}
type CollectWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
interface Locals {
  readonly va: number
  readonly device: boolean
  folio: number
  wait: boolean
}

/** What is tested of a PMD that is not present, in which order: is it wanted, and has one to wait for it? */
type Tests = 'wanted' | 'wanted, migration' | 'migration, wanted'

/** J2. */
function look(s: State, t: Locals, tests: Tests): void {
  const { pmd } = s.vmas[t.va]
  const soft = is_softleaf(pmd)
  const wanted = soft ? pmd_is_device_private_entry(pmd) && t.device : pmd_trans_huge(pmd) && !t.device
  t.wait = soft && tests !== 'wanted' && (wanted || tests === 'migration, wanted') && pmd_is_migration_entry(pmd)
  t.folio = wanted ? page_folio(s, pmd.pfn) : NONE
  if (t.wait) t.folio = page_folio(s, softleaf_to_pfn(pmd))
}

function wait({ when, step, waitUntil, goto }: CollectWords) {
  return when(
    t => t.wait,
    [
      step('softleaf_entry_wait_on_locked(entry, ptl)', (s, t) => {
        pmd_unlock(s, t.va)
        may_sleep(s)
      }),
      waitUntil('io_schedule()', (s, t) => folio_unlocked(s, t.folio)),
      step('spin_unlock(ptl), -EAGAIN', (s, t) => {
        pmd_unlock(s, t.va)
      }),
      goto('again'),
    ],
  )
}

function collectHuge(tests: Tests) {
  return pageTable.operation('migrate_vma_collect_huge_pmd', spec, words => {
    const { step, waitUntil, when, call, label, goto, ret } = words
    return [
      step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
        mmu_notifier_invalidate_range_start(s, t.va)
      }),
      label('again'),
      waitUntil(
        'ptl = pmd_lock(mm, pmdp)',
        (s, t) => pmd_unlocked(s, t.va),
        (s, t) => {
          take_pmd_lock(s, t.va)
          look(s, t, tests)
        },
      ),
      ...(tests === 'wanted' ? [] : [wait(words)]),
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
    ]
  })
}

/** Collects the folio of the VMA's PMD: locked, referenced, its PMD a migration entry. NONE when there is none to have. */
export const migrate_vma_collect_huge_pmd = collectHuge('wanted')

/** v6.19: waits for a migration entry, where it has found out already that the entry is a device-private one. */
export const migrate_vma_collect_huge_pmd_v6_19 = collectHuge('wanted, migration')

/** The same with the tests the other way round. */
export const migrate_vma_collect_huge_pmd_waiting = collectHuge('migration, wanted')
