import { patch, plain, put } from 'foliocheck'
import { folio_pgmap, page_free, pageOfLife, percpu_ref_put_many } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { beforeCallback, large } from '../mm/memremap/free.js'
import { zone_device_folio_init_posted, zone_device_page_init_wrapper } from './parts/zone-device-folio-init.js'

/** As posted until v5: the pagemap's references go before the callback, and the mapping is cleared once more after it. */
const free_zone_device_folio = zoneDevice.operation('free_zone_device_folio', large, words => [
  ...beforeCallback(words),
  words.step('percpu_ref_put_many(&folio->pgmap->ref, nr)', (s, t) => {
    percpu_ref_put_many(s, folio_pgmap(s, t.folio), t.nr)
  }),
  words.call('pgmap->ops->page_free(&folio->page)', page_free, { page: t => t.folio }),
  plain(
    words.step('folio->page.mapping = NULL', (s, t) => {
      pageOfLife(s, t.folio, t.life).mapping = 'null'
    }),
  ),
])

/** The first six months of the large-folio series, in its last form before v6. */
export const largeZoneDeviceFoliosV5 = patch(
  'large-zone-device-folios-v5',
  {
    subject: '[v5 01/15] mm/zone_device: support large zone device private folios',
    date: '2025-09-08',
    messageId: '20250908000448.180088-2-balbirs@nvidia.com',
    status: 'posted, replaced by v6',
  },
  put(free_zone_device_folio),
  put(zone_device_folio_init_posted),
  put(zone_device_page_init_wrapper),
)
