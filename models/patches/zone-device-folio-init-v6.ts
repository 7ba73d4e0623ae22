import { patch, put } from 'foliocheck'
import { drm_pagemap_get_devmem_page_v6_19 } from '../drivers/drm_pagemap.js'
import { folio_pgmap, page_free, pageOfLife, percpu_ref_put_many } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { beforeCallback, large } from '../mm/memremap/free.js'
import { zone_device_folio_init_posted, zone_device_page_init_wrapper } from './parts/zone-device-folio-init.js'

/** As posted in v6: as merged for v6.19-rc1, with the old callback. */
const free_zone_device_folio = zoneDevice.operation('free_zone_device_folio', large, words => [
  ...beforeCallback(words),
  words.call('pgmap->ops->page_free(&folio->page)', page_free, { page: t => t.folio }),
  words.step('percpu_ref_put_many(&folio->pgmap->ref, nr)', (s, t) => {
    pageOfLife(s, t.folio, t.life)
    percpu_ref_put_many(s, folio_pgmap(s, t.folio), t.nr)
  }),
])

/** v6 of the large-folio series, and a driver that asks for the order it likes. */
export const zoneDeviceFolioInitV6 = patch(
  'zone-device-folio-init-v6',
  {
    subject: '[v6 01/15] mm/zone_device: support large zone device private folios',
    date: '2025-09-16',
    messageId: '20250916122128.2098535-2-balbirs@nvidia.com',
    status: 'posted, replaced by v7',
  },
  put(free_zone_device_folio),
  put(zone_device_folio_init_posted),
  put(zone_device_page_init_wrapper),
  put(drm_pagemap_get_devmem_page_v6_19),
)
