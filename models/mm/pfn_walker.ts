import { bool, expect, NONE } from 'foliocheck'
import { pageFolioRight } from '../../properties/layout.js'
import { folio_nr_pages_held, folio_try_get, page_folio } from '../machine/index.js'
import { Pfn, PgmapRef, zoneDevice } from '../machine/state.js'
import { get_dev_pagemap, put_dev_pagemap } from './memremap/teardown.js'
import { folio_put } from './swap.js'

/**
 * Whoever walks pfns and pins what he meets: memory failure, page isolation, debugfs. Ordinary walkers skip device
 * pages; the maintainers' word is that speculative references can exist and must be survived.
 *
 * | kernel function  | steps                                       | abstracted, and why that is sound                     |
 * |------------------|---------------------------------------------|-------------------------------------------------------|
 * | speculative_walk | pagemap; page_folio; try_get; check; size;  | No such function: it is what any careful walker does. |
 * |                  | put; pagemap                                | `look` says whether he asks for the size.             |
 */
export const speculative_walk = zoneDevice.operation(
  'speculative_walk',
  {
    source: 'mm/memory-failure.c',
    params: { pfn: Pfn, look: bool() },
    locals: { pgmap: PgmapRef, folio: Pfn, got: bool() },
  },
  ({ step, when, call, ret }) => [
    call('pgmap = get_dev_pagemap(pfn)', get_dev_pagemap, {}, (t, pgmap) => {
      t.pgmap = pgmap
    }),
    when(t => t.pgmap === NONE, [ret()]),
    step('folio = page_folio(page)', (s, t) => {
      t.folio = page_folio(s, t.pfn)
    }),
    step('folio_try_get(folio)', (s, t) => {
      t.got = folio_try_get(s, t.folio)
    }),
    when(
      t => t.got,
      [
        step('page_folio(page) != folio', (s, t) => {
          t.got = page_folio(s, t.pfn) === t.folio
        }),
        when(
          t => t.got && t.look,
          [
            step('nr = folio_nr_pages(folio)', (s, t) => {
              const { folio } = s.pages[t.pfn]
              expect(pageFolioRight, folio === t.folio, `p${t.pfn} is not part of p${t.folio}, which it resolves to`)
              folio_nr_pages_held(s, t.folio)
            }),
          ],
        ),
        call('folio_put(folio)', folio_put, { folio: t => t.folio }),
      ],
    ),
    call('put_dev_pagemap(pgmap)', put_dev_pagemap, { pgmap: t => t.pgmap }),
  ],
)
