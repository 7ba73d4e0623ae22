import { bool, current, demand, insertAfter, insertBefore, NONE, on, patch, put } from 'foliocheck'
import { noWarning } from '../../properties/kernel-warnings.js'
import { setZdd } from '../drivers/drm_pagemap.js'
import { drm_pagemap_migrate_to_devmem } from '../drivers/drm_pagemap-migrate.js'
import {
  folio_nr_pages,
  folio_pgmap,
  folio_unlock,
  folio_unlocked,
  page_folio,
  pageAt,
  set_pgmap,
  take_folio_lock,
} from '../machine/index.js'
import { Bo, NrPages, Order, Pfn, PgmapRef, zoneDevice } from '../machine/state.js'
import { __split_folio_to_order } from '../mm/huge_memory.js'
import { zone_device_folio_init_v6_19 } from '../mm/memremap/init.js'

/** Splits a dead large folio into single pages; nobody else may use any page of it meanwhile. */
const migrate_device_split_page = zoneDevice.operation(
  'migrate_device_split_page',
  {
    source: 'mm/migrate_device.c',
    params: { page: Pfn },
    locals: { folio: Pfn, pgmap: PgmapRef, nr: NrPages, i: NrPages, piece: Pfn },
  },
  ({ step, waitUntil, call, loop, local }) => [
    step('folio = page_folio(page); pgmap = folio->pgmap; order = folio_order(folio)', (s, t) => {
      t.folio = page_folio(s, t.page)
      t.pgmap = folio_pgmap(s, t.folio)
      t.nr = folio_nr_pages(s, t.folio)
    }),
    step('VM_BUG_ON_FOLIO(!order, folio); VM_BUG_ON_FOLIO(folio_ref_count(folio), folio)', (s, t) => {
      demand(noWarning, t.nr > 1, `VM_BUG_ON_FOLIO(!order): p${t.folio}`)
      demand(noWarning, pageAt(s, t.folio).ref === 0, `VM_BUG_ON_FOLIO(folio_ref_count()): p${t.folio}`)
    }),
    waitUntil(
      'folio_lock(folio)',
      (s, t) => folio_unlocked(s, t.folio),
      (s, t) => {
        take_folio_lock(s, t.folio)
      },
    ),
    call('__split_unmapped_folio(folio, 0)', __split_folio_to_order, { folio: t => t.folio, nr: t => t.nr, order: 0 }),
    loop(
      t => t.i < t.nr,
      [
        step('page_folio(unlock_page)->pgmap = pgmap', (s, t) => {
          t.piece = page_folio(s, t.folio + t.i)
          set_pgmap(s, t.piece, t.pgmap)
          s.pages[t.piece].locker = current()
        }),
        step('folio_unlock(page_folio(unlock_page))', (s, t) => {
          folio_unlock(s, t.piece)
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
  ],
)

/** Looks at the free page first, and stores its data in what it takes for its folio. */
const drm_pagemap_get_devmem_page = zoneDevice.operation(
  'drm_pagemap_get_devmem_page',
  {
    source: 'drivers/gpu/drm/drm_pagemap.c',
    params: { page: Pfn, order: Order, zdd: Bo },
    locals: { folio: Pfn, large: bool() },
  },
  ({ step, when, call }) => [
    step('folio_order(page_folio(page))', (s, t) => {
      t.large = t.order === 0 && folio_nr_pages(s, page_folio(s, t.page)) > 1
    }),
    when(t => t.large, [call('migrate_device_split_page(page)', migrate_device_split_page, { page: t => t.page })]),
    step('folio_set_zone_device_data(page_folio(page), drm_pagemap_zdd_get(zdd))', (s, t) => {
      setZdd(s, page_folio(s, t.page), t.zdd, t.page)
    }),
    call('zone_device_folio_init((struct folio *)page, order)', zone_device_folio_init_v6_19, {
      folio: t => t.page,
      order: t => t.order,
    }),
  ],
)

const { step, waitUntil } = zoneDevice.words(drm_pagemap_migrate_to_devmem)

/** The first cure that was posted for stale compound state: the driver splits what it finds. */
export const migrateDeviceSplitPage = patch(
  'migrate-device-split-page',
  {
    subject: '[PATCH 1/4] mm/migrate: Add migrate_device_split_page',
    date: '2025-12-16',
    messageId: '20251216201206.1660899-2-francois.dugast@intel.com',
    status: 'rejected: a free page must not be a large folio',
    claims: ['zd-stale-head-on-realloc'],
  },
  put(migrate_device_split_page),
  put(drm_pagemap_get_devmem_page),
  on(
    drm_pagemap_migrate_to_devmem,
    insertAfter(
      'populate_devmem_pfn(devmem, npages, migrate.dst)',
      waitUntil(
        'mutex_lock(&dpagemap->folio_split_lock)',
        s => s.folio_split_lock === NONE,
        s => {
          s.folio_split_lock = current()
        },
      ),
    ),
    insertBefore(
      'ops->copy_to_devmem(pages, pagemap_addr, npages)',
      step('mutex_unlock(&dpagemap->folio_split_lock)', s => {
        s.folio_split_lock = NONE
      }),
    ),
  ),
)
