import { bool, demand, int, NONE } from 'foliocheck'
import { memoryPresent } from '../../../properties/svm/folios.js'
import { can_lock, free_page, mutex_unlock, pageAt, take_mutex } from '../../machine/svm/index.js'
import { DEVICE, PEER, Pfn, Seq, Src, Va } from '../../machine/svm/sizes.js'
import { type State, svm } from '../../machine/svm/state.js'
import { memunmap_pages } from '../../mm/svm/memunmap.js'
import { migrate_vma_setup } from '../../mm/svm/migrate.js'
import { tearDown } from './device-table.js'
import { rangeFault, rangeFaultBy } from './range-fault.js'
import { migrate_locked_to_ram, migrate_page_to_ram } from './to_ram.js'

/**
 * drivers/gpu/drm/nouveau/nouveau_dmem.c and nouveau_svm.c.
 *
 * | driver function             | steps                                 | abstracted, and why that is sound                  |
 * |-----------------------------|---------------------------------------|----------------------------------------------------|
 * | nouveau_dmem_migrate_to_ram | chunk; setup; mutex; unmap; migrate   | The mutex is held over the copy: from the unmap on |
 * |                             |                                       | nobody can map the page again.                     |
 * | nouveau_dmem_page_free      | chunk of the page; the free list      | –                                                  |
 * | nouveau_dmem_fini           | evict, since v6.1; memunmap; kfree    | One chunk. Pinning: the life-cycle machine's.      |
 * | nouveau_svm_range_invalidate| mutex; seq; mutex; unmap              | With nouveau_svmm_invalidate_range_start.          |
 * | nouveau_range_fault         | begin; fault; mutex; retry; map       | The notifier is there for good, not for one fault. |
 */
const source = 'drivers/gpu/drm/nouveau/nouveau_dmem.c'

/** nouveau_page_to_chunk: through the struct page to what nouveau has allocated. */
function chunkOf(s: State, p: number): void {
  pageAt(s, p)
  demand(memoryPresent, s.chunk, `the chunk of p${p} is freed`)
}

export const nouveau_dmem_migrate_to_ram = svm.operation(
  'nouveau_dmem_migrate_to_ram',
  { source, params: { va: Va, page: Pfn }, locals: { src: Src } },
  ({ step, waitUntil, when, call, ret }) => [
    step('drm = page_to_drm(vmf->page)', (s, t) => {
      chunkOf(s, t.page)
    }),
    call(
      'migrate_vma_setup(&args)',
      migrate_vma_setup,
      { va: t => t.va, fault: t => t.page, system: false, device: true },
      (t, src) => {
        t.src = src
      },
    ),
    when(t => t.src === NONE, [ret()]),
    waitUntil(
      'mutex_lock(&svmm->mutex)',
      s => can_lock(s, 'notifierLock'),
      s => {
        take_mutex(s, 'notifierLock')
      },
    ),
    step('nouveau_svmm_invalidate(svmm, args.start, args.end)', s => {
      tearDown(s)
    }),
    step('mutex_unlock(&svmm->mutex)', s => {
      mutex_unlock(s, 'notifierLock')
    }),
    call('copy, migrate_vma_pages(&args), migrate_vma_finalize(&args)', migrate_locked_to_ram, {
      va: t => t.va,
      page: t => t.src,
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

const svmSource = 'drivers/gpu/drm/nouveau/nouveau_svm.c'

/** The interval notifier of a fault, and after it the notifier of the address space, which leaves own migrations alone. */
export const nouveau_svm_range_invalidate = svm.operation(
  'nouveau_svm_range_invalidate',
  { source: svmSource, params: { seq: Seq, migrate: bool() } },
  ({ step, waitUntil, when, ret }) => {
    const lock = waitUntil(
      'mutex_lock(&svmm->mutex)',
      s => can_lock(s, 'notifierLock'),
      s => {
        take_mutex(s, 'notifierLock')
      },
    )
    const unlock = step('mutex_unlock(&svmm->mutex)', s => {
      mutex_unlock(s, 'notifierLock')
    })
    return [
      lock,
      step('mmu_interval_set_seq(mni, cur_seq)', (s, t) => {
        s.notifier.interval = t.seq
      }),
      unlock,
      when(t => t.migrate, [ret()]),
      lock,
      step('nouveau_svmm_invalidate(svmm, start, limit)', s => {
        tearDown(s)
      }),
      unlock,
    ]
  },
)

/** A fault of the device. */
export const nouveau_range_fault = svm.operation(
  'nouveau_range_fault',
  { source: svmSource, ...rangeFault },
  rangeFaultBy({
    range: '&range',
    notifier: 'range.notifier',
    seq: 'range.notifier_seq',
    mutex: '&svmm->mutex',
    program: 'nvif_object_ioctl(&svmm->vmm->vmm.object, args)',
  }),
)

/** What a scenario binds. */
export const nouveau = {
  migrate_to_ram: nouveau_dmem_migrate_to_ram,
  invalidate: nouveau_svm_range_invalidate,
  folio_free: nouveau_dmem_page_free,
}
