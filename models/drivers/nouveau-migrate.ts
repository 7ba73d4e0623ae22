import { bool, expect, NONE } from 'foliocheck'
import { boAlive } from '../../properties/drivers.js'
import { noWarning } from '../../properties/kernel-warnings.js'
import { folio_unlock, page_folio_held, set_zone_device_data } from '../machine/index.js'
import { PAGES, Pfn, Slot, type State, type Words, zoneDevice } from '../machine/state.js'
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
import { folio_put } from '../mm/swap.js'
import { nouveau_dmem_page_alloc_locked_v6_1 } from './nouveau.js'

/**
 * drivers/gpu/drm/nouveau/nouveau_dmem.c: migration and removal.
 *
 * | driver function               | steps                               | abstracted, and why that is sound               |
 * |-------------------------------|-------------------------------------|-------------------------------------------------|
 * | nouveau_dmem_migrate_vma      | setup, allocation, copy, data,      | One place. The copy may fail.                   |
 * |                               | pages, finalize                     |                                                 |
 * | nouveau_dmem_page_free_locked | unlock_page; put_page               | –                                               |
 * | nouveau_dmem_evict_chunk      | sweep; pages; finalize              | The copy; destinations are always there, and    |
 * |                               |                                     | never marked MIGRATE_PFN_COMPOUND.              |
 * | nouveau_dmem_fini             | evict; unpin; memunmap              | dmem->mutex: allocation does not take it.       |
 */
const source = 'drivers/gpu/drm/nouveau/nouveau_dmem.c'

/** Drops a page that was just allocated. */
export const nouveau_dmem_page_free_locked = zoneDevice.operation(
  'nouveau_dmem_page_free_locked',
  { source, params: { page: Pfn }, locals: { folio: Pfn } },
  ({ step, call }) => [
    step('unlock_page(page)', (s, t) => {
      t.folio = page_folio_held(s, t.page)
      folio_unlock(s, t.folio)
    }),
    call('put_page(page)', folio_put, { folio: t => t.folio }),
  ],
)

/** Migrates what is at `va` to device memory; nothing happens when there is no free page, or the copy fails. */
export const nouveau_dmem_migrate_vma = zoneDevice.operation(
  'nouveau_dmem_migrate_vma',
  { source, params: { va: Slot, is_large: bool(), copy_may_fail: bool() }, locals: { page: Pfn, failed: bool() } },
  ({ call, choose, step, when, ret }) => [
    call('migrate_vma_setup(&args)', migrate_vma_setup, { va: t => t.va }),
    call(
      'dpage = nouveau_dmem_page_alloc_locked(drm, is_large)',
      nouveau_dmem_page_alloc_locked_v6_1,
      { is_large: t => t.is_large },
      (t, page) => {
        t.page = page
      },
    ),
    when(
      t => t.page !== NONE,
      [
        choose(
          'drm->dmem->migrate.copy_func()',
          [0, 1],
          (_, t, failed) => {
            t.failed = failed === 1
          },
          (_, t, failed) => failed === 0 || t.copy_may_fail,
        ),
        when(
          t => t.failed,
          [call('nouveau_dmem_page_free_locked(drm, dpage)', nouveau_dmem_page_free_locked, { page: t => t.page })],
        ),
      ],
    ),
    when(
      t => t.page === NONE || t.failed,
      [call('migrate_vma_finalize(&args), no page', migrate_vma_restore, { va: t => t.va }), ret()],
    ),
    step('dpage->zone_device_data = svmm', (s, t) => {
      set_zone_device_data(s, t.page, 'svmm')
    }),
    call('migrate_vma_pages(&args)', migrate_vma_pages, { page: t => t.page }),
    call('migrate_vma_finalize(&args)', migrate_vma_finalize, { page: t => t.page, va: t => t.va }),
  ],
)

/** One sweep over the chunk. */
export const nouveau_dmem_evict_chunk = zoneDevice.operation('nouveau_dmem_evict_chunk', { source }, ({ call }) => [
  call('migrate_device_range(src_pfns, start, npages)', migrate_device_range, { start: 0, npages: PAGES }),
  call('migrate_device_pages(src_pfns, dst_pfns, npages)', migrate_device_pages, { compound: false }),
  call('migrate_device_finalize(src_pfns, dst_pfns, npages)', migrate_device_finalize, {}),
])

function checkCallocated(s: State): void {
  expect(noWarning, s.lists.callocated === 0, 'WARN_ON(chunk->callocated)')
}

type Plain = Words<Record<never, never>>

function unpin({ step }: Plain) {
  return [
    step('nouveau_bo_unpin_del(&chunk->bo); list_del(&chunk->list)', s => {
      checkCallocated(s)
      expect(boAlive, s.lists.pinned, 'the chunk is not pinned')
      s.lists.pinned = false
    }),
  ]
}

/** Since v6.1: evicts once, and unmaps. */
export const nouveau_dmem_fini = zoneDevice.operation('nouveau_dmem_fini', { source }, words => [
  words.call('nouveau_dmem_evict_chunk(chunk)', nouveau_dmem_evict_chunk, {}),
  ...unpin(words),
  words.call('memunmap_pages(&chunk->pagemap)', memunmap_pages, {}),
])

/** Until v6.0: unmaps, whoever uses the pages. */
export const nouveau_dmem_fini_v6_0 = zoneDevice.operation('nouveau_dmem_fini', { source }, words => [
  ...unpin(words),
  words.call('memunmap_pages(&chunk->pagemap)', memunmap_pages_v6_0, {}),
])
