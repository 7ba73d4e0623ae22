import { on, patch, replace } from 'foliocheck'
import { folio_try_get } from 'foliocheck/models/machine'
import { zoneDevice } from 'foliocheck/models/machine/state'
import { dump_device_page } from './dump.js'

const { test, ret } = zoneDevice.words(dump_device_page)
const get = test('folio_try_get(folio)', (s, t) => folio_try_get(s, t.folio), [], [ret()])

export default patch(
  'dump-forgets-its-reference',
  { subject: 'mm: dump_device_page: take a reference', date: '2026-11-20', status: 'wrong on purpose' },
  on(dump_device_page, replace('folio_ref_count(folio)', get)),
)
