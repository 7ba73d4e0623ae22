import { bool, demand, expect, oneOf } from 'foliocheck'
import { kindAsserted } from '../../../properties/page-table/decode.js'
import { Entry } from '../../machine/page-table/entry.js'
import {
  can_mmap_read,
  copyEntry,
  folio_trylock,
  folio_unlock,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pageAt,
  pmd_is_huge,
  pmd_is_migration_entry,
  pmd_is_valid_softleaf,
  pmd_pfn,
  pmd_present,
  pmd_trans_huge,
  pmd_unlock,
  pmd_unlocked,
  pmdp_invalidate,
  set_pmd_at,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { tlb_finish_mmu, tlb_gather_mmu } from '../memory_zap/zap-range.js'

/**
 * | kernel function                   | steps                                  | abstracted, and why that is sound               |
 * |-----------------------------------|----------------------------------------|-------------------------------------------------|
 * | madvise_free_huge_pmd             | look; lock; kind; folio lock; clean;   | The whole range, so nothing is split. A folio   |
 * |                                   | unlock                                 | that another address space maps is left alone.  |
 * | madvise_cold_or_pageout_pte_range | look; lock; kind; unlock               | What happens to the folio afterwards: LRU only. |
 * | queue_folios_pmd                  | look; lock; kind; folio; unlock        | The folio is only looked at.                    |
 */

const spec = {
  source: 'mm/huge_memory.c',
  params: { va: Va },
  locals: { huge: bool(), folio: Pfn, got: bool(), skip: bool(), old: Entry, fresh: Entry },
}
type WalkWords = Words<typeof spec.params, typeof spec.locals>
type Locals = Parameters<Parameters<WalkWords['step']>[1]>[1]

/** The look without a lock, and pmd_trans_huge_lock, which accepts every entry that is not none and no table. */
function lock({ step, waitUntil, when, ret }: WalkWords, label: string, accepts: (s: State, va: number) => boolean) {
  return [
    step(label, (s, t) => {
      t.huge = accepts(s, t.va)
    }),
    when(t => !t.huge, [ret()]),
    waitUntil(
      'ptl = pmd_trans_huge_lock(pmd, vma)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        const { pmd } = s.vmas[t.va]
        t.huge = pmd_is_huge(pmd)
        if (t.huge) copyEntry(t.old, pmd)
        else pmd_unlock(s, t.va)
      },
    ),
    when(t => !t.huge, [ret()]),
  ]
}

function isTransHuge(s: State, va: number): boolean {
  return pmd_trans_huge(s.vmas[va].pmd)
}

function unlock({ step, label }: WalkWords) {
  return [
    label('out'),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
  ]
}

/** What follows the look at an entry that is not present: it is left alone, if it is of a kind that is known. */
function skipSoftleaf({ step, when, goto }: WalkWords, label: string, check: (t: Locals) => void) {
  return [
    step(label, (_s, t) => {
      t.skip = !pmd_present(t.old)
      if (t.skip) check(t)
    }),
    when(t => t.skip, [goto('out')]),
  ]
}

/** VM_BUG_ON of everything that is not a migration entry. */
function onlyMigration(t: Locals): void {
  demand(
    kindAsserted,
    pmd_is_migration_entry(t.old),
    `VM_BUG_ON(!pmd_is_migration_entry(orig_pmd)): it is ${t.old.kind}`,
  )
}

function migrationOrDevice(t: Locals): void {
  expect(kindAsserted, pmd_is_valid_softleaf(t.old), `VM_WARN_ON_ONCE: the PMD is ${t.old.kind}`)
}

function discard({ step, when, goto }: WalkWords) {
  return [
    step('folio = pmd_folio(orig_pmd); folio_trylock(folio)', (s, t) => {
      t.folio = page_folio(s, pmd_pfn(t.old))
      t.got = pageAt(s, t.folio).lmap === 1 && folio_trylock(s, t.folio)
    }),
    when(t => !t.got, [goto('out')]),
    step('folio_clear_dirty(folio); folio_unlock(folio)', (s, t) => {
      pageAt(s, t.folio).dirty = false
      folio_unlock(s, t.folio)
    }),
    step('pmdp_invalidate(vma, addr, pmd)', (s, t) => {
      pmdp_invalidate(s, t.va, t.old)
    }),
    step('set_pmd_at(mm, addr, pmd, orig_pmd)', (s, t) => {
      copyEntry(t.fresh, t.old)
      t.fresh.dirty = false
      set_pmd_at(s, t.va, t.fresh)
    }),
    step('folio_mark_lazyfree(folio)', (s, t) => {
      pageAt(s, t.folio).lazyFree = true
    }),
  ]
}

/** v7.2: device-private PMDs are known. */
export const madvise_free_huge_pmd = pageTable.operation('madvise_free_huge_pmd', spec, words => [
  ...lock(words, 'if (pmd_trans_huge(*pmd))', isTransHuge),
  ...skipSoftleaf(words, 'if (unlikely(!pmd_present(orig_pmd)))', migrationOrDevice),
  ...discard(words),
  ...unlock(words),
])

/** Until v7.1: what is not present must be a migration entry. */
export const madvise_free_huge_pmd_v6_19 = pageTable.operation('madvise_free_huge_pmd', spec, words => [
  ...lock(words, 'if (pmd_trans_huge(*pmd))', isTransHuge),
  ...skipSoftleaf(words, 'VM_BUG_ON(!pmd_is_migration_entry(orig_pmd))', onlyMigration),
  ...discard(words),
  ...unlock(words),
])

const madvise = { ...spec, source: 'mm/madvise.c' }

/** v7.2. */
export const madvise_cold_or_pageout_pte_range = pageTable.operation(
  'madvise_cold_or_pageout_pte_range',
  madvise,
  words => [
    ...lock(words, 'if (pmd_trans_huge(*pmd))', isTransHuge),
    ...skipSoftleaf(words, 'if (unlikely(!pmd_present(orig_pmd)))', migrationOrDevice),
    words.step('folio = pmd_folio(orig_pmd)', findFolio),
    ...unlock(words),
  ],
)

/** Until v7.1. */
export const madvise_cold_or_pageout_pte_range_v6_19 = pageTable.operation(
  'madvise_cold_or_pageout_pte_range',
  madvise,
  words => [
    ...lock(words, 'if (pmd_trans_huge(*pmd))', isTransHuge),
    ...skipSoftleaf(words, 'VM_BUG_ON(!pmd_is_migration_entry(orig_pmd))', onlyMigration),
    words.step('folio = pmd_folio(orig_pmd)', findFolio),
    ...unlock(words),
  ],
)

const mempolicy = { ...spec, source: 'mm/mempolicy.c' }

function isHuge(s: State, va: number): boolean {
  return pmd_is_huge(s.vmas[va].pmd)
}

function findFolio(s: State, t: Locals): void {
  t.folio = page_folio(s, pmd_pfn(t.old))
}

/** v7.2: what is not present is not looked at. */
export const queue_folios_pmd = pageTable.operation('queue_folios_pmd', mempolicy, words => [
  ...lock(words, 'if (pmd_is_huge(*pmd))', isHuge),
  ...skipSoftleaf(words, 'if (!pmd_present(*pmd))', migrationOrDevice),
  words.step('folio = pmd_folio(*pmd)', findFolio),
  ...unlock(words),
])

/** Until v7.1: what is no migration entry is read as present. */
export const queue_folios_pmd_v6_19 = pageTable.operation('queue_folios_pmd', mempolicy, words => [
  ...lock(words, 'if (pmd_is_huge(*pmd))', isHuge),
  words.step('if (unlikely(pmd_is_migration_entry(*pmd)))', (_s, t) => {
    t.skip = pmd_is_migration_entry(t.old)
  }),
  words.when(t => t.skip, [words.goto('out')]),
  words.step('folio = pmd_folio(*pmd)', findFolio),
  ...unlock(words),
])

/** Which walk of madvise or mbind over the VMA. */
const Walk = oneOf('free', 'cold', 'mbind')

/** MADV_FREE, MADV_COLD or mbind of the VMA, under mmap_lock for reading. */
export const madvise_walk = pageTable.operation(
  'madvise_walk',
  { source: 'mm/madvise.c', params: { va: Va, walk: Walk }, locals: { gone: bool() } },
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
    call('tlb_gather_mmu(&tlb, mm)', tlb_gather_mmu, { va: t => t.va }),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    when(
      t => t.walk === 'free',
      [call('madvise_free_huge_pmd(tlb, vma, pmd, addr, next)', madvise_free_huge_pmd, { va: t => t.va })],
    ),
    when(
      t => t.walk === 'cold',
      [
        call('madvise_cold_or_pageout_pte_range(pmd, addr, end, walk)', madvise_cold_or_pageout_pte_range, {
          va: t => t.va,
        }),
      ],
    ),
    when(t => t.walk === 'mbind', [call('queue_folios_pmd(pmd, walk)', queue_folios_pmd, { va: t => t.va })]),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    call('tlb_finish_mmu(&tlb)', tlb_finish_mmu, { va: t => t.va, gather: 0, flush: true }),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
