import { bool, NONE } from 'foliocheck'
import {
  folio_get,
  folio_test_large,
  folio_trylock,
  folio_unlock,
  page_folio,
  pageAt,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { migrate_vma_collect_huge_pmd } from './collect.js'
import { migrate_locked } from './migrate.js'

/**
 * A driver's migrate_to_ram, as the kernel's versions called it.
 *
 * | kernel function        | steps                                         | abstracted, and why that is sound                |
 * |------------------------|-----------------------------------------------|--------------------------------------------------|
 * | devmem_migrate_to_ram  | collect the PMD, or take the folio as it is;  | A folio that PTEs map is collected as a whole by |
 * |                        | common part; put                              | try_to_migrate, not PTE by PTE.                  |
 */

const spec = {
  source: 'drivers/gpu/drm/drm_pagemap.c',
  params: { va: Va, page: Pfn },
  locals: { folio: Pfn, collected: Pfn, got: bool() },
}
type DriverWords = Words<typeof spec.params, typeof spec.locals>

function findFolio({ step }: DriverWords) {
  return step('folio = page_folio(vmf->page)', (s, t) => {
    t.folio = page_folio(s, t.page)
    t.got = folio_test_large(s, t.folio)
  })
}

/** The fault owns a reference and the lock. */
function migrateFaultFolio({ when, call }: DriverWords) {
  return [
    when(
      t => t.got,
      [
        call(
          'migrate_vma_setup(&migrate)',
          migrate_vma_collect_huge_pmd,
          { va: t => t.va, device: true, fault: t => t.folio },
          (t, folio) => {
            t.collected = folio
          },
        ),
      ],
    ),
    when(
      t => t.collected !== NONE,
      [
        call('migrate_vma_pages(&migrate), collected', migrate_locked, {
          folio: t => t.folio,
          toDevice: false,
          own: 2,
        }),
        call('migrate_vma_finalize(&migrate): folio_put(src)', folio_put, { folio: t => t.folio }),
      ],
      [call('migrate_vma_pages(&migrate)', migrate_locked, { folio: t => t.folio, toDevice: false, own: 1 })],
    ),
  ]
}

/** v6.19 and later. */
export const devmem_migrate_to_ram = pageTable.operation('devmem_migrate_to_ram', spec, words => [
  findFolio(words),
  ...migrateFaultFolio(words),
])

/** The fault owns a reference; the driver tries for the lock. */
function migrateUnlocked({ step, when, call }: DriverWords) {
  return [
    step('folio_trylock(folio)', (s, t) => {
      t.got = folio_trylock(s, t.folio)
    }),
    when(
      t => t.got,
      [
        call('migrate_vma_pages(&migrate), locked here', migrate_locked, {
          folio: t => t.folio,
          toDevice: false,
          own: 1,
        }),
        step('folio_unlock(folio)', (s, t) => {
          folio_unlock(s, t.folio)
        }),
      ],
    ),
  ]
}

/** v6.1 to v6.14, and the RFC. */
export const devmem_migrate_to_ram_v6_14 = pageTable.operation('devmem_migrate_to_ram', spec, words => [
  findFolio(words),
  ...migrateUnlocked(words),
])

/** v1: faults on PTEs lock the folio, faults on PMDs do not. */
export const devmem_migrate_to_ram_v1 = pageTable.operation('devmem_migrate_to_ram', spec, words => [
  findFolio(words),
  words.when(t => t.got, migrateUnlocked(words), migrateFaultFolio(words)),
])

/** v6.0: the fault owns nothing. The page is good for the driver's data; what migrates is found by address. */
export const devmem_migrate_to_ram_v6_0 = pageTable.operation('devmem_migrate_to_ram', spec, words => {
  const { step, waitUntil, when, call, label, goto } = words
  return [
    step('dmirror = rpage->zone_device_data', (s, t) => {
      pageAt(s, t.page)
    }),
    waitUntil(
      'ptep = pte_offset_map_lock(mm, pmdp, addr, &ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.got = pte_offset_map_lock(s, t.va)
      },
    ),
    when(t => !t.got, [goto('out')]),
    step('get_page(page); trylock_page(page)', (s, t) => {
      t.got = false
      for (let i = 0; i < N; i++) {
        const { kind, pfn } = s.vmas[t.va].ptes[i]
        if (kind === 'device' && pfn === t.page) t.folio = page_folio(s, pfn)
      }
      if (t.folio === NONE) return
      folio_get(s, t.folio)
      t.got = folio_trylock(s, t.folio)
    }),
    step('pte_unmap_unlock(ptep - 1, ptl)', (s, t) => {
      pte_unmap_unlock(s, t.va)
    }),
    when(t => t.folio === NONE, [goto('out')]),
    when(
      t => t.got,
      [
        call('migrate_vma_pages(&args)', migrate_locked, { folio: t => t.folio, toDevice: false, own: 1 }),
        step('unlock_page(page)', (s, t) => {
          folio_unlock(s, t.folio)
        }),
      ],
    ),
    call('put_page(page)', folio_put, { folio: t => t.folio }),
    label('out'),
  ]
})
