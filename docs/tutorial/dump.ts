import { assertion, expect } from 'foliocheck'
import { folio_pgmap, page_folio, pageAt } from 'foliocheck/models/machine'
import { Pfn, PgmapRef, zoneDevice } from 'foliocheck/models/machine/state'

export const printsUsedPages = assertion(
  'dump-prints-used-pages',
  'dump_device_page prints something about a page only while mm uses it',
)

export const dump_device_page = zoneDevice.operation(
  'dump_device_page',
  { source: 'mm/dump_device_page.c', params: { pfn: Pfn }, locals: { folio: Pfn, pgmap: PgmapRef } },
  ({ step, test, ret }) => [
    step('folio = page_folio(page)', (s, t) => {
      t.folio = page_folio(s, t.pfn)
    }),
    test('folio_ref_count(folio)', (s, t) => pageAt(s, t.folio).ref > 0, [], [ret()]),
    step('pgmap = folio->pgmap', (s, t) => {
      expect(printsUsedPages, s.pages[t.pfn].owner === 'mm', `p${t.pfn} belongs to the ${s.pages[t.pfn].owner}`)
      t.pgmap = folio_pgmap(s, t.folio)
    }),
  ],
)
