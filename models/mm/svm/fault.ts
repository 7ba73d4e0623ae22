import { oneOf } from 'foliocheck'
import {
  alloc_page,
  folio_get,
  folio_trylock,
  folio_unlock,
  migrate_to_ram,
  pageAt,
  schedule,
  set_pte,
} from '../../machine/svm/index.js'
import { Pfn, Va } from '../../machine/svm/sizes.js'
import { Kind, svm, type Words } from '../../machine/svm/state.js'
import { folio_put } from './put.js'

/**
 * | kernel function            | steps                                    | abstracted, and why that is sound                 |
 * |----------------------------|------------------------------------------|---------------------------------------------------|
 * | handle_mm_fault            | read the entry; by kind                  | Per-VMA locks; allocation of tables.              |
 * | do_anonymous_page          | one: entry still none, new page          | Between allocation and entry nobody sees the page.|
 * | do_wp_page                 | one: reuse                               | The other process is gone, so nothing is copied.  |
 * | migration_entry_wait       | wait for the entry or the folio lock     | –                                                 |
 * | do_swap_page, device part  | trylock and get; driver; unlock; put     | What happens between trylock and get is the       |
 * |                            |                                          | page-table machine's matter. Kernels before v6.15 |
 * |                            |                                          | left the lock to the migration; and those before  |
 * |                            |                                          | v6.1 had no reference: the page-table machine's.  |
 * | do_huge_pmd_device_private | the same                                 | –                                                 |
 */

const spec = {
  source: 'mm/memory.c',
  params: { va: Va, page: Pfn },
  locals: { found: oneOf('gone', 'busy', 'mine') },
}
type SwapWords = Words<typeof spec.params, typeof spec.locals>

/** The folio of the device entry is busy: what the fault does then. */
const again = ({ waitUntil }: SwapWords) => [
  // Between two tries it calls nothing that would let anybody else have the CPU. The tries change nothing: so one wait.
  waitUntil(
    'trylock_page(vmf->page) fails: return, fault again, …',
    (s, t) => s.ptes[t.va].kind !== 'device' || s.ptes[t.va].pfn !== t.page || !s.pages[t.page].locked,
  ),
]
const sleep = ({ step, waitUntil }: SwapWords) => [
  step('softleaf_entry_wait_on_locked(entry, vmf->ptl)', s => {
    schedule(s)
  }),
  waitUntil('io_schedule()', (s, t) => !s.pages[t.page].locked),
]

const deviceFault =
  (busy: (words: SwapWords) => ReturnType<SwapWords['step']>[]) =>
  (words: SwapWords): ReturnType<SwapWords['step']>[] => {
    const { step, when, call, ret } = words
    return [
      step('trylock_page(vmf->page); get_page(vmf->page)', (s, t) => {
        const { kind, pfn } = s.ptes[t.va]
        if (kind !== 'device' || pfn !== t.page) t.found = 'gone'
        else if (!folio_trylock(s, t.page)) t.found = 'busy'
        else {
          t.found = 'mine'
          folio_get(s, t.page)
        }
      }),
      when(t => t.found === 'gone', [ret()]),
      when(t => t.found === 'busy', [...busy(words), ret()]),
      call('pgmap->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.page }),
      step('unlock_page(vmf->page)', (s, t) => {
        folio_unlock(s, t.page)
      }),
      call('put_page(vmf->page)', folio_put, { page: t => t.page }),
    ]
  }

/** v7.0: sleeps until the folio is unlocked. */
export const do_swap_page = svm.operation('do_swap_page', spec, deviceFault(sleep))
/** Until v6.19. */
export const do_swap_page_v6_19 = svm.operation('do_swap_page', spec, deviceFault(again))

/** Until v6.14: the migration locks the folio. */
export const do_swap_page_v6_14 = svm.operation('do_swap_page', spec, ({ step, when, call, ret }) => [
  step('get_page(vmf->page)', (s, t) => {
    const { kind, pfn } = s.ptes[t.va]
    t.found = kind === 'device' && pfn === t.page ? 'mine' : 'gone'
    if (t.found === 'mine') folio_get(s, t.page)
  }),
  when(t => t.found === 'gone', [ret()]),
  call('vmf->page->pgmap->ops->migrate_to_ram(vmf)', migrate_to_ram, { va: t => t.va, page: t => t.page }),
  call('put_page(vmf->page)', folio_put, { page: t => t.page }),
])

const huge = { ...spec, source: 'mm/huge_memory.c' }
export const do_huge_pmd_device_private = svm.operation('do_huge_pmd_device_private', huge, deviceFault(again))
/** As proposed: as do_swap_page does. */
export const do_huge_pmd_device_private_sleeps = svm.operation('do_huge_pmd_device_private', huge, deviceFault(sleep))

export const migration_entry_wait = svm.operation(
  'migration_entry_wait',
  { source: 'mm/migrate.c', params: { va: Va, page: Pfn } },
  ({ step, waitUntil }) => [
    step('softleaf_entry_wait_on_locked(entry, ptl)', s => {
      schedule(s)
    }),
    waitUntil(
      'io_schedule()',
      (s, t) => s.ptes[t.va].kind !== 'migration' || s.ptes[t.va].pfn !== t.page || !s.pages[t.page].locked,
    ),
  ],
)

/** One fault of a thread that wants to read, or to write. */
export const handle_mm_fault = svm.operation(
  'handle_mm_fault',
  { source: 'mm/memory.c', params: { va: Va }, locals: { kind: Kind, page: Pfn, big: oneOf('no', 'yes') } },
  ({ step, when, call }) => [
    step('vmf->orig_pte = ptep_get_lockless(vmf->pte)', (s, t) => {
      t.kind = s.ptes[t.va].kind
      t.page = s.ptes[t.va].pfn
      t.big = s.ptes[t.va].huge ? 'yes' : 'no'
    }),
    when(
      t => t.kind === 'none',
      [
        step('do_anonymous_page(vmf)', (s, t) => {
          if (s.ptes[t.va].kind === 'none') set_pte(s, t.va, 'present', alloc_page(s), true)
        }),
      ],
    ),
    when(
      t => t.kind === 'present',
      [
        step('do_wp_page(vmf)', (s, t) => {
          const { kind, pfn } = s.ptes[t.va]
          if (kind === 'present' && pfn === t.page && pageAt(s, pfn).ref > 0) set_pte(s, t.va, kind, pfn, true)
        }),
      ],
    ),
    when(
      t => t.kind === 'migration',
      [call('migration_entry_wait(mm, pmd, addr)', migration_entry_wait, { va: t => t.va, page: t => t.page })],
    ),
    when(
      t => t.kind === 'device' && t.big === 'no',
      [call('do_swap_page(vmf)', do_swap_page, { va: t => t.va, page: t => t.page })],
    ),
    when(
      t => t.kind === 'device' && t.big === 'yes',
      [call('do_huge_pmd_device_private(vmf)', do_huge_pmd_device_private, { va: t => t.va, page: t => t.page })],
    ),
  ],
)
