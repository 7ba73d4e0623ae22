import { bool, int, NONE } from 'foliocheck'
import { copyEntry, Entry } from '../../machine/page-table/entry.js'
import {
  clearEntry,
  flush_tlb_range,
  folio_get,
  folio_remove_rmap_pte,
  folio_test_large,
  folio_try_share_anon_rmap,
  folio_trylock,
  folio_unlock,
  is_softleaf,
  page_folio,
  pageAt,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_clear_flush,
  ptep_get_and_clear,
  set_pte_at,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import type { State, Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { migrationPte } from '../rmap/migrate-one-parts.js'
import { migrate_vma_split_folio } from './split-folio.js'
import { Src } from './src.js'

/**
 * | kernel function         | steps (cp1–cp10)                               | abstracted, and why that is sound               |
 * |-------------------------|------------------------------------------------|-------------------------------------------------|
 * | migrate_vma_collect_pmd | fault folio; lock; per PTE: read, split a      | The PMD is a table: where it is none, the range |
 * |                         | large folio, get, trylock, clear, share, mark  | is left out. dst[], which is all zeroes, and    |
 * |                         | dirty, store, rmap, put; flush; unlock         | the flags but WRITE, which is read again.       |
 */

export const spec = {
  source: 'mm/migrate_device.c',
  params: { va: Va, device: bool(), fault: Pfn },
  locals: {
    faultFolio: Pfn,
    i: int(0, N),
    npages: int(0, 2 * N),
    src: Src,
    table: bool(),
    page: Pfn,
    folio: Pfn,
    large: bool(),
    write: bool(),
    dirty: bool(),
    exclusive: bool(),
    got: bool(),
    unmapped: bool(),
    old: Entry,
    fresh: Entry,
  },
  returns: Src,
}
type CollectWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
interface Locals {
  readonly va: number
  readonly device: boolean
  readonly i: number
  page: number
  folio: number
  large: boolean
  write: boolean
  dirty: boolean
}

/** How a version of the function goes about it. */
export interface Version {
  /** A PTE that names a page of a large folio: left out, or the folio is split and the walk begins again where. */
  readonly large: 'skip' | 'restart' | 'resume'
  /** A large folio is referenced before the lock of the table is dropped. */
  readonly pins: boolean
  /** Translations that were left in TLBs are flushed before the lock of the table is dropped at the end. */
  readonly flushesLocked: boolean
  /** The dirty bit of what the clear has returned goes to the folio. */
  readonly keepsDirty: boolean
}

/** cp1. */
export function findFaultFolio({ when, step }: CollectWords) {
  return when(
    t => t.fault !== NONE,
    [
      step('fault_folio = page_folio(migrate->fault_page)', (s, t) => {
        t.faultFolio = page_folio(s, t.fault)
      }),
    ],
  )
}

/** cp2. */
export function lockTable({ waitUntil, when, ret }: CollectWords) {
  return [
    waitUntil(
      'ptep = pte_offset_map_lock(mm, pmdp, start, &ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
      },
    ),
    when(t => !t.table, [ret(t => t.src)]),
  ]
}

/** cp3: the page behind the PTE, if it is of the kind that was asked for. */
export function readPte(s: State, t: Locals): void {
  const pte = s.vmas[t.va].ptes[t.i]
  t.page = NONE
  t.large = false
  if (pte.kind !== (t.device ? 'device' : 'present')) return
  t.page = pte.pfn
  t.folio = page_folio(s, pte.pfn)
  t.large = folio_test_large(s, t.folio)
  t.write = t.device ? pte.mode === 'write' : pte.rw
  t.dirty = !t.device && pte.dirty
}

/** cp4. */
export function splitLarge({ when, step, waitUntil, call, local, ret, goto }: CollectWords, { large, pins }: Version) {
  if (large === 'skip') {
    return [
      when(
        t => t.large,
        [
          local(t => {
            t.page = NONE
          }),
        ],
      ),
    ]
  }
  const pin = when(
    t => t.folio !== t.faultFolio,
    [
      step('folio_get(folio), large', (s, t) => {
        folio_get(s, t.folio)
      }),
    ],
  )
  const failed =
    large === 'resume'
      ? [
          step('flush_tlb_range(walk->vma, start, end); migrate_vma_collect_skip(addr, end, walk)', (s, t) => {
            if (t.unmapped) flush_tlb_range(s, t.va)
          }),
          ret(t => t.src),
        ]
      : [
          waitUntil(
            'ptep = pte_offset_map_lock(mm, pmdp, addr, &ptl)',
            (s, t) => pte_lock_ready(s, t.va),
            (s, t) => {
              t.table = pte_offset_map_lock(s, t.va)
              t.page = NONE
            },
          ),
          goto('next'),
        ]
  const restart = local(t => {
    t.i = 0
  })
  return [
    when(
      t => t.large,
      [
        ...(pins ? [pin] : []),
        step('pte_unmap_unlock(ptep, ptl)', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
        call(
          'ret = migrate_vma_split_folio(folio, migrate->fault_page)',
          migrate_vma_split_folio,
          { folio: t => t.folio, fault: t => t.fault },
          (t, split) => {
            t.got = split
          },
        ),
        when(t => !t.got, failed),
        ...(large === 'restart' ? [restart] : []),
        goto('again'),
      ],
    ),
  ]
}

/** cp5; false locals `got` and `page` when somebody else has the lock. */
export function getAndLock({ step, when, call }: CollectWords) {
  return [
    step('folio_get(folio)', (s, t) => {
      folio_get(s, t.folio)
    }),
    step('if (fault_folio == folio || folio_trylock(folio))', (s, t) => {
      t.got = t.faultFolio === t.folio || folio_trylock(s, t.folio)
      t.exclusive = pageAt(s, t.page).ae
    }),
    when(t => !t.got, [call('folio_put(folio), locked by another', folio_put, { folio: t => t.folio })]),
  ]
}

/** cp6. */
export function clearPte({ step, when, call, local, goto }: CollectWords, { keepsDirty }: Version) {
  const mark = step('folio_mark_dirty(folio)', (s, t) => {
    if (t.old.dirty) pageAt(s, t.folio).dirty = true
  })
  const forget = local(t => {
    t.old.dirty = false
  })
  return [
    when(
      t => t.exclusive,
      [
        step('pte = ptep_clear_flush(vma, addr, ptep)', (s, t) => {
          ptep_clear_flush(s, t.va, t.i, t.old)
        }),
        step('folio_try_share_anon_rmap_pte(folio, page)', (s, t) => {
          t.got = folio_try_share_anon_rmap(s, t.folio, t.page)
        }),
        when(
          t => !t.got,
          [
            step('set_pte_at(mm, addr, ptep, pte); folio_unlock(folio)', (s, t) => {
              copyEntry(t.fresh, t.old)
              set_pte_at(s, t.va, t.i, t.fresh)
              if (t.faultFolio !== t.folio) folio_unlock(s, t.folio)
              t.page = NONE
            }),
            call('folio_put(folio), pinned', folio_put, { folio: t => t.folio }),
            goto('next'),
          ],
        ),
      ],
      [
        step('pte = ptep_get_and_clear(mm, addr, ptep)', (s, t) => {
          ptep_get_and_clear(s, t.va, t.i, t.old)
        }),
      ],
    ),
    keepsDirty ? mark : forget,
  ]
}

/** cp7. */
export function exchangePte({ step, call, local }: CollectWords) {
  return [
    step('set_pte_at(mm, addr, ptep, swp_pte)', (s, t) => {
      migrationPte(t.fresh, t)
      if (!is_softleaf(t.old)) t.unmapped = true
      set_pte_at(s, t.va, t.i, t.fresh)
    }),
    step('folio_remove_rmap_pte(folio, page, vma)', (s, t) => {
      folio_remove_rmap_pte(s, t.folio, t.page)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
    local(t => {
      clearEntry(t.old)
      clearEntry(t.fresh)
    }),
  ]
}

/** cp10. */
export function finish({ step, when, ret }: CollectWords, { flushesLocked }: Version) {
  const flush = when(
    t => t.unmapped,
    [
      step('flush_tlb_range(walk->vma, start, end)', (s, t) => {
        flush_tlb_range(s, t.va)
      }),
    ],
  )
  const unlock = step('pte_unmap_unlock(ptep - 1, ptl)', (s, t) => {
    pte_unmap_unlock(s, t.va)
  })
  return [...(flushesLocked ? [flush, unlock] : [unlock, flush]), ret(t => t.src)]
}
