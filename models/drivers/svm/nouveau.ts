import { demand, int } from 'foliocheck'
import { memoryPresent } from '../../../properties/svm/folios.js'
import { can_lock, free_page, mutex_unlock, pageAt, take_mutex } from '../../machine/svm/index.js'
import { DEVICE, PEER, Pfn, Seq, Va } from '../../machine/svm/sizes.js'
import { type State, svm } from '../../machine/svm/state.js'
import { memunmap_pages } from '../../mm/svm/memunmap.js'
import { tearDown } from './device-table.js'
import { migrate_page_to_ram, migrate_vma_to_ram } from './to_ram.js'

/**
 * drivers/gpu/drm/nouveau/nouveau_dmem.c and nouveau_svm.c.
 *
 * | driver function             | steps                                 | abstracted, and why that is sound                  |
 * |-----------------------------|---------------------------------------|----------------------------------------------------|
 * | nouveau_dmem_migrate_to_ram | chunk of the page; migrate            | svmm->mutex is held over the copy only.            |
 * | nouveau_dmem_page_free      | chunk of the page; the free list      | –                                                  |
 * | nouveau_dmem_fini           | evict, since v6.1; memunmap; kfree    | One chunk. Pinning: the life-cycle machine's.      |
 * | nouveau_svm_range_invalidate| svmm->mutex; seq; unmap               | –                                                  |
 */
const source = 'drivers/gpu/drm/nouveau/nouveau_dmem.c'

/** nouveau_page_to_chunk: through the struct page to what nouveau has allocated. */
function chunkOf(s: State, p: number): void {
  pageAt(s, p)
  demand(memoryPresent, s.chunk, `the chunk of p${p} is freed`)
}

export const nouveau_dmem_migrate_to_ram = svm.operation(
  'nouveau_dmem_migrate_to_ram',
  { source, params: { va: Va, page: Pfn } },
  ({ step, call }) => [
    step('drm = page_to_drm(vmf->page)', (s, t) => {
      chunkOf(s, t.page)
    }),
    call('nouveau_dmem_fault_copy_one(drm, vmf, &args, &dma_addr)', migrate_vma_to_ram, {
      va: t => t.va,
      fault: t => t.page,
    }),
  ],
)

/** dev_pagemap_ops.page_free. */
export const nouveau_dmem_page_free = svm.operation(
  'nouveau_dmem_page_free',
  { source, params: { page: Pfn } },
  ({ step }) => [
    step('chunk = nouveau_page_to_chunk(page); dmem->free_pages = page', (s, t) => {
      chunkOf(s, t.page)
      free_page(s, t.page)
    }),
  ],
)

/** Since v6.1: one pass over the chunk. */
export const nouveau_dmem_evict_chunk = svm.operation(
  'nouveau_dmem_evict_chunk',
  { source, locals: { i: int(0, PEER - DEVICE) } },
  ({ loop, local, call }) => [
    loop(
      t => DEVICE + t.i < PEER,
      [
        call('migrate_device_range(src_pfns, start, npages)', migrate_page_to_ram, { page: t => DEVICE + t.i }),
        local(t => {
          t.i++
        }),
      ],
    ),
  ],
)

const fini = (evicts: boolean) =>
  svm.operation('nouveau_dmem_fini', { source }, ({ step, call }) => [
    ...(evicts ? [call('nouveau_dmem_evict_chunk(chunk)', nouveau_dmem_evict_chunk, {})] : []),
    call('memunmap_pages(&chunk->pagemap)', memunmap_pages, {}),
    step('kfree(chunk)', s => {
      s.chunk = false
    }),
  ])

/** Removal of the driver, since v6.1. */
export const nouveau_dmem_fini = fini(true)
/** Whoever has pages keeps them. */
export const nouveau_dmem_fini_v6_0 = fini(false)

export const nouveau_svm_range_invalidate = svm.operation(
  'nouveau_svm_range_invalidate',
  { source: 'drivers/gpu/drm/nouveau/nouveau_svm.c', params: { seq: Seq } },
  ({ step, waitUntil }) => [
    waitUntil(
      'mutex_lock(&svmm->mutex)',
      s => can_lock(s, 'notifierLock'),
      (s, t) => {
        take_mutex(s, 'notifierLock')
        s.notifier.interval = t.seq
      },
    ),
    step('nouveau_svmm_invalidate(svmm, start, limit)', s => {
      tearDown(s)
    }),
    step('mutex_unlock(&svmm->mutex)', s => {
      mutex_unlock(s, 'notifierLock')
    }),
  ],
)

/** What a scenario binds. */
export const nouveau = {
  migrate_to_ram: nouveau_dmem_migrate_to_ram,
  invalidate: nouveau_svm_range_invalidate,
  folio_free: nouveau_dmem_page_free,
}
