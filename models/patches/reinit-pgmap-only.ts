import { insertBefore, on, patch } from 'foliocheck'
import { set_pgmap } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { zone_device_page_init_v6_19 } from '../mm/memremap/init.js'
import { checkBlock } from '../mm/memremap/init-checks.js'

const { step } = zoneDevice.words(zone_device_page_init_v6_19)

/** Half of the re-initialisation: word 1 is made right, and with it the head pointer goes; the flags stay. */
export const reinitPgmapOnly = patch(
  'reinit-pgmap-only',
  {
    subject: 'mm/zone_device: restore only the pgmap of a page that was a tail (a variant of January 2026)',
    date: '2026-01-14',
    status: 'never posted as a patch: what the merged one would be without its first line',
  },
  on(
    zone_device_page_init_v6_19,
    insertBefore(
      'folio = page_folio(page)',
      step('page->pgmap = pgmap', (s, t) => {
        checkBlock(s, t.page, t.order)
        for (let p = t.page; p < t.page + (1 << t.order); p++) set_pgmap(s, p, 0)
      }),
    ),
  ),
)
