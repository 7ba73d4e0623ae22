import { bool } from 'foliocheck'
import { copyEntry, Entry, pmd_mkdirty } from '../../machine/page-table/entry.js'
import { EntryValue, isValue, pfnOf } from '../../machine/page-table/entry-value.js'
import {
  folio_get,
  folio_trylock,
  folio_unlock,
  folio_unlocked,
  page_folio,
  pageAt,
  pmd_unlock,
  pmd_unlocked,
  set_pmd_at,
  take_folio_lock,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { FaultResult } from './device-fault.js'
import { __split_huge_pmd } from './split.js'

/**
 * | kernel function       | steps (W1–W8)                                | abstracted, and why that is sound                   |
 * |-----------------------|----------------------------------------------|-----------------------------------------------------|
 * | do_huge_pmd_wp_page   | lock and compare; exclusive?; folio lock,    | No huge zero page, no swap cache, no unshare        |
 * |                       | sleeping without the PMD lock; reuse or      | faults. The permission only grows, so the old one   |
 * |                       | split                                        | needs no flush.                                     |
 * | huge_pmd_set_accessed | lock and compare; store                      | –                                                   |
 */

const spec = {
  source: 'mm/huge_memory.c',
  params: { va: Va, orig: EntryValue },
  locals: { folio: Pfn, same: bool(), exclusive: bool(), got: bool(), reuse: bool(), fresh: Entry },
  returns: FaultResult,
}
type WpWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>

function lockAndCompare({ waitUntil }: WpWords, label: string) {
  return waitUntil(
    label,
    (s, t) => pmd_unlocked(s, t.va),
    (s, t) => {
      take_pmd_lock(s, t.va)
      t.same = isValue(s.vmas[t.va].pmd, t.orig)
    },
  )
}

function unlockPmd({ step }: WpWords) {
  return step('spin_unlock(vmf->ptl)', (s, t) => {
    pmd_unlock(s, t.va)
  })
}

/** W7. */
function reuse(words: WpWords) {
  return [
    words.step('pmdp_set_access_flags(vma, haddr, vmf->pmd, entry, 1)', (s, t) => {
      copyEntry(t.fresh, s.vmas[t.va].pmd)
      pmd_mkdirty(t.fresh)
      t.fresh.rw = s.vmas[t.va].write
      set_pmd_at(s, t.va, t.fresh)
    }),
    unlockPmd(words),
    words.ret(() => 'done'),
  ]
}

/** W3: the lock that is there for the taking, or sleep for it with a reference and without the PMD lock. */
function lockFolio(words: WpWords) {
  const { step, waitUntil, when, call, ret } = words
  return [
    step('folio_trylock(folio)', (s, t) => {
      t.got = folio_trylock(s, t.folio)
    }),
    when(
      t => !t.got,
      [
        step('folio_get(folio)', (s, t) => {
          folio_get(s, t.folio)
        }),
        unlockPmd(words),
        waitUntil(
          'folio_lock(folio)',
          (s, t) => folio_unlocked(s, t.folio),
          (s, t) => {
            may_sleep(s)
            take_folio_lock(s, t.folio)
          },
        ),
        lockAndCompare(words, 'spin_lock(vmf->ptl)'),
        when(
          t => !t.same,
          [
            unlockPmd(words),
            step('folio_unlock(folio)', (s, t) => {
              folio_unlock(s, t.folio)
            }),
            call('folio_put(folio)', folio_put, { folio: t => t.folio }),
            ret(() => 'done'),
          ],
        ),
        call('folio_put(folio)', folio_put, { folio: t => t.folio }),
      ],
    ),
  ]
}

/** A write to a present PMD that does not allow it. */
export const do_huge_pmd_wp_page = pageTable.operation('do_huge_pmd_wp_page', spec, words => {
  const { step, when, call, ret } = words
  return [
    lockAndCompare(words, 'spin_lock(vmf->ptl)'),
    when(t => !t.same, [unlockPmd(words), ret(() => 'done')]),
    step('if (PageAnonExclusive(page)) goto reuse', (s, t) => {
      t.folio = page_folio(s, pfnOf(t.orig))
      t.exclusive = pageAt(s, t.folio).ae
    }),
    when(t => t.exclusive, reuse(words)),
    ...lockFolio(words),
    step('if (PageAnonExclusive(page)) goto reuse, locked', (s, t) => {
      t.exclusive = pageAt(s, t.folio).ae
      if (t.exclusive) folio_unlock(s, t.folio)
    }),
    when(t => t.exclusive, reuse(words)),
    step('if (folio_ref_count(folio) == 1) SetPageAnonExclusive(page)', (s, t) => {
      t.reuse = reusable(s, t.folio)
      folio_unlock(s, t.folio)
    }),
    when(t => t.reuse, reuse(words)),
    unlockPmd(words),
    call('__split_huge_pmd(vma, vmf->pmd, vmf->address, false)', __split_huge_pmd, {
      va: t => t.va,
      freeze: false,
      folio: -1,
    }),
    ret(() => 'fallback'),
  ]
})

/** W5 and W6. */
function reusable(s: State, folio: number): boolean {
  const page = pageAt(s, folio)
  if (page.ref !== 1) return false
  page.ae = true
  return true
}

/** An access that the PMD allows, or will when it is marked: only the entry's own bits change. */
export const huge_pmd_set_accessed = pageTable.operation(
  'huge_pmd_set_accessed',
  {
    source: 'mm/huge_memory.c',
    params: { va: Va, write: bool(), orig: EntryValue },
    locals: { fresh: Entry },
  },
  ({ step, waitUntil }) => [
    waitUntil(
      'vmf->ptl = pmd_lock(vma->vm_mm, vmf->pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => take_pmd_lock(s, t.va),
    ),
    step('touch_pmd(vma, address, vmf->pmd, write); spin_unlock(vmf->ptl)', (s, t) => {
      const { pmd } = s.vmas[t.va]
      if (isValue(pmd, t.orig) && t.write && !pmd.dirty) {
        copyEntry(t.fresh, pmd)
        pmd_mkdirty(t.fresh)
        set_pmd_at(s, t.va, t.fresh)
      }
      pmd_unlock(s, t.va)
    }),
  ],
)

/** do_huge_pmd_numa_page where no node is better: the protection is restored. */
export const do_huge_pmd_numa_page = pageTable.operation(
  'do_huge_pmd_numa_page',
  { source: 'mm/huge_memory.c', params: { va: Va, orig: EntryValue }, locals: { fresh: Entry } },
  ({ step, waitUntil }) => [
    waitUntil(
      'vmf->ptl = pmd_lock(vma->vm_mm, vmf->pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => take_pmd_lock(s, t.va),
    ),
    step('set_pmd_at(vma->vm_mm, haddr, vmf->pmd, pmd); spin_unlock(vmf->ptl)', (s, t) => {
      const { pmd, write } = s.vmas[t.va]
      if (isValue(pmd, t.orig)) {
        copyEntry(t.fresh, pmd)
        t.fresh.protnone = false
        t.fresh.rw = write && !pmd.uffd && s.pages[pmd.pfn].ae
        set_pmd_at(s, t.va, t.fresh)
      }
      pmd_unlock(s, t.va)
    }),
  ],
)
