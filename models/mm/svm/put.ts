import { bool } from 'foliocheck'
import {
  folio_free,
  folio_put_testzero,
  folio_trylock,
  free_page,
  isDeviceFrame,
  pageAt,
} from '../../machine/svm/index.js'
import { Pfn } from '../../machine/svm/sizes.js'
import { svm } from '../../machine/svm/state.js'

/**
 * | kernel function             | steps                             | abstracted, and why that is sound                    |
 * |-----------------------------|-----------------------------------|------------------------------------------------------|
 * | folio_put                   | the decrement; free               | Batches: a page of system memory is free at once.    |
 * | free_zone_device_folio      | the driver's callback; pagemap    | What the life-cycle machine looks at word by word.   |
 */

/** Since v6.1: a device page in use holds a reference of its pagemap. */
export const free_zone_device_folio = svm.operation(
  'free_zone_device_folio',
  { source: 'mm/memremap.c', params: { page: Pfn } },
  ({ step, call }) => [
    call('pgmap->ops->folio_free(folio)', folio_free, { page: t => t.page }),
    step('percpu_ref_put_many(&folio->pgmap->ref, nr)', s => {
      s.pgmap.cnt--
    }),
  ],
)

/** v6.0. */
export const free_zone_device_folio_v6_0 = svm.operation(
  'free_zone_device_folio',
  { source: 'mm/memremap.c', params: { page: Pfn } },
  ({ call }) => [call('page->pgmap->ops->page_free(page)', folio_free, { page: t => t.page })],
)

/** Drops a reference, and frees the folio with the last. */
export const folio_put = svm.operation(
  'folio_put',
  { source: 'include/linux/mm.h', params: { page: Pfn }, locals: { last: bool(), device: bool() } },
  ({ step, when, call }) => [
    step('folio_put_testzero(folio)', (s, t) => {
      t.device = isDeviceFrame(t.page)
      t.last = folio_put_testzero(s, t.page)
      if (t.last && !t.device) free_page(s, t.page)
    }),
    when(
      t => t.last && t.device,
      [call('free_zone_device_folio(folio)', free_zone_device_folio, { page: t => t.page })],
    ),
  ],
)

/** Since v6.1. */
export const zone_device_page_init = svm.operation(
  'zone_device_page_init',
  { source: 'mm/memremap.c', params: { page: Pfn } },
  ({ step }) => [
    step('percpu_ref_tryget_live(&pgmap->ref); set_page_count(page, 1); lock_page(page)', (s, t) => {
      const page = pageAt(s, t.page)
      page.used = true
      page.ref = 1
      s.pgmap.cnt++
      folio_trylock(s, t.page)
    }),
  ],
)

/** v6.0. */
export const zone_device_page_init_v6_0 = svm.operation(
  'zone_device_page_init',
  { source: 'mm/memremap.c', params: { page: Pfn } },
  ({ step }) => [
    step('set_page_count(page, 1); lock_page(page)', (s, t) => {
      const page = pageAt(s, t.page)
      page.used = true
      page.ref = 1
      folio_trylock(s, t.page)
    }),
  ],
)
