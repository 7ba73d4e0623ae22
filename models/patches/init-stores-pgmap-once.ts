import { expect, on, once, patch, replace } from 'foliocheck'
import { noWarning } from '../../properties/kernel-warnings.js'
import { pageAt, set_pgmap } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { zone_device_page_init_v7_0 } from '../mm/memremap/init.js'

const { step } = zoneDevice.words(zone_device_page_init_v7_0)

/** page_folio of whoever walks pfns reads that word with READ_ONCE: so it is stored with WRITE_ONCE. */
export const initStoresPgmapOnce = patch(
  'init-stores-pgmap-once',
  {
    subject: 'mm/zone_device: store folio->pgmap with WRITE_ONCE, as compound_head is read with READ_ONCE',
    date: '2026-11-21',
    status: 'a proposal, not posted',
    claims: ['zd-init-store-races-page-folio'],
  },
  on(
    zone_device_page_init_v7_0,
    replace(
      'new_folio->pgmap = pgmap',
      once(
        step('WRITE_ONCE(new_folio->pgmap, pgmap)', (s, t) => {
          const page = pageAt(s, t.page + t.i)
          page.mapping = 'null'
          set_pgmap(s, t.page + t.i, t.pgmap)
          expect(noWarning, page.ref === 0, 'VM_WARN_ON_FOLIO(folio_ref_count(new_folio))')
        }),
      ),
    ),
  ),
)
