import { on, patch, replace } from 'foliocheck'
import { percpu_ref_put_many } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { free_zone_device_folio_v6_19 } from '../mm/memremap/free.js'

const { step } = zoneDevice.words(free_zone_device_folio_v6_19)

/** Uses the pagemap pointer that was read before the callback. */
export const doNotTouchDeviceFolioAfterFolioFree = patch(
  'do-not-touch-device-folio-after-folio-free',
  {
    subject: 'mm/zone_device: do not touch device folio after calling ->folio_free()',
    date: '2026-04-10',
    messageId: '20260410230346.4009855-1-matthew.brost@intel.com',
    commit: '399289849560',
    fixes: 'd245f9b4ab80',
    status: 'merged for v7.1-rc1, Cc stable',
    claims: ['zd-pgmap-read-after-folio-free'],
  },
  on(
    free_zone_device_folio_v6_19,
    replace(
      'percpu_ref_put_many(&folio->pgmap->ref, nr)',
      step('percpu_ref_put_many(&pgmap->ref, nr)', (s, t) => {
        percpu_ref_put_many(s, t.pgmap, t.nr)
      }),
    ),
  ),
)
