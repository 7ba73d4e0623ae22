import { bool, NONE } from 'foliocheck'
import {
  anon_vma_lock_read,
  anon_vma_unlock_read,
  can_anon_vma_read,
  flush_tlb_mm,
  folio_mapped,
} from '../../machine/page-table/index.js'
import { MMS, Pfn, Va, VMAS } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { try_to_migrate_one } from './migrate-one.js'

/**
 * | kernel function       | steps                                     | abstracted, and why that is sound                        |
 * |-----------------------|-------------------------------------------|----------------------------------------------------------|
 * | try_to_migrate        | anon_vma lock; VMA by VMA in tree order;  | One anon_vma root, which lives as long as the machine:   |
 * |                       | unlock                                    | nobody is told here what happens when it dies.           |
 * | rmap_walk_anon        | the loop                                  | The check for a mapped folio is part of going on.        |
 * | try_to_unmap_flush    | one                                       | Flushes every address space that has something batched.  |
 */

/** The next VMA of the interval tree after `va`; NONE at the end. Under the anon_vma lock. */
export function nextVma(s: State, va: number): number {
  for (let next = va + 1; next < VMAS; next++) if (s.vmas[next].attached) return next
  return NONE
}

/** Replaces the mappings of a locked folio by migration entries, as far as it can. */
export const try_to_migrate = pageTable.operation(
  'try_to_migrate',
  {
    source: 'mm/rmap.c',
    params: { folio: Pfn, split: bool(), sync: bool(), batch: bool(), rmapLocked: bool() },
    locals: { va: Va, mapped: bool(), ok: bool() },
  },
  ({ step, waitUntil, when, loop, local, call, ret }) => [
    step('folio_lock_anon_vma_read(folio): folio_mapped(folio)', (s, t) => {
      t.mapped = folio_mapped(s, t.folio)
    }),
    when(
      t => !t.rmapLocked,
      [
        when(t => !t.mapped, [ret()]),
        waitUntil(
          'down_read(&root_anon_vma->rwsem)',
          s => can_anon_vma_read(s),
          (s, t) => {
            anon_vma_lock_read(s)
            t.mapped = folio_mapped(s, t.folio)
          },
        ),
      ],
    ),
    local(t => {
      t.ok = true
    }),
    loop(
      t => t.ok,
      [
        step('anon_vma_interval_tree_foreach(avc, …)', (s, t) => {
          t.va = folio_mapped(s, t.folio) ? nextVma(s, t.va) : NONE
        }),
        when(
          t => t.va === NONE,
          [
            local(t => {
              t.ok = false
            }),
          ],
          [
            call(
              'try_to_migrate_one(folio, vma, address, arg)',
              try_to_migrate_one,
              {
                folio: t => t.folio,
                va: t => t.va,
                split: t => t.split,
                sync: t => t.sync,
                batch: t => t.batch,
              },
              (t, ok) => {
                t.ok = ok
              },
            ),
          ],
        ),
      ],
    ),
    when(
      t => !t.rmapLocked,
      [
        step('anon_vma_unlock_read(anon_vma)', s => {
          anon_vma_unlock_read(s)
        }),
      ],
    ),
  ],
)

/** Flushes what try_to_migrate left for later. */
export const try_to_unmap_flush = pageTable.operation('try_to_unmap_flush', { source: 'mm/rmap.c' }, ({ step }) => [
  step('arch_tlbbatch_flush(&tlb_ubc->arch)', s => {
    for (let mm = 0; mm < MMS; mm++) {
      if (!s.mms[mm].batched) continue
      flush_tlb_mm(s, mm)
      s.mms[mm].batched = false
    }
  }),
])
