import { insertAfter, on, patch, put } from 'foliocheck'
import { folio_pgmap, pageOfLife, percpu_ref_put_many } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { free_zone_device_page_v6_0 } from '../mm/memremap/free.js'
import { zone_device_page_init_v6_1 } from '../mm/memremap/init.js'
import { memremap_pages, memunmap_pages } from '../mm/memremap/teardown.js'

const { step } = zoneDevice.words(free_zone_device_page_v6_0)

/** A page in use holds a reference of its pagemap; the pagemap's own no longer stand for its pages. */
export const pgmapReferenceOnPageAllocation = patch(
  'pgmap-reference-on-page-allocation',
  {
    subject: 'mm/memremap.c: take a pgmap reference on page allocation',
    date: '2022-09-28',
    commit: '0dc45ca1ce18',
    fixes: '27674ef6c73f',
    status: 'merged for v6.1-rc1, on top of free-device-pages-have-zero-refcount',
    claims: ['zd-memunmap-before-pages-freed'],
  },
  put(memremap_pages),
  put(memunmap_pages),
  put(zone_device_page_init_v6_1),
  on(
    free_zone_device_page_v6_0,
    insertAfter(
      'page->pgmap->ops->page_free(page)',
      step('put_dev_pagemap(page->pgmap)', (s, t) => {
        pageOfLife(s, t.page, t.life)
        percpu_ref_put_many(s, folio_pgmap(s, t.page), 1)
      }),
    ),
  ),
)
