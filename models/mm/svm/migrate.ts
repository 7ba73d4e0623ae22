import { bool, NONE } from 'foliocheck'
import {
  folio_get,
  folio_put_not_last,
  folio_trylock,
  folio_unlock,
  isDeviceFrame,
  mapcount,
  maps,
  pageAt,
  set_migration_entry,
  set_pte,
} from '../../machine/svm/index.js'
import { HOLE, PAGES, Pfn, Src, Va } from '../../machine/svm/sizes.js'
import { svm, type Words } from '../../machine/svm/state.js'
import { mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start } from './notifier.js'
import { folio_put } from './put.js'

/**
 * | kernel function       | steps                                          | abstracted, and why that is sound                 |
 * |-----------------------|------------------------------------------------|---------------------------------------------------|
 * | migrate_vma_setup     | notifier; the entry; notifier                  | Page by page; a driver with an array calls it for |
 * |                       |                                                | each. get, trylock, the entry and the put of its   |
 * |                       |                                                | reference are one critical section.               |
 * | lru_add_drain_all     | queue; wait                                    | One CPU's work item, that of CPU 0: it runs as    |
 * |                       |                                                | soon as nobody else does.                         |
 * | try_to_migrate        | notifier; each entry that maps it; notifier    | The rmap walk's locks.                            |
 * | migrate_vma_pages     | count; or the insertion into a hole            | –                                                 |
 * | migrate_vma_finalize  | each migration entry; unlock; put              | –                                                 |
 */
const source = 'mm/migrate_device.c'

const setup = {
  source,
  params: { va: Va, fault: Pfn, system: bool(), device: bool() },
  locals: { src: Src },
  returns: Src,
}

/** `locked`: whoever faults has locked the page. */
const setUp =
  (locked: boolean) =>
  ({ step, call, ret }: Words<typeof setup.params, typeof setup.locals, typeof Src>) => [
    call('mmu_notifier_invalidate_range_start(&range)', mmu_notifier_invalidate_range_start, { migrate: true }),
    step('migrate_vma_collect_pmd(pmdp, start, end, walk)', (s, t) => {
      const { kind, pfn } = s.ptes[t.va]
      if (kind === 'none' && t.system) t.src = HOLE
      const selected = (kind === 'present' && t.system) || (kind === 'device' && t.device)
      if (!selected || (!(locked && pfn === t.fault) && !folio_trylock(s, pfn))) return
      t.src = pfn
      folio_get(s, pfn)
      set_migration_entry(s, t.va)
      folio_put_not_last(s, pfn)
    }),
    call('mmu_notifier_invalidate_range_end(&range)', mmu_notifier_invalidate_range_end, {}),
    ret(t => t.src),
  ]

/** Collects what is at `va`: locked, referenced, unmapped there. `device`: device-private memory is selected too. */
export const migrate_vma_setup = svm.operation('migrate_vma_setup', setup, setUp(true))
export const migrate_vma_setup_v6_14 = svm.operation('migrate_vma_setup', setup, setUp(false))

export const lru_add_drain_all = svm.operation('lru_add_drain_all', { source: 'mm/swap.c' }, ({ step, waitUntil }) => [
  step('queue_work_on(cpu, mm_percpu_wq, work)', () => undefined),
  waitUntil(
    'flush_work(&per_cpu(lru_add_drain_work, cpu))',
    s => s.cpu0 === NONE,
    s => {
      for (const page of s.pages) if (page.used) page.lru = true
    },
  ),
])

/** Replaces every entry that maps the page by a migration entry. */
export const try_to_migrate = svm.operation(
  'try_to_migrate',
  { source: 'mm/rmap.c', params: { page: Pfn }, locals: { i: Va, mapped: bool() } },
  ({ step, when, loop, local, call }) => [
    step('folio_mapped(folio)', (s, t) => {
      t.mapped = mapcount(s, t.page) > 0
      t.i = 0
    }),
    when(
      t => t.mapped,
      [
        call('mmu_notifier_invalidate_range_start(&range)', mmu_notifier_invalidate_range_start, { migrate: false }),
        loop(
          t => t.i !== NONE,
          [
            step('try_to_migrate_one(folio, vma, address, arg)', (s, t) => {
              if (!maps(s, t.i, t.page)) return
              set_migration_entry(s, t.i)
              folio_put_not_last(s, t.page)
            }),
            local(t => {
              t.i = t.i < PAGES - 1 ? t.i + 1 : NONE
            }),
          ],
        ),
        call('mmu_notifier_invalidate_range_end(&range)', mmu_notifier_invalidate_range_end, {}),
      ],
    ),
  ],
)

/** Moves the metadata, or maps `dst` where nothing was. False: somebody else has a reference, or was faster. */
export const migrate_vma_pages = svm.operation(
  'migrate_vma_pages',
  { source, params: { va: Va, src: Src, dst: Pfn, fault: Pfn }, locals: { ok: bool() }, returns: bool() },
  ({ step, when, ret }) => [
    when(
      t => t.src === HOLE,
      [
        step('migrate_vma_insert_page(migrate, addr, &dst[i], &src[i])', (s, t) => {
          t.ok = s.ptes[t.va].kind === 'none'
          if (!t.ok) return
          folio_get(s, t.dst)
          set_pte(s, t.va, 'device', t.dst, true)
        }),
      ],
      [
        step('folio_migrate_mapping(mapping, newfolio, folio, extra_cnt)', (s, t) => {
          t.ok = pageAt(s, t.src).ref === (t.src === t.fault ? 2 : 1)
        }),
      ],
    ),
    ret(t => t.ok),
  ],
)

const finalize = {
  source,
  params: { src: Src, dst: Pfn, ok: bool(), fault: Pfn },
  locals: { i: Va, to: Pfn, page: Pfn, hole: bool() },
}

/** `locked`: whoever faults has locked the page, and unlocks it. */
const end =
  (locked: boolean) =>
  ({ step, when, loop, local, call }: Words<typeof finalize.params, typeof finalize.locals>) => [
    local(t => {
      t.hole = t.src === HOLE
      t.page = t.src === HOLE ? NONE : t.src
      t.to = t.ok ? t.dst : t.page
      t.i = 0
    }),
    when(
      t => !t.hole,
      [
        loop(
          t => t.i !== NONE,
          [
            step('remove_migration_ptes(src, dst, 0)', (s, t) => {
              const { kind, pfn, write } = s.ptes[t.i]
              if (kind !== 'migration' || pfn !== t.page) return
              folio_get(s, t.to)
              set_pte(s, t.i, isDeviceFrame(t.to) ? 'device' : 'present', t.to, write)
            }),
            local(t => {
              t.i = t.i < PAGES - 1 ? t.i + 1 : NONE
            }),
          ],
        ),
        when(
          t => !locked || t.page !== t.fault,
          [
            step('folio_unlock(src)', (s, t) => {
              folio_unlock(s, t.page)
            }),
          ],
        ),
        call('folio_put(src)', folio_put, { page: t => t.page }),
      ],
    ),
    when(
      t => t.dst !== NONE,
      [
        step('folio_unlock(dst)', (s, t) => {
          folio_unlock(s, t.dst)
        }),
        call('folio_put(dst)', folio_put, { page: t => t.dst }),
      ],
    ),
  ]

/** Ends the migration of one slot: migration entries of `src` become entries of `dst`, or of `src` when it failed. */
export const migrate_vma_finalize = svm.operation('migrate_vma_finalize', finalize, end(true))
export const migrate_vma_finalize_v6_14 = svm.operation('migrate_vma_finalize', finalize, end(false))
