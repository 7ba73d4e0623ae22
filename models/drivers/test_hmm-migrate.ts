import { bool, NONE } from 'foliocheck'
import { zone_device_data } from '../machine/index.js'
import { NrPages, PAGES, Pfn, Slot, type State, zoneDevice } from '../machine/state.js'
import { memunmap_pages, memunmap_pages_v6_0 } from '../mm/memremap/teardown.js'
import {
  migrate_device_finalize,
  migrate_device_pages,
  migrate_device_range,
} from '../mm/migrate_device/from-device.js'
import {
  migrate_vma_finalize,
  migrate_vma_pages,
  migrate_vma_restore,
  migrate_vma_setup,
} from '../mm/migrate_device/to-device.js'
import { dmirror_devmem_alloc_page_v6_1 } from './test_hmm.js'

/**
 * lib/test_hmm.c: migration and removal.
 *
 * | driver function              | steps                               | abstracted, and why that is sound                |
 * |------------------------------|-------------------------------------|--------------------------------------------------|
 * | dmirror_migrate_to_device    | setup, allocation, pages, finalize  | One place; no fall-back to small pages.          |
 * | dmirror_device_evict_chunk   | sweep; backing page per folio;      | The destination's allocation never fails.        |
 * |                              | pages; finalize                     |                                                  |
 * | dmirror_device_remove_chunks | mark and unlink; evict; memunmap    | devmem_lock: one remover, and the list is never  |
 * |                              |                                     | grown.                                           |
 * | dmirror_fops_release         | evict                               | –                                                |
 */
const source = 'lib/test_hmm.c'

/** Migrates what is at `va` to device memory; nothing happens when there is no free page. */
export const dmirror_migrate_to_device = zoneDevice.operation(
  'dmirror_migrate_to_device',
  { source, params: { va: Slot, is_large: bool() }, locals: { dpage: Pfn } },
  ({ call, when, ret }) => [
    call('migrate_vma_setup(&args)', migrate_vma_setup, { va: t => t.va }),
    call(
      'dpage = dmirror_devmem_alloc_page(dmirror, is_large)',
      dmirror_devmem_alloc_page_v6_1,
      { is_large: t => t.is_large },
      (t, dpage) => {
        t.dpage = dpage
      },
    ),
    when(
      t => t.dpage === NONE,
      [call('migrate_vma_finalize(&args), no page', migrate_vma_restore, { va: t => t.va }), ret()],
    ),
    call('migrate_vma_pages(&args)', migrate_vma_pages, { page: t => t.dpage }),
    call('migrate_vma_finalize(&args)', migrate_vma_finalize, { page: t => t.dpage, va: t => t.va }),
  ],
)

/** The next page from `from` on that is to migrate, or NONE. */
function nextMigrating(s: State, from: number): number {
  for (let p = from; p < PAGES; p++) if (s.src[p].page !== NONE && s.src[p].migrate) return p
  return NONE
}

/** One sweep over the chunk. */
export const dmirror_device_evict_chunk = zoneDevice.operation(
  'dmirror_device_evict_chunk',
  { source, locals: { i: NrPages, more: bool() } },
  ({ call, label, goto, when, step }) => [
    call('migrate_device_range(src_pfns, start_pfn, npages)', migrate_device_range, { start: 0, npages: PAGES }),
    label('next page'),
    step('spage = BACKING_PAGE(spage)', (s, t) => {
      const spage = nextMigrating(s, t.i)
      if (spage === NONE) return
      zone_device_data(s, spage, 'backing')
      t.i = spage + 1
      t.more = nextMigrating(s, t.i) !== NONE
    }),
    when(t => t.more, [goto('next page')]),
    call('migrate_device_pages(src_pfns, dst_pfns, npages)', migrate_device_pages, { compound: true }),
    call('migrate_device_finalize(src_pfns, dst_pfns, npages)', migrate_device_finalize, {}),
  ],
)

/** No page of the chunk can be allocated any more; those in use do not go back to the list. */
function unlinkFree(s: State): void {
  s.lists.remove = true
  s.lists.free_pages = NONE
  s.lists.free_folios = NONE
  for (const page of s.pages) if (page.owner === 'pool') page.owner = 'driver'
}

/** Since v6.1: takes the free pages away, evicts once, and unmaps. */
export const dmirror_device_remove_chunks = zoneDevice.operation(
  'dmirror_device_remove_chunks',
  { source },
  ({ step, call }) => [
    step('spin_lock; devmem->remove = true; dmirror_remove_free_pages(); spin_unlock', s => {
      unlinkFree(s)
    }),
    call('dmirror_device_evict_chunk(devmem)', dmirror_device_evict_chunk, {}),
    call('memunmap_pages(&devmem->pagemap)', memunmap_pages, {}),
  ],
)

/** Until v6.0: unmaps, whoever uses the pages. */
export const dmirror_device_remove_chunks_v6_0 = zoneDevice.operation(
  'dmirror_device_remove_chunks',
  { source },
  ({ call }) => [call('memunmap_pages(&devmem->pagemap)', memunmap_pages_v6_0, {})],
)

/** File release since 2026: evicts every chunk of the device, whoever else uses it. */
export const dmirror_fops_release = zoneDevice.operation('dmirror_fops_release', { source }, ({ call }) => [
  call('dmirror_device_evict_chunk(devmem)', dmirror_device_evict_chunk, {}),
])
