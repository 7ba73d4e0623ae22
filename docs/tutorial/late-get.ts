import { insertAfter, on, patch } from 'foliocheck'
import { folio_try_get } from 'foliocheck/models/machine'
import { zoneDevice } from 'foliocheck/models/machine/state'
import { folio_put } from 'foliocheck/models/mm/swap'
import { dump_device_page } from './dump.js'

const { test, call } = zoneDevice.words(dump_device_page)
const put = call('folio_put(folio)', folio_put, { folio: t => t.folio })
const get = test('folio_try_get(folio)', (s, t) => folio_try_get(s, t.folio), [put])

export default patch(
  'dump-takes-a-late-reference',
  { subject: 'mm: dump_device_page: take a reference', date: '2026-11-20', status: 'wrong on purpose' },
  on(dump_device_page, insertAfter('pgmap = folio->pgmap', get)),
)
