import { bool, int } from 'foliocheck'
import {
  type EntryState,
  is_softleaf,
  pmd_is_device_private_entry,
  pmd_is_migration_entry,
  pmd_trans_huge,
} from '../../machine/page-table/entry.js'
import { EntryValue, kindOf, wordOf } from '../../machine/page-table/entry-value.js'
import {
  pmd_unlock,
  pmd_unlocked,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'

/**
 * | kernel function      | steps (pw1–pw7)                               | abstracted, and why that is sound                  |
 * |----------------------|-----------------------------------------------|----------------------------------------------------|
 * | page_vma_mapped_walk | look; lock and look again; PTE by PTE: look,  | One PMD per VMA, so the walk never steps to the    |
 * |                      | lock, check                                   | next. Where it stands is passed in and out: 0      |
 * |                      |                                               | nothing, 1 the PMD, 2 + i PTE i, with the lock of  |
 * |                      |                                               | that table held. A table whose PMD changed between |
 * |                      |                                               | look and lock is noticed by the lock itself.       |
 */

/** Where a walk stands: NOT_FOUND, AT_PMD, or AT_PTE + i. */
export const Place = int(0, 1 + N)
export const NOT_FOUND = 0
export const AT_PMD = 1
export const AT_PTE = 2

const spec = {
  source: 'mm/page_vma_mapped.c',
  params: { va: Va, pfn: Pfn, nr: int(0, N), migration: bool(), sync: bool(), at: Place },
  locals: { seen: EntryValue, verdict: int(0, 2), i: int(0, N), locked: bool() },
  returns: Place,
}
export type WalkWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
export interface WalkLocals {
  readonly va: number
  readonly pfn: number
  readonly nr: number
  readonly migration: boolean
  readonly sync: boolean
  readonly at: number
  seen: number
  verdict: number
  i: number
  locked: boolean
}

/** What a look at the PMD under its lock says. */
export const NO = 0
export const FOUND = 1
/** It is a table now: go on below it. */
export const SPLIT = 2

/** Whether the pages of the entry and those looked for overlap. */
function overlaps(t: WalkLocals, pfn: number, pages: number): boolean {
  return pfn < t.pfn + t.nr && t.pfn < pfn + pages
}

/** pw3, under the lock. */
function checkPmd(e: EntryState, t: WalkLocals): number {
  if (is_softleaf(e)) {
    return t.migration && pmd_is_migration_entry(e) && overlaps(t, e.pfn, N) ? FOUND : NO
  }
  if (pmd_trans_huge(e)) return !t.migration && overlaps(t, e.pfn, N) ? FOUND : NO
  return SPLIT
}

/** pw4 of July 2026, under the lock. */
function checkDevice(e: EntryState, t: WalkLocals): number {
  if (!pmd_is_device_private_entry(e)) return SPLIT
  return !t.migration && overlaps(t, e.pfn, N) ? FOUND : NO
}

/** check_pte. */
function checkPte(e: EntryState, t: WalkLocals): boolean {
  const wanted = t.migration
    ? e.kind === 'migration'
    : e.kind === 'present' || e.kind === 'device' || e.kind === 'exclusive'
  return wanted && overlaps(t, e.pfn, 1)
}

/** pw1, and the end of a walk that stood at a PTE. */
function resume({ when, step, local, ret, goto }: WalkWords) {
  return [
    when(
      t => t.at === AT_PMD,
      [
        step('not_found(pvmw): spin_unlock(pvmw->ptl)', (s, t) => {
          pmd_unlock(s, t.va)
        }),
        ret(() => NOT_FOUND),
      ],
    ),
    when(
      t => t.at >= AT_PTE,
      [
        local(t => {
          t.i = t.at - AT_PTE + 1
          t.locked = true
        }),
        goto('next_pte'),
      ],
    ),
  ]
}

/** Locks the PMD and decides; the lock is dropped unless it is the place. */
function lockPmd({ waitUntil, when, ret }: WalkWords, label: string, check: (e: EntryState, t: WalkLocals) => number) {
  return [
    waitUntil(
      label,
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        t.verdict = check(s.vmas[t.va].pmd, t)
        if (t.verdict !== FOUND) pmd_unlock(s, t.va)
      },
    ),
    when(t => t.verdict === FOUND, [ret(() => AT_PMD)]),
    when(t => t.verdict === NO, [ret(() => NOT_FOUND)]),
  ]
}

/** pw5: what a zap or a mover has cleared it will have finished with once its lock was ours. */
function syncPmd({ waitUntil, when, ret }: WalkWords) {
  return [
    when(t => t.sync, [waitUntil('spin_unlock(pmd_lock(mm, pvmw->pmd))', (s, t) => pmd_unlocked(s, t.va))]),
    ret(() => NOT_FOUND),
  ]
}

/** pw6 and pw7. */
function walkPtes({ step, waitUntil, when, loop, local, label, ret, goto }: WalkWords) {
  return [
    label('next_pte'),
    loop(
      t => t.i < N,
      [
        when(
          t => !t.locked && !t.sync,
          [
            step('ptent = ptep_get_lockless(pvmw->pte)', (s, t) => {
              const { pmd, ptes } = s.vmas[t.va]
              t.verdict = pmd.kind === 'table' && prefilter(ptes[t.i], t) ? FOUND : NO
            }),
          ],
          [
            local(t => {
              t.verdict = FOUND
            }),
          ],
        ),
        when(
          t => t.verdict === FOUND,
          [
            when(
              t => !t.locked,
              [
                waitUntil(
                  'spin_lock(pvmw->ptl)',
                  (s, t) => pte_lock_ready(s, t.va),
                  (s, t) => {
                    t.locked = pte_offset_map_lock(s, t.va)
                  },
                ),
                when(t => !t.locked, [goto('restart')]),
              ],
            ),
            step('check_pte(pvmw, pte_nr)', (s, t) => {
              t.verdict = checkPte(s.vmas[t.va].ptes[t.i], t) ? FOUND : NO
            }),
            when(t => t.verdict === FOUND, [ret(t => AT_PTE + t.i)]),
          ],
        ),
        local(t => {
          t.i++
        }),
      ],
    ),
    when(
      t => t.locked,
      [
        step('not_found(pvmw): pte_unmap_unlock(pvmw->pte, pvmw->ptl)', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
      ],
    ),
    ret(() => NOT_FOUND),
  ]
}

/** What map_pte looks at before it takes the lock. */
function prefilter(e: EntryState, t: WalkLocals): boolean {
  if (t.migration) return is_softleaf(e)
  return e.kind === 'present' || e.kind === 'device' || e.kind === 'exclusive'
}

function look({ step, label }: WalkWords) {
  return [
    label('restart'),
    step('pmde = pmdp_get_lockless(pvmw->pmd)', (s, t) => {
      t.seen = wordOf(s.vmas[t.va].pmd)
      if (s.pages[t.pfn].fresh) s.pages[t.pfn].obstructed = true
      t.i = 0
      t.locked = false
    }),
  ]
}

/** pmd_trans_huge or a migration entry. */
function looksHuge(value: number): boolean {
  const kind = kindOf(value)
  return kind === 'present' || kind === 'invalid' || kind === 'migration'
}

function forgetLook({ local }: WalkWords) {
  return local(t => {
    t.seen = 0
  })
}

/** v7.2: a device-private PMD is looked at again under the lock, as the others are. */
export const page_vma_mapped_walk = pageTable.operation('page_vma_mapped_walk', spec, words => [
  ...resume(words),
  ...look(words),
  words.when(
    t => looksHuge(t.seen),
    [forgetLook(words), ...lockPmd(words, 'pvmw->ptl = pmd_lock(mm, pvmw->pmd)', checkPmd)],
    [
      words.when(
        t => kindOf(t.seen) === 'device',
        [forgetLook(words), ...lockPmd(words, 'pvmw->ptl = pmd_lock(mm, pvmw->pmd), device-private', checkDevice)],
        [words.when(t => kindOf(t.seen) !== 'table', syncPmd(words))],
      ),
    ],
  ),
  forgetLook(words),
  ...walkPtes(words),
])

/** RFC, v1 and v6.19: any PMD that looked device-private is the place, whatever it is once the lock is taken. */
export const page_vma_mapped_walk_v6_19 = pageTable.operation('page_vma_mapped_walk', spec, words => [
  ...resume(words),
  ...look(words),
  words.when(
    t => looksHuge(t.seen),
    [forgetLook(words), ...lockPmd(words, 'pvmw->ptl = pmd_lock(mm, pvmw->pmd)', checkPmd)],
    [
      words.when(
        t => kindOf(t.seen) === 'device',
        [forgetLook(words), ...lockPmd(words, 'pvmw->ptl = pmd_lock(mm, pvmw->pmd), device-private', () => FOUND)],
        [words.when(t => kindOf(t.seen) !== 'table', syncPmd(words))],
      ),
    ],
  ),
  forgetLook(words),
  ...walkPtes(words),
])
