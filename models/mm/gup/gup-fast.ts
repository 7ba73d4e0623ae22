import { bool, expect, NONE, once, smp_mb } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import type { EntryState } from '../../machine/page-table/entry.js'
import { EntryValue, isValue, kindOf, pfnOf, wordOf, writesOf } from '../../machine/page-table/entry-value.js'
import { folio_test_large, folio_try_get, mmOf, pageAt } from '../../machine/page-table/index.js'
import { Index, Pfn, Va, WRITE_PROTECT_SEQ } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function      | steps (g1–g6)                                | abstracted, and why that is sound                     |
 * |----------------------|----------------------------------------------|-------------------------------------------------------|
 * | gup_fast             | has_pinned; sequence; PMD; PTE; head; try;   | Interrupts are off in the kernel, so that a flush     |
 * | gup_fast_pmd_leaf    | same folio; pin count; entry again; unshare; | waits for it: nothing relies on that but the freeing  |
 * | gup_fast_pte_range   | sequence again; sanity check                 | of page tables, and none that it reads is freed here. |
 * | try_grab_folio_fast  |                                              | FOLL_PIN alone. Where the kernel tries again or goes  |
 * |                      |                                              | the slow way, by a fault, this ends without a pin.    |
 * | gup_put_folio        | pin count; put                               | The pins of a small folio are part of its references. |
 */

/** Counts the pin of a small folio with its reference, as the bias does. */
function pinSmall(s: State, folio: number): void {
  if (!folio_test_large(s, folio)) pageAt(s, folio).pins++
}

/** gup_put_folio with FOLL_PIN. */
export const gup_put_folio = pageTable.operation(
  'gup_put_folio',
  { source: 'mm/gup.c', params: { folio: Pfn, counted: bool() } },
  ({ step, when, call }) => [
    when(
      t => t.counted,
      [
        step('atomic_sub(refs, &folio->_pincount)', (s, t) => {
          pageAt(s, t.folio).pins--
        }),
      ],
    ),
    call('folio_put_refs(folio, refs)', folio_put, { folio: t => t.folio }),
  ],
)

const spec = {
  source: 'mm/gup.c',
  params: { va: Va, index: Index, write: bool() },
  locals: {
    pmd: EntryValue,
    pte: EntryValue,
    page: Pfn,
    folio: Pfn,
    seq: WRITE_PROTECT_SEQ,
    ok: bool(),
    counted: bool(),
  },
  returns: Pfn,
}
type FastWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>

/** pmd_access_permitted, pte_access_permitted: present to hardware, and writable where that is asked. */
function permitted(e: EntryState, write: boolean): boolean {
  return e.kind === 'present' && !e.protnone && (!write || e.rw)
}

/** g1 and g2. */
function look({ step, when, ret }: FastWords) {
  return [
    step('mm_set_has_pinned_flag(current->mm)', (s, t) => {
      s.mms[mmOf(t.va)].hasPinned = true
    }),
    step('seq = raw_read_seqcount(&current->mm->write_protect_seq)', (s, t) => {
      t.seq = s.mms[mmOf(t.va)].writeProtectSeq
    }),
    when(t => t.seq % 2 === 1, [ret(() => NONE)]),
    step('pmd = pmdp_get_lockless(pmdp)', (s, t) => {
      const { pmd } = s.vmas[t.va]
      t.pmd = wordOf(pmd)
      if (permitted(pmd, t.write)) t.page = pmd.pfn + t.index
    }),
    when(
      t => kindOf(t.pmd) === 'table',
      [
        step('pte = ptep_get_lockless(ptep)', (s, t) => {
          const { pmd, ptes } = s.vmas[t.va]
          if (pmd.kind !== 'table' || !permitted(ptes[t.index], t.write)) return
          t.pte = wordOf(ptes[t.index])
          t.page = pfnOf(t.pte)
        }),
      ],
    ),
    when(t => t.page === NONE, [ret(() => NONE)]),
  ]
}

/** g3. */
function grab({ step, when, call, ret }: FastWords) {
  return [
    step('folio = page_folio(page)', (s, t) => {
      const { head } = s.pages[t.page]
      t.folio = head === NONE ? t.page : head
    }),
    step('folio_ref_try_add(folio, refs)', (s, t) => {
      t.ok = folio_try_get(s, t.folio)
      if (t.ok) pinSmall(s, t.folio)
      t.counted = t.ok && !folio_test_large(s, t.folio)
    }),
    when(t => !t.ok, [ret(() => NONE)]),
    step('if (unlikely(page_folio(page) != folio))', (s, t) => {
      t.ok = s.pages[t.page].head === t.folio
    }),
    when(
      t => !t.ok,
      [
        call('gup_put_folio(folio), another one', gup_put_folio, { folio: t => t.folio, counted: t => t.counted }),
        ret(() => NONE),
      ],
    ),
    when(
      t => !t.counted,
      [
        // An atomic operation without a result orders nothing by itself.
        once(
          step('atomic_add(refs, &folio->_pincount)', (s, t) => {
            pageAt(s, t.folio).pins++
            t.counted = true
          }),
        ),
        smp_mb('smp_mb__after_atomic()'),
      ],
    ),
  ]
}

/** g4: both entries as they were. */
function unchanged(s: State, t: { va: number; index: number; pmd: number; pte: number }): boolean {
  const { pmd, ptes } = s.vmas[t.va]
  return isValue(pmd, t.pmd) && (t.pte === 0 || isValue(ptes[t.index], t.pte))
}

/** g5: a pin for reading needs an exclusive page, too; that of a PMD is said by the head. */
function mustUnshare(s: State, t: { pmd: number; pte: number; page: number; folio: number }): boolean {
  const entry = t.pte === 0 ? t.pmd : t.pte
  return !writesOf(entry) && !s.pages[t.pte === 0 ? t.folio : t.page].ae
}

/** Pins page `index` of the VMA without a lock; NONE where the kernel would go the slow way. */
export const gup_fast = pageTable.operation('gup_fast', spec, words => {
  const { step, when, call, ret } = words
  const giveUp = (why: string) => [
    call(`gup_put_folio(folio), ${why}`, gup_put_folio, { folio: t => t.folio, counted: true }),
    ret(() => NONE),
  ]
  return [
    ...look(words),
    ...grab(words),
    once(
      step(
        'if (unlikely(pmd_val(pmd) != pmd_val(*pmdp)) || unlikely(pte_val(pte) != pte_val(ptep_get(ptep))))',
        (s, t) => {
          t.ok = unchanged(s, t)
        },
      ),
    ),
    when(t => !t.ok, giveUp('changed')),
    once(
      step('if (!pte_write(pte) && gup_must_unshare(NULL, flags, page))', (s, t) => {
        t.ok = !mustUnshare(s, t)
      }),
    ),
    when(t => !t.ok, giveUp('shared')),
    once(
      step('read_seqcount_retry(&current->mm->write_protect_seq, seq)', (s, t) => {
        t.ok = s.mms[mmOf(t.va)].writeProtectSeq === t.seq
        if (t.ok) s.pages[t.page].pinned++
      }),
    ),
    when(t => !t.ok, giveUp('a fork')),
    step('sanity_check_pinned_pages(pages, nr_pinned)', (s, t) => {
      const exclusive = s.pages[t.page].ae || s.pages[t.folio].ae
      expect(noWarning, exclusive, `VM_WARN_ON_ONCE_PAGE(!PageAnonExclusive(p${t.page}))`)
    }),
    ret(t => t.page),
  ]
})
