import { patch, put } from 'foliocheck'
import { svm_migrate_page_free, svm_migrate_to_ram, svm_range_validate_and_map } from '../../drivers/svm/amdkfd.js'
import { drm_pagemap_migrate_to_devmem, drm_pagemap_migrate_to_devmem_v7_0 } from '../../drivers/svm/devmem.js'
import {
  drm_pagemap_create,
  drm_pagemap_dev_unhold_work,
  drm_pagemap_get,
  drm_pagemap_put,
  drm_pagemap_release,
  drm_pagemap_release_counted,
  drm_pagemap_zdd_alloc,
} from '../../drivers/svm/drm_pagemap.js'
import { nouveau_dmem_evict_chunk, nouveau_dmem_fini } from '../../drivers/svm/nouveau.js'
import { xe_devm_release, xe_drm_pagemap_populate_mm } from '../../drivers/svm/xe.js'
import { drm_pagemap_migrate_range } from '../../drivers/svm/xe-copy.js'
import { do_swap_page, do_swap_page_v6_19 } from '../../mm/svm/fault.js'
import { memunmap_pages } from '../../mm/svm/memunmap.js'
import { migrate_vma_finalize, migrate_vma_setup } from '../../mm/svm/migrate.js'
import { free_zone_device_folio, zone_device_page_init } from '../../mm/svm/put.js'

/** Fixes that were merged. */

export const avoidRecursiveLock = patch(
  'avoid-recursive-lock-in-migrations-back-to-ram',
  {
    subject: 'drm/amdkfd: avoid recursive lock in migrations back to RAM',
    date: '2021-11-01',
    messageId: '20211102024040.11666-1-alex.sierra@amd.com',
    commit: 'a6283010e290',
    status: 'merged for v5.16, in stable',
    claims: ['drv-amdkfd-migrate-lock-recursion'],
  },
  put(svm_range_validate_and_map),
  put(svm_migrate_to_ram),
)

export const boReleaseInWorker = patch(
  'svm-bo-release-in-worker',
  {
    subject: 'drm/amdkfd: fix svm_bo release invalid wait context warning',
    date: '2021-12-09',
    messageId: '20211209211841.3768-1-Philip.Yang@amd.com',
    status: 'v2, merged; in v6.0, where it was read',
    claims: ['drv-amdkfd-bo-release-sleeps'],
  },
  put(svm_migrate_page_free),
)

export const pgmapReference = patch(
  'pgmap-reference-on-page-allocation',
  {
    subject: 'mm/memremap.c: take a pgmap reference on page allocation',
    date: '2022-09-28',
    commit: '0dc45ca1ce18',
    fixes: '27674ef6c73f',
    status: 'merged for v6.1',
  },
  put(free_zone_device_folio),
  put(zone_device_page_init),
  put(memunmap_pages),
)

export const evictDuringRelease = patch(
  'evict-device-private-memory-during-release',
  {
    subject: 'nouveau/dmem: evict device private memory during release',
    date: '2022-09-28',
    commit: '249881232e14',
    status: 'merged for v6.1, with pgmap-reference-on-page-allocation in one series',
    claims: ['drv-nouveau-unbind-with-live-pages'],
  },
  put(nouveau_dmem_evict_chunk),
  put(nouveau_dmem_fini),
)

/** A series of 22 mails; these are four of them. */
const series = { date: '2025-12-19', status: 'v6 of a series, merged for v7.0' }

export const idleBeforeUse = patch(
  'devmem-allocation-is-idle-before-use',
  {
    subject: 'drm/pagemap, drm/xe: Ensure that the devmem allocation is idle before use',
    date: '2025-12-19',
    messageId: '20251219113320.183860-4-thomas.hellstrom@linux.intel.com',
    commit: '754c23238438',
    fixes: 'c5b3eb5a906c',
    status: 'merged for v6.19, in stable',
    claims: ['drv-devmem-not-idle'],
  },
  put(xe_drm_pagemap_populate_mm),
  put(drm_pagemap_migrate_range),
)

export const refcounting = patch(
  'add-refcounting-to-drm-pagemap',
  {
    ...series,
    subject: 'drm/pagemap, drm/xe: Add refcounting to struct drm_pagemap',
    messageId: '20251219113320.183860-5-thomas.hellstrom@linux.intel.com',
  },
  put(drm_pagemap_get),
  put(drm_pagemap_put),
  put(drm_pagemap_release_counted),
  put(xe_devm_release),
)

export const backpointer = patch(
  'refcounted-backpointer-in-zdd',
  {
    ...series,
    subject: 'drm/pagemap: Add a refcounted drm_pagemap backpointer to struct drm_pagemap_zdd',
    messageId: '20251219113320.183860-6-thomas.hellstrom@linux.intel.com',
    commit: '565477dbca6e',
    claims: ['drv-pagemap-provider-lifetime'],
  },
  put(drm_pagemap_zdd_alloc),
)

export const providerLifetimes = patch(
  'manage-drm-pagemap-provider-lifetimes',
  {
    ...series,
    subject: 'drm/pagemap, drm/xe: Manage drm_pagemap provider lifetimes',
    messageId: '20251219113320.183860-7-thomas.hellstrom@linux.intel.com',
    commit: 'a26084328ac4',
    claims: ['drv-pagemap-provider-lifetime'],
  },
  put(drm_pagemap_create),
  put(drm_pagemap_release),
  put(drm_pagemap_dev_unhold_work),
)

export const errorPaths = patch(
  'fix-error-paths-in-migrate-to-devmem',
  {
    subject: 'drm/pagemap Fix error paths in drm_pagemap_migrate_to_devmem',
    date: '2026-01-07',
    commit: '3902846af36b',
    fixes: '75af93b3f5d0',
    status: 'merged for v7.0',
    claims: ['drv-pagemap-error-path-unlock'],
  },
  put(drm_pagemap_migrate_to_devmem_v7_0),
)

export const trylockInFault = patch(
  'trylock-device-page-in-do-swap-page',
  {
    subject: 'mm/migrate: Trylock device page in do_swap_page',
    date: '2025-02-12',
    messageId: '20250213021112.1228481-4-matthew.brost@intel.com',
    commit: '1afaeb8293c9',
    status: 'v5, merged for v6.15',
  },
  put(do_swap_page_v6_19),
  put(migrate_vma_setup),
  put(migrate_vma_finalize),
)

export const sleepForLock = patch(
  'fix-hmm-range-fault-livelock',
  {
    subject: 'mm: Fix a hmm_range_fault() livelock / starvation problem',
    date: '2026-02-10',
    messageId: '20260210115653.92413-1-thomas.hellstrom@linux.intel.com',
    commit: 'b570f37a2ce4',
    fixes: '1afaeb8293c9',
    status: 'v5, merged for v7.0-rc3; device-to-device migration, disabled for it, came back with it (a99d34e5ecb9)',
    claims: ['drv-device-to-device-folio-lock-hang'],
  },
  put(do_swap_page),
)

export const zeroDstOnError = patch(
  'zero-dst-on-error',
  {
    subject: 'drm/pagemap: on error, zero what populate_devmem_pfn() stored and nobody made a migrate pfn',
    date: '2026-09-01',
    fixes: '3902846af36b',
    status: 'in 7.2.13 and 7.3.4, where it was read; its mail was not found, and the subject is ours',
    claims: ['drv-pagemap-bare-pfn-on-error'],
  },
  put(drm_pagemap_migrate_to_devmem),
)
