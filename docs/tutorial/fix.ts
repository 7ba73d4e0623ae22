import { insertAfter, on, patch, replace } from 'foliocheck'
import { folio_try_get, page_folio } from 'foliocheck/models/machine'
import { zoneDevice } from 'foliocheck/models/machine/state'
import { folio_put } from 'foliocheck/models/mm/swap'
import { dump_device_page } from './dump.js'

const { test, call, ret } = zoneDevice.words(dump_device_page)
const get = test('folio_try_get(folio)', (s, t) => folio_try_get(s, t.folio), [], [ret()])
const put = call('folio_put(folio)', folio_put, { folio: t => t.folio })
const same = test('page_folio(page) == folio', (s, t) => page_folio(s, t.pfn) === t.folio, [], [put, ret()])

export default patch(
  'dump-takes-a-reference',
  { subject: 'mm: dump_device_page: take a reference', date: '2026-11-20', status: 'draft' },
  on(dump_device_page, replace('folio_ref_count(folio)', get, same), insertAfter('pgmap = folio->pgmap', put)),
)
