import { bool, demand, int, type Node, oneOf } from 'foliocheck'
import { kindAsserted } from '../../../properties/page-table/decode.js'
import {
  copyEntry,
  Entry,
  type EntryState,
  mk_device_private,
  mk_migration,
  pmd_clear_uffd,
  pmd_is_migration_entry,
  pmd_mkuffd,
  pmd_mkwrite,
  pmd_swp_clear_uffd,
  pmd_swp_mksoft_dirty,
  pmd_swp_mkuffd,
  pmd_swp_soft_dirty,
  pmd_swp_uffd,
  sameEntry,
} from '../../machine/page-table/entry.js'
import {
  is_softleaf,
  pageAt,
  pmd_is_huge,
  pmd_unlock,
  pmd_unlocked,
  pmdp_invalidate_ad,
  set_pmd_at,
  softleaf_to_pfn,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'

/**
 * | kernel function             | steps (C1–C7)                            | abstracted, and why that is sound          |
 * |-----------------------------|------------------------------------------|--------------------------------------------|
 * | change_huge_pmd             | lock; softleaf part, or invalidate and   | No huge zero page, no RWP. x86: invalidate |
 * |                             | store; unlock                            | does not flush. Soft-dirty tracking is     |
 * |                             |                                          | off, so it never forbids a write upgrade.  |
 * | change_non_present_huge_pmd | type; new value; uffd; store             | Only anonymous folios.                     |
 */

/** What a walk of change_protection is for. */
export const Change = oneOf('mprotect', 'numa', 'uffd-wp', 'uffd-wp-resolve')
/** Result: 0 no leaf, 1 nothing to flush, N flush. */
export const Changed = int(0, N)

const spec = {
  source: 'mm/huge_memory.c',
  params: { va: Va, change: Change },
  locals: { huge: bool(), soft: bool(), skip: bool(), flush: bool(), old: Entry, fresh: Entry },
  returns: Changed,
}
type ChangeWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
type Locals = { va: number; old: EntryState; fresh: EntryState; flush: boolean; change: string }

/** C1. */
function lock({ waitUntil, when, ret }: ChangeWords) {
  return [
    waitUntil(
      'ptl = __pmd_trans_huge_lock(pmd, vma)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        const { pmd } = s.vmas[t.va]
        t.huge = pmd_is_huge(pmd)
        t.soft = is_softleaf(pmd)
        t.skip = t.change === 'numa' && pmd.protnone
        if (!t.huge) pmd_unlock(s, t.va)
        else copyEntry(t.old, pmd)
      },
    ),
    when(t => !t.huge, [ret(() => 0)]),
  ]
}

/** A migration entry without write permission; soft-dirty is kept, uffd is not. */
function downgradeMigration(_s: State, t: Locals): void {
  mk_migration(t.fresh, softleaf_to_pfn(t.old), 'readExclusive')
  if (pmd_swp_soft_dirty(t.old)) pmd_swp_mksoft_dirty(t.fresh)
}

function isWrite(t: Locals, kind: EntryState['kind']): boolean {
  return t.old.kind === kind && t.old.mode === 'write'
}

/** C2d and the store. */
function storeSoftleaf({ step }: ChangeWords) {
  return [
    step('set_pmd_at(mm, addr, pmd, newpmd)', (s, t) => {
      if (t.change === 'uffd-wp') pmd_swp_mkuffd(t.fresh)
      if (t.change === 'uffd-wp-resolve') pmd_swp_clear_uffd(t.fresh)
      if (sameEntry(s.vmas[t.va].pmd, t.fresh)) return
      set_pmd_at(s, t.va, t.fresh)
    }),
  ]
}

/** C5: what the entry becomes. */
function newProtection(s: State, t: Locals): void {
  copyEntry(t.fresh, t.old)
  t.fresh.kind = 'present'
  t.fresh.rw = false
  t.fresh.protnone = t.change === 'numa'
  if (t.change === 'uffd-wp') pmd_mkuffd(t.fresh)
  if (t.change === 'uffd-wp-resolve') pmd_clear_uffd(t.fresh)
  if (t.change === 'mprotect' && mayWrite(s, t.va, t.fresh)) pmd_mkwrite(t.fresh)
  t.flush = !sameEntry(t.old, t.fresh)
}

/** can_change_pmd_writable. */
export function mayWrite(s: State, va: number, e: EntryState): boolean {
  return s.vmas[va].write && !e.protnone && !e.uffd && pageAt(s, e.pfn).ae
}

/** C4 to C7. */
function changePresent({ step, when }: ChangeWords) {
  return when(
    t => !t.soft && !t.skip,
    [
      step('oldpmd = pmdp_invalidate_ad(vma, addr, pmd)', (s, t) => {
        pmdp_invalidate_ad(s, t.va, t.old)
      }),
      step('set_pmd_at(mm, addr, pmd, entry)', (s, t) => {
        newProtection(s, t)
        set_pmd_at(s, t.va, t.fresh)
      }),
    ],
  )
}

function unlock({ step, ret }: ChangeWords) {
  return [
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    ret(t => (t.flush ? N : 1)),
  ]
}

/** C2a to C2d; `device` is what happens to a writable device-private entry. */
function changeSoftleaf(words: ChangeWords, device: readonly Node[]) {
  const { when, step, local } = words
  return when(
    t => t.soft,
    [
      when(
        t => isWrite(t, 'migration'),
        [step('newpmd = softleaf_to_pmd(readable exclusive migration entry)', downgradeMigration)],
        [when(t => isWrite(t, 'device'), device, [local(t => copyEntry(t.fresh, t.old))])],
      ),
      ...storeSoftleaf(words),
    ],
  )
}

/** v6.19: a device-private entry loses its write permission, and with it uffd and soft-dirty. */
export const change_huge_pmd_v6_19 = pageTable.operation('change_huge_pmd', spec, words => [
  ...lock(words),
  changeSoftleaf(words, [
    words.step('newpmd = swp_entry_to_pmd(readable device-private entry)', (s, t) => {
      mk_device_private(t.fresh, softleaf_to_pfn(t.old), false)
      s.vmas[t.va].softDirty = false
    }),
  ]),
  changePresent(words),
  ...unlock(words),
])

/** v7.2: uffd survives; soft-dirty does not. */
export const change_huge_pmd = pageTable.operation('change_huge_pmd', spec, words => [
  ...lock(words),
  changeSoftleaf(words, [
    words.step('newpmd = softleaf_to_pmd(readable device-private entry)', (s, t) => {
      mk_device_private(t.fresh, softleaf_to_pfn(t.old), false)
      s.vmas[t.va].softDirty = false
    }),
    words.step('newpmd = pmd_swp_mkuffd(newpmd)', (_s, t) => {
      if (pmd_swp_uffd(t.old)) pmd_swp_mkuffd(t.fresh)
    }),
  ]),
  changePresent(words),
  ...unlock(words),
])

/** RFC and v1: the new PMD is built before the entry is downgraded, so that it still allows writing. */
export const change_huge_pmd_RFC = pageTable.operation('change_huge_pmd', spec, words => [
  ...lock(words),
  changeSoftleaf(words, [
    words.step('newpmd = swp_entry_to_pmd(entry)', (_s, t) => {
      mk_device_private(t.fresh, softleaf_to_pfn(t.old), t.old.mode === 'write')
    }),
    words.step('entry = make_device_exclusive_entry(swp_offset(entry))', () => undefined),
  ]),
  changePresent(words),
  ...unlock(words),
])

/** v6.14: of the entries that are not present only migration entries exist at this level. */
export const change_huge_pmd_v6_14 = pageTable.operation('change_huge_pmd', spec, words => [
  ...lock(words),
  changeSoftleaf(words, [
    words.step('VM_BUG_ON(!is_pmd_migration_entry(*pmd))', (s, t) => {
      demand(kindAsserted, pmd_is_migration_entry(s.vmas[t.va].pmd), `VM_BUG_ON: ${t.old.kind} PMD`)
    }),
  ]),
  changePresent(words),
  ...unlock(words),
])
