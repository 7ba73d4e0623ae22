import { bool, demand, NONE, oneOf } from 'foliocheck'
import { kindAsserted } from '../../../properties/page-table/decode.js'
import {
  copyEntry,
  Entry,
  type EntryState,
  mk_device_private,
  mk_migration,
  pmd_clear_uffd,
  pmd_is_migration_entry,
  pmd_is_valid_softleaf,
  pmd_swp_clear_uffd,
  pmd_swp_mksoft_dirty,
  pmd_swp_mkuffd,
  pmd_swp_soft_dirty,
  pmd_swp_uffd,
  pmd_trans_huge,
  pmd_wrprotect,
} from '../../machine/page-table/entry.js'
import {
  add_mm_counter,
  folio_get,
  folio_try_dup_anon_rmap_pmd,
  is_softleaf,
  mmOf,
  page_folio,
  pgtable_trans_huge_deposit,
  pmd_pfn,
  pmd_unlock,
  pmd_unlocked,
  set_pmd_at,
  softleaf_to_pfn,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { __split_huge_pmd } from './split.js'

/**
 * | kernel function           | steps (F0–F10)                              | abstracted, and why that is sound             |
 * |---------------------------|---------------------------------------------|-----------------------------------------------|
 * | copy_huge_pmd             | lock dst, src; classify; get; dup rmap;     | Anonymous VMAs. The child's table is always   |
 * |                           | store both; unlock                          | allocated: -ENOMEM only ends the fork.        |
 * | copy_huge_non_present_pmd | parent's entry; get; dup rmap; child's      | –                                             |
 */

/** Result: copied, or the caller must look at the PTEs. */
export const Copied = oneOf('done', 'again')

const spec = {
  source: 'mm/huge_memory.c',
  params: { dst: Va, src: Va },
  locals: { kind: oneOf('none', 'soft', 'huge'), folio: Pfn, dup: bool(), entry: Entry, child: Entry },
  returns: Copied,
}
type CopyWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
type Locals = { dst: number; src: number; folio: number; entry: EntryState; child: EntryState }

/** F3 and F4. `accepts` says which entries that are not present this version takes for its own. */
function lockBoth({ waitUntil, when, step, ret }: CopyWords, accepts: (e: EntryState) => boolean) {
  return [
    waitUntil(
      'dst_ptl = pmd_lock(dst_mm, dst_pmd)',
      (s, t) => pmd_unlocked(s, t.dst),
      (s, t) => take_pmd_lock(s, t.dst),
    ),
    waitUntil(
      'spin_lock_nested(src_ptl, SINGLE_DEPTH_NESTING)',
      (s, t) => pmd_unlocked(s, t.src),
      (s, t) => {
        take_pmd_lock(s, t.src)
        const { pmd } = s.vmas[t.src]
        copyEntry(t.entry, pmd)
        if (is_softleaf(pmd) && accepts(pmd)) t.kind = 'soft'
        else if (pmd_trans_huge(pmd)) t.kind = 'huge'
      },
    ),
    when(
      t => t.kind === 'none',
      [step('pte_free(dst_mm, pgtable); spin_unlock(src_ptl); spin_unlock(dst_ptl)', unlockBoth), ret(() => 'again')],
    ),
  ]
}

function unlockBoth(s: State, t: Locals): void {
  pmd_unlock(s, t.src)
  pmd_unlock(s, t.dst)
}

/** The parent's entry, rebuilt without write permission; soft-dirty and uffd are kept. */
function keepBits(t: Locals): void {
  if (pmd_swp_soft_dirty(t.entry)) pmd_swp_mksoft_dirty(t.child)
  if (pmd_swp_uffd(t.entry)) pmd_swp_mkuffd(t.child)
}

function toReadMigration(s: State, t: Locals): void {
  mk_migration(t.child, softleaf_to_pfn(t.entry), 'read')
  keepBits(t)
  set_pmd_at(s, t.src, t.child)
}

/** F5a. */
function copyMigration({ step, when }: CopyWords) {
  return when(
    t => t.entry.kind === 'migration' && t.entry.mode !== 'read',
    [step('set_pmd_at(src_mm, addr, src_pmd, readable migration entry)', toReadMigration)],
  )
}

/** F5b. */
function copyDevice({ step, when }: CopyWords) {
  return when(
    t => t.entry.kind === 'device',
    [
      when(
        t => t.entry.mode === 'write',
        [
          step('set_pmd_at(src_mm, addr, src_pmd, readable device-private entry)', (s, t) => {
            mk_device_private(t.child, softleaf_to_pfn(t.entry), false)
            keepBits(t)
            set_pmd_at(s, t.src, t.child)
          }),
        ],
      ),
      step('folio_get(src_folio)', (s, t) => {
        t.folio = page_folio(s, softleaf_to_pfn(t.entry))
        folio_get(s, t.folio)
      }),
      step('folio_try_dup_anon_rmap_pmd(src_folio, &src_folio->page, dst_vma, src_vma)', (s, t) => {
        folio_try_dup_anon_rmap_pmd(s, t.folio, mmOf(t.src))
      }),
    ],
  )
}

/** F5c. */
function storeChild({ step }: CopyWords) {
  return step('set_pmd_at(dst_mm, addr, dst_pmd, pmd)', (s, t) => {
    if (t.child.kind === 'none') copyEntry(t.child, t.entry)
    if (!s.vmas[t.dst].uffd) {
      pmd_swp_clear_uffd(t.child)
      s.vmas[t.dst].protect = false
    }
    add_mm_counter(s, t.dst, N)
    pgtable_trans_huge_deposit(s, t.dst)
    set_pmd_at(s, t.dst, t.child)
  })
}

/** F6 to F9. */
function copyPresent({ step, when, call, ret }: CopyWords) {
  return when(
    t => t.kind === 'huge',
    [
      step('folio_get(src_folio)', (s, t) => {
        t.folio = page_folio(s, pmd_pfn(t.entry))
        folio_get(s, t.folio)
      }),
      step('folio_try_dup_anon_rmap_pmd(src_folio, src_page, dst_vma, src_vma)', (s, t) => {
        t.dup = folio_try_dup_anon_rmap_pmd(s, t.folio, mmOf(t.src))
      }),
      when(
        t => !t.dup,
        [
          call('folio_put(src_folio)', folio_put, { folio: t => t.folio }),
          step('spin_unlock(src_ptl); spin_unlock(dst_ptl)', unlockBoth),
          call('__split_huge_pmd(src_vma, src_pmd, addr, false)', __split_huge_pmd, {
            va: t => t.src,
            freeze: false,
            folio: NONE,
          }),
          ret(() => 'again'),
        ],
      ),
      step('pmdp_set_wrprotect(src_mm, addr, src_pmd)', (s, t) => {
        copyEntry(t.child, s.vmas[t.src].pmd)
        pmd_wrprotect(t.child)
        set_pmd_at(s, t.src, t.child)
      }),
      step('set_pmd_at(dst_mm, addr, dst_pmd, pmd_mkold(pmd_wrprotect(pmd)))', (s, t) => {
        if (!s.vmas[t.dst].uffd) {
          pmd_clear_uffd(t.child)
          s.vmas[t.dst].protect = false
        }
        add_mm_counter(s, t.dst, N)
        pgtable_trans_huge_deposit(s, t.dst)
        set_pmd_at(s, t.dst, t.child)
      }),
    ],
  )
}

function done({ step, ret }: CopyWords) {
  return [step('spin_unlock(src_ptl); spin_unlock(dst_ptl)', unlockBoth), ret(() => 'done')]
}

/** v6.19 and later. */
export const copy_huge_pmd = pageTable.operation('copy_huge_pmd', spec, words => [
  ...lockBoth(words, pmd_is_valid_softleaf),
  words.when(t => t.kind === 'soft', [copyMigration(words), copyDevice(words), storeChild(words)]),
  copyPresent(words),
  ...done(words),
])

/** v1: the assertion was relaxed and nothing else; a device-private entry becomes a migration entry that owns nothing. */
export const copy_huge_pmd_v1 = pageTable.operation('copy_huge_pmd', spec, words => [
  ...lockBoth(words, pmd_is_valid_softleaf),
  words.when(
    t => t.kind === 'soft',
    [
      words.when(
        t => t.entry.mode !== 'read' || t.entry.kind === 'device',
        [words.step('set_pmd_at(src_mm, addr, src_pmd, readable migration entry)', toReadMigration)],
      ),
      storeChild(words),
    ],
  ),
  copyPresent(words),
  ...done(words),
])

/** v6.14 and RFC: only migration entries are known. */
export const copy_huge_pmd_v6_14 = pageTable.operation('copy_huge_pmd', spec, words => [
  ...lockBoth(words, is_softleaf),
  words.when(
    t => t.kind === 'soft',
    [
      words.step('VM_BUG_ON(!is_pmd_migration_entry(pmd))', (_s, t) => {
        demand(kindAsserted, pmd_is_migration_entry(t.entry), `VM_BUG_ON: ${t.entry.kind} PMD at fork`)
      }),
      copyMigration(words),
      storeChild(words),
    ],
  ),
  copyPresent(words),
  ...done(words),
])
