import { bool, NONE } from 'foliocheck'
import { alloc_page, folio_trylock } from '../../machine/svm/index.js'
import { Pfn, Src, Va } from '../../machine/svm/sizes.js'
import { svm } from '../../machine/svm/state.js'
import { migrate_vma_finalize, migrate_vma_pages, migrate_vma_setup, try_to_migrate } from '../../mm/svm/migrate.js'

/**
 * What every driver's migrate_to_ram and eviction have in common.
 *
 * | driver function         | steps                                         | abstracted, and why that is sound                    |
 * |-------------------------|-----------------------------------------------|------------------------------------------------------|
 * | migrate_vma_to_ram      | setup; rest                                   | One page: what else the drivers take along is        |
 * |                         |                                               | selected by trylock, and is nothing to the fault.    |
 * | migrate_page_to_ram     | get and trylock by pfn; rest                  | –                                                    |
 * | migrate_locked_to_ram   | unmap; destination; copy; pages; finalize     | –                                                    |
 */
const source = 'drivers/gpu/drm/drm_pagemap.c'

/** Moves `page`, which the caller has locked and referenced, to RAM; it stays where it is when somebody else has it. */
export const migrate_locked_to_ram = svm.operation(
  'migrate_locked_to_ram',
  { source, params: { va: Va, page: Pfn, fault: Pfn }, locals: { dst: Pfn, ok: bool() } },
  ({ step, call }) => [
    call('try_to_migrate(folio, 0)', try_to_migrate, { page: t => t.page }),
    step('alloc_page_vma(); lock_page(dst)', (s, t) => {
      t.dst = alloc_page(s)
      folio_trylock(s, t.dst)
    }),
    step('copy_to_ram(pages, pagemap_addr, npages)', (s, t) => {
      s.pages[t.dst].data = s.pages[t.page].data
    }),
    call(
      'migrate_vma_pages(&migrate)',
      migrate_vma_pages,
      { va: t => t.va, src: t => t.page, dst: t => t.dst, fault: t => t.fault },
      (t, ok) => {
        t.ok = ok
      },
    ),
    call('migrate_vma_finalize(&migrate)', migrate_vma_finalize, {
      src: t => t.page,
      dst: t => t.dst,
      ok: t => t.ok,
      fault: t => t.fault,
    }),
  ],
)

/** A CPU's fault on the device page `fault`, which it has locked and referenced. */
export const migrate_vma_to_ram = svm.operation(
  'migrate_vma_to_ram',
  { source, params: { va: Va, fault: Pfn }, locals: { src: Src } },
  ({ call, when, ret }) => [
    call(
      'migrate_vma_setup(&migrate)',
      migrate_vma_setup,
      { va: t => t.va, fault: t => t.fault, system: false, device: true },
      (t, src) => {
        t.src = src
      },
    ),
    when(t => t.src === NONE, [ret()]),
    call('migrate the page', migrate_locked_to_ram, { va: t => t.va, page: t => t.src, fault: t => t.fault }),
  ],
)

/** A driver takes its page out of whatever maps it; nothing happens when it is free, or locked. */
export const migrate_page_to_ram = svm.operation(
  'migrate_page_to_ram',
  { source, params: { page: Pfn }, locals: { got: bool() } },
  ({ step, call, when, ret }) => [
    step('folio_get_nontail_page(page); folio_trylock(folio)', (s, t) => {
      t.got = s.pages[t.page].ref > 0 && folio_trylock(s, t.page)
      if (t.got) s.pages[t.page].ref++
    }),
    when(t => !t.got, [ret()]),
    call('migrate the page', migrate_locked_to_ram, { va: NONE, page: t => t.page, fault: NONE }),
  ],
)
