import { bool, bound, current, demand, int } from 'foliocheck'
import { providerAlive } from '../../../properties/svm/pagemap.js'
import { schedule } from '../../machine/svm/index.js'
import { Count, DEVICE, PEER, Va } from '../../machine/svm/sizes.js'
import { type State, svm, type Words } from '../../machine/svm/state.js'
import { memunmap_pages } from '../../mm/svm/memunmap.js'
import { drm_pagemap_migrate_to_devmem } from './devmem.js'
import { drm_gpusvm_notifier_invalidate, xe_svm_handle_pagefault } from './drm_gpusvm.js'
import {
  callProvider,
  drm_dev_put,
  drm_pagemap_folio_free,
  drm_pagemap_get,
  drm_pagemap_migrate_to_ram,
  drm_pagemap_put,
  putBo,
} from './drm_pagemap.js'
import { migrate_page_to_ram } from './to_ram.js'

/**
 * xe: what it does with a drm_pagemap, its own or a foreign one.
 *
 * | driver function            | steps                                        | abstracted, and why that is sound                    |
 * |----------------------------|----------------------------------------------|------------------------------------------------------|
 * | xe_drm_pagemap_populate_mm | enter; BO; fence; migrate; put; exit         | The block is free, or was cleared, or is cleared by  |
 * |                            |                                              | a job: one choice.                                   |
 * | xe_vma_preferred_loc       | get the drm_pagemap, or keep its address     | Madvise finds it by a file, which keeps it there.    |
 * | xe_pci_remove              | unplug; wait; evict; memunmap; put           | What else the driver frees; one eviction pass, then  |
 * |                            |                                              | memunmap_pages waits.                                |
 * | delete_module              | wait for the count; the text goes            | –                                                    |
 */
const source = 'drivers/gpu/drm/xe/xe_svm.c'

const populate = {
  source,
  params: { npages: Count, populateMayFail: bool(), copyMayFail: bool() },
  locals: { entered: bool() },
}
type PopulateWords = Words<typeof populate.params, typeof populate.locals>

const populateMm = (fence: (words: PopulateWords) => ReturnType<PopulateWords['step']>[]) => (words: PopulateWords) => {
  const { step, choose, when, call, ret } = words
  return [
    step('drm_dev_enter(&xe->drm, &idx)', (s, t) => {
      callProvider(s, 'drm_dev_enter()')
      t.entered = !s.provider.unplugged
      if (t.entered) s.provider.entered++
    }),
    when(t => !t.entered, [ret()]),
    choose('xe_bo_create_locked(): is the block clear?', [0, 1], (s, t, clearing) => {
      bound('one BO', s.bo.refs === 0)
      s.bo.refs = 2
      s.bo.npages = t.npages
      s.bo.clearing = clearing === 1
      s.bo.fence = false
      if (clearing === 0) for (let i = 0; i < t.npages; i++) s.pages[s.bo.block + i].data = 0
    }),
    ...fence(words),
    call('drm_pagemap_migrate_to_devmem(&bo->devmem_allocation, mm, start, end, …)', drm_pagemap_migrate_to_devmem, {
      npages: t => t.npages,
      populateMayFail: t => t.populateMayFail,
      copyMayFail: t => t.copyMayFail,
    }),
    step('xe_bo_put(bo)', s => {
      putBo(s)
    }),
    step('drm_dev_exit(idx)', s => {
      s.provider.entered--
    }),
  ]
}

export const xe_drm_pagemap_populate_mm_v6_18 = svm.operation(
  'xe_drm_pagemap_populate_mm',
  populate,
  populateMm(() => []),
)

/** Since 754c23238438. */
export const xe_drm_pagemap_populate_mm = svm.operation(
  'xe_drm_pagemap_populate_mm',
  populate,
  populateMm(({ step }) => [
    step('dma_resv_get_singleton(bo->ttm.base.resv, DMA_RESV_USAGE_KERNEL, &pre_migrate_fence)', s => {
      s.bo.fence = s.bo.clearing
    }),
  ]),
)

/** Anybody asks the provider for pages. */
export const drm_pagemap_populate_mm = svm.operation(
  'drm_pagemap_populate_mm',
  { source: 'drivers/gpu/drm/drm_pagemap.c', params: populate.params },
  ({ step, call }) => [
    step('ops = dpagemap->ops', s => {
      callProvider(s, 'populate_mm()')
    }),
    call('dpagemap->ops->populate_mm(dpagemap, start, end, mm, …)', xe_drm_pagemap_populate_mm, {
      npages: t => t.npages,
      populateMayFail: t => t.populateMayFail,
      copyMayFail: t => t.copyMayFail,
    }),
  ],
)

/* A foreign device, whose VMA prefers this one's memory. */

export const xe_vma_preferred_loc = svm.operation('xe_vma_preferred_loc', { source }, ({ step, call }) => [
  call('drm_pagemap_get(dpagemap)', drm_pagemap_get, {}),
  step('vma->attr.preferred_loc.dpagemap = dpagemap', s => {
    s.foreign = true
  }),
])

export const xe_vma_destroy = svm.operation('xe_vma_destroy', { source }, ({ step, call }) => [
  step('vma->attr.preferred_loc.dpagemap = NULL', s => {
    s.foreign = false
  }),
  call('drm_pagemap_put(dpagemap)', drm_pagemap_put, {}),
])

/* The provider goes. */

/** Until v6.19 the drm_pagemap is a part of what the driver frees. */
export const xe_devm_release_v6_19 = svm.operation('xe_devm_release', { source }, ({ step }) => [
  step('kfree(vr)', s => {
    s.dpagemap.there = false
  }),
])

export const xe_devm_release = svm.operation('xe_devm_release', { source }, ({ call }) => [
  call('drm_pagemap_put(vr->dpagemap)', drm_pagemap_put, {}),
])

export const xe_pci_remove = svm.operation(
  'xe_pci_remove',
  { source: 'drivers/gpu/drm/xe/xe_pci.c', locals: { i: int(0, PEER - DEVICE) } },
  ({ step, waitUntil, loop, local, call }) => [
    step('drm_dev_unplug(dev)', s => {
      s.provider.unplugged = true
    }),
    waitUntil('synchronize_srcu(&drm_unplug_srcu)', s => s.provider.entered === 0),
    loop(
      t => DEVICE + t.i < PEER,
      [
        call('drm_pagemap_evict_to_ram(&bo->devmem_allocation)', migrate_page_to_ram, { page: t => DEVICE + t.i }),
        local(t => {
          t.i++
        }),
      ],
    ),
    call('devm_memunmap_pages(dev, &vr->pagemap)', memunmap_pages, {}),
    call('xe_devm_release(vr)', xe_devm_release, {}),
    call('drm_dev_put(&xe->drm)', drm_dev_put, {}),
  ],
)

export const delete_module = svm.operation('delete_module', { source: 'kernel/module/main.c' }, ({ waitUntil }) => [
  waitUntil(
    'free_module(mod)',
    s => s.provider.module === 0,
    s => {
      s.provider.loaded = false
      demand(providerAlive, !s.provider.there || s.provider.drm === 0, 'the module goes before its drm_device')
    },
  ),
])

/* A worker of the device that handles its faults on CPU 0, where nobody preempts it. */

function occupy(s: State): void {
  s.cpu0 = current()
}

export const xe_pagefault_queue_work = svm.operation(
  'xe_pagefault_queue_work',
  { source: 'drivers/gpu/drm/xe/xe_pagefault.c', params: { first: Va, last: Va, write: bool() } },
  ({ step, call }) => [
    step('runs on CPU 0', s => {
      occupy(s)
    }),
    call('xe_svm_handle_pagefault(vm, vma, gt, addr, atomic)', xe_svm_handle_pagefault, {
      first: t => t.first,
      last: t => t.last,
      write: t => t.write,
    }),
    step('has done its work', s => {
      schedule(s)
    }),
  ],
)

/** What a scenario binds. */
export const xe = {
  migrate_to_ram: drm_pagemap_migrate_to_ram,
  invalidate: drm_gpusvm_notifier_invalidate,
  folio_free: drm_pagemap_folio_free,
}
