import { bool, int, NONE } from 'foliocheck'
import {
  can_mmap_read,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { migrate_vma_collect_pmd } from './collect-pmd.js'
import { migrate_vma_page } from './finalize.js'
import { lru_add_drain } from './lru.js'
import { migrate_pfn_to_page, Src } from './src.js'

/**
 * | kernel function           | steps                                       | abstracted, and why that is sound                |
 * |---------------------------|---------------------------------------------|--------------------------------------------------|
 * | migrate_vma_collect       | notifier; collect; notifier                 | –                                                |
 * | migrate_vma_range         | mmap_lock; collect; drain; slot by slot;    | A driver's ioctl. Destinations are small pages,  |
 * |                           | unlock                                      | and only for slots that hold one.                |
 * | devmem_migrate_range_to_  | collect; fault folio; slot by slot          | A driver whose allocation spans the VMA. Its     |
 * | ram                       |                                             | caller has mmap_lock, and the fault's folio.     |
 */

/** Fills src[] for the VMA's page table. `fault` is the page of the fault that migrates, if there is one. */
export const migrate_vma_collect = pageTable.operation(
  'migrate_vma_collect',
  {
    source: 'mm/migrate_device.c',
    params: { va: Va, device: bool(), fault: Pfn },
    locals: { src: Src },
    returns: Src,
  },
  ({ step, call, ret }) => [
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    call(
      'walk_page_range_vma(vma, start, end, &migrate_vma_walk_ops, migrate)',
      migrate_vma_collect_pmd,
      { va: t => t.va, device: t => t.device, fault: t => t.fault },
      (t, src) => {
        t.src = src
      },
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    ret(t => t.src),
  ],
)

/** A driver moves what the PTEs of the VMA map, to the device or back. */
export const migrate_vma_range = pageTable.operation(
  'migrate_vma_range',
  {
    source: 'mm/migrate_device.c',
    params: { va: Va, toDevice: bool() },
    locals: { src: Src, i: int(0, N), page: Pfn, gone: bool() },
  },
  ({ step, waitUntil, when, loop, local, call, label, goto }) => [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => {
        mmap_read_lock(s, mmOf(t.va))
        t.gone = !s.vmas[t.va].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    call(
      'migrate_vma_setup(&migrate)',
      migrate_vma_collect,
      { va: t => t.va, device: t => !t.toDevice, fault: NONE },
      (t, src) => {
        t.src = src
      },
    ),
    call('migrate_device_unmap(): lru_add_drain()', lru_add_drain, {}),
    loop(
      t => t.i < N,
      [
        local(t => {
          t.page = migrate_pfn_to_page(t.src, t.i)
          t.i++
        }),
        when(
          t => t.page !== NONE,
          [
            call('migrate_vma_pages(&migrate)', migrate_vma_page, {
              folio: t => t.page,
              toDevice: t => t.toDevice,
              own: 1,
              faultFolio: false,
            }),
          ],
        ),
      ],
    ),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)

/** migrate_to_ram of a driver that brings back all of the VMA. */
export const devmem_migrate_range_to_ram = pageTable.operation(
  'devmem_migrate_range_to_ram',
  {
    source: 'drivers/gpu/drm/drm_pagemap.c',
    params: { va: Va, page: Pfn },
    locals: { src: Src, i: int(0, N), at: Pfn, folio: Pfn, mine: bool() },
  },
  ({ step, when, loop, local, call }) => [
    call(
      'migrate_vma_setup(&migrate)',
      migrate_vma_collect,
      { va: t => t.va, device: true, fault: t => t.page },
      (t, src) => {
        t.src = src
      },
    ),
    step('fault_folio = page_folio(fault_page)', (s, t) => {
      t.folio = page_folio(s, t.page)
    }),
    loop(
      t => t.i < N,
      [
        local(t => {
          t.at = migrate_pfn_to_page(t.src, t.i)
          t.i++
        }),
        when(
          t => t.at !== NONE,
          [
            local(t => {
              t.mine = t.at === t.folio
            }),
            call('migrate_vma_pages(&migrate)', migrate_vma_page, {
              folio: t => t.at,
              toDevice: false,
              own: t => (t.mine ? 2 : 1),
              faultFolio: t => t.mine,
            }),
          ],
        ),
      ],
    ),
  ],
)
