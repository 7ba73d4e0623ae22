import { bool, expect, NONE } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import {
  Entry,
  type EntryState,
  pmd_is_migration_entry,
  pmd_is_valid_softleaf,
  pmd_trans_huge,
} from '../../machine/page-table/entry.js'
import {
  clearEntry,
  copyEntry,
  folio_add_anon_rmap_ptes,
  folio_ref_add,
  folio_remove_rmap_pmd,
  folio_try_share_anon_rmap,
  is_softleaf,
  mk_device_private,
  mk_migration,
  mk_present,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pageAt,
  pgtable_trans_huge_withdraw,
  pmd_pfn,
  pmd_populate,
  pmd_unlock,
  pmd_unlocked,
  pmdp_invalidate,
  softleaf_to_pfn,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function         | steps (S0–S14)                                | abstracted, and why that is sound               |
 * |-------------------------|-----------------------------------------------|-------------------------------------------------|
 * | __split_huge_pmd_locked | invalidate; share; references and rmaps;      | Anonymous VMAs, no huge zero page. The table is |
 * |                         | fill; rmap; put; populate                     | filled in one step: nobody sees it before       |
 * |                         |                                               | pmd_populate. NR_ANON does not change.          |
 * | split_huge_pmd_locked   | the test                                      | –                                               |
 * | __split_huge_pmd        | notifier; lock; …; unlock; notifier           | –                                               |
 */

const spec = {
  source: 'mm/huge_memory.c',
  params: { va: Va, freeze: bool() },
  locals: { old: Entry, folio: Pfn, exclusive: bool(), migration: bool() },
}
type SplitWords = Words<typeof spec.params, typeof spec.locals>
type Locals = {
  va: number
  freeze: boolean
  old: EntryState
  folio: number
  exclusive: boolean
  migration: boolean
}

/** S4a and S4b: what the entry says, without touching it. */
function readSoftleaf(s: State, t: Locals): void {
  copyEntry(t.old, s.vmas[t.va].pmd)
  t.folio = page_folio(s, softleaf_to_pfn(t.old))
  t.migration = t.old.kind === 'migration'
  t.exclusive = t.migration ? t.old.mode === 'readExclusive' : pageAt(s, t.folio).ae
}

/** S4c. */
function invalidate(s: State, t: Locals): void {
  pmdp_invalidate(s, t.va, t.old)
  t.folio = page_folio(s, pmd_pfn(t.old))
  const page = pageAt(s, t.folio)
  if (t.old.dirty) page.dirty = true
  expect(noWarning, page.ref > 0, `VM_WARN_ON_FOLIO(!folio_ref_count(p${t.folio}))`)
  t.exclusive = page.ae
}

/** S8. One PTE of the table that replaces the PMD. */
function fillPte(e: EntryState, t: Locals, i: number): void {
  const { old } = t
  const pfn = old.pfn + i
  const soft = is_softleaf(old)
  const write = soft ? old.mode === 'write' : old.rw
  if (t.freeze || t.migration) {
    mk_migration(e, pfn, write ? 'write' : t.exclusive ? 'readExclusive' : 'read')
    if (old.kind !== 'device') e.dirty = old.dirty
  } else if (soft) mk_device_private(e, pfn, write)
  else {
    mk_present(e, pfn)
    e.rw = write
    e.dirty = old.dirty
  }
  copyBits(e, old)
}

/** soft-dirty and uffd, from the place where the old entry has them to where the new one has. */
function copyBits(e: EntryState, old: EntryState): void {
  const softDirty = is_softleaf(old) ? old.rw : old.softDirty
  const uffd = is_softleaf(old) ? old.user : old.uffd
  if (is_softleaf(e)) {
    e.rw = softDirty
    e.user = uffd
  } else {
    e.softDirty = softDirty
    e.uffd = uffd
  }
}

function fill({ step }: SplitWords, pte: (e: EntryState, t: Locals, i: number) => void) {
  return [
    step('pgtable = pgtable_trans_huge_withdraw(mm, pmd)', (s, t) => {
      pgtable_trans_huge_withdraw(s, t.va)
    }),
    step('set_ptes(mm, haddr, pte, entry, HPAGE_PMD_NR)', (s, t) => {
      for (let i = 0; i < N; i++) pte(s.vmas[t.va].ptes[i], t, i)
    }),
  ]
}

/** S5 and S6. */
function shareOrMap({ step, when }: SplitWords) {
  return [
    when(
      t => t.freeze && t.exclusive,
      [
        step('folio_try_share_anon_rmap_pmd(folio, page)', (s, t) => {
          if (!folio_try_share_anon_rmap(s, t.folio, t.folio)) t.freeze = false
        }),
      ],
    ),
    when(
      t => !t.freeze,
      [
        step('folio_ref_add(folio, HPAGE_PMD_NR - 1); folio_add_anon_rmap_ptes()', (s, t) => {
          folio_ref_add(s, t.folio, N - 1)
          folio_add_anon_rmap_ptes(s, t.folio, t.exclusive)
        }),
      ],
    ),
  ]
}

/** S9 to S12. */
function finish({ step, when, call, local }: SplitWords, unmaps: (t: Locals) => boolean) {
  return [
    when(unmaps, [step('folio_remove_rmap_pmd(folio, page, vma)', (s, t) => folio_remove_rmap_pmd(s, t.folio))]),
    when(t => t.freeze, [call('put_page(page)', folio_put, { folio: t => t.folio })]),
    local(t => clearEntry(t.old)),
    step('pmd_populate(mm, pmd, pgtable)', (s, t) => {
      pmd_populate(s, t.va)
    }),
  ]
}

/** v6.19 and later. */
export const __split_huge_pmd_locked = pageTable.operation('__split_huge_pmd_locked', spec, words => {
  const { test, step, when } = words
  return [
    test(
      'pmd_is_valid_softleaf(*pmd)',
      (s, t) => pmd_is_valid_softleaf(s.vmas[t.va].pmd),
      [step('old_pmd = *pmd', readSoftleaf), when(t => !t.migration, shareOrMap(words))],
      [step('old_pmd = pmdp_invalidate(vma, haddr, pmd)', invalidate), ...shareOrMap(words)],
    ),
    ...fill(words, fillPte),
    ...finish(words, t => !t.migration),
  ]
})

/** RFC and v1: every entry that is not present is asked what only a migration entry can say. */
function fillPteRFC(e: EntryState, t: Locals, i: number): void {
  const { old } = t
  const soft = is_softleaf(old)
  const write = soft ? old.kind === 'migration' && old.mode === 'write' : old.rw
  if (old.kind !== 'device' || t.freeze) {
    fillPte(e, t, i)
    if (old.kind === 'device') e.mode = t.exclusive ? 'readExclusive' : 'read'
    return
  }
  if (!write && t.exclusive) {
    clearEntry(e)
    e.kind = 'exclusive'
    e.pfn = old.pfn + i
  } else mk_device_private(e, old.pfn + i, write)
  copyBits(e, old)
}

/** RFC and v1: a device-private PMD keeps its mapping and its one reference, and leaves N entries behind. */
export const __split_huge_pmd_locked_RFC = pageTable.operation('__split_huge_pmd_locked', spec, words => {
  const { test, step } = words
  return [
    test(
      'present = pmd_present(*pmd)',
      (s, t) => !is_softleaf(s.vmas[t.va].pmd),
      [step('old_pmd = pmdp_invalidate(vma, haddr, pmd)', invalidate), ...shareOrMap(words)],
      [
        step('swp_entry = pmd_to_swp_entry(*pmd)', (s, t) => {
          readSoftleaf(s, t)
          t.exclusive = t.old.mode === 'readExclusive'
        }),
      ],
    ),
    ...fill(words, fillPteRFC),
    ...finish(words, t => !is_softleaf(t.old)),
  ]
})

/** v6.19 and later: splits what is there, if it is a leaf or a softleaf that can be; under the PMD lock. */
export const split_huge_pmd_locked = pageTable.operation(
  'split_huge_pmd_locked',
  { source: 'mm/huge_memory.c', params: { va: Va, freeze: bool(), folio: Pfn } },
  ({ test, call }) => [
    test(
      'if (pmd_trans_huge(*pmd) || pmd_is_valid_softleaf(*pmd))',
      (s, t) => pmd_trans_huge(s.vmas[t.va].pmd) || pmd_is_valid_softleaf(s.vmas[t.va].pmd),
      [
        call('__split_huge_pmd_locked(vma, pmd, address, freeze)', __split_huge_pmd_locked, {
          va: t => t.va,
          freeze: t => t.freeze,
        }),
      ],
    ),
  ],
)

const checked = {
  source: 'mm/huge_memory.c',
  params: { va: Va, freeze: bool(), folio: Pfn },
  locals: { huge: bool(), other: bool() },
}
type CheckedWords = Words<typeof checked.params, typeof checked.locals>

/** `folioOf`: how the version finds the folio of the PMD, to compare it with the one to be split. */
function splitIfSame({ step, when, call }: CheckedWords, folioOf: (s: State, e: EntryState) => number) {
  return [
    step('if (pmd_trans_huge(*pmd) || is_pmd_migration_entry(*pmd))', (s, t) => {
      t.huge = pmd_trans_huge(s.vmas[t.va].pmd) || pmd_is_migration_entry(s.vmas[t.va].pmd)
    }),
    when(
      t => t.huge && t.folio !== NONE,
      [
        step('if (folio && folio != pmd_folio(*pmd)) return', (s, t) => {
          t.other = folioOf(s, s.vmas[t.va].pmd) !== t.folio
        }),
      ],
    ),
    when(
      t => t.huge && !t.other,
      [
        call('__split_huge_pmd_locked(vma, pmd, address, freeze)', __split_huge_pmd_locked, {
          va: t => t.va,
          freeze: t => t.freeze,
        }),
      ],
    ),
  ]
}

/** v6.14: the caller may name a folio; that of the PMD is looked up as if it were present. */
export const split_huge_pmd_locked_v6_14 = pageTable.operation('split_huge_pmd_locked', checked, words =>
  splitIfSame(words, (s, e) => page_folio(s, pmd_pfn(e))),
)

/** RFC: looked up by the kind of the entry. Device-private PMDs do not get here. */
export const split_huge_pmd_locked_RFC = pageTable.operation('split_huge_pmd_locked', checked, words =>
  splitIfSame(words, (s, e) => page_folio(s, is_softleaf(e) ? softleaf_to_pfn(e) : pmd_pfn(e))),
)

/** The same with the notifier and the lock; also what split_huge_pmd_address does where there is a PMD. */
export const __split_huge_pmd = pageTable.operation(
  '__split_huge_pmd',
  { source: 'mm/huge_memory.c', params: { va: Va, freeze: bool(), folio: Pfn } },
  ({ step, waitUntil, call }) => [
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    waitUntil(
      'ptl = pmd_lock(vma->vm_mm, pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => take_pmd_lock(s, t.va),
    ),
    call('split_huge_pmd_locked(vma, range.start, pmd, freeze)', split_huge_pmd_locked, {
      va: t => t.va,
      freeze: t => t.freeze,
      folio: t => t.folio,
    }),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
  ],
)
