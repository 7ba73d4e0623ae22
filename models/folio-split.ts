import { does, kernel, noDeadlock, patch, project, put, scenario, thread } from 'foliocheck'
import { cacheMatches, flagOfHead, lookupContains, poisonMarked, referencesAdd } from '../properties/folio-split.js'
import { folioSplitDrawing } from './machine/folio-split/drawing.js'
import { oneBrokenFolio, oneFolio, split } from './machine/folio-split/state.js'
import { filemap_get_entry } from './mm/folio_split/lookup.js'
import {
  __folio_split,
  __split_folio_to_order,
  __split_folio_to_order_v6_18,
  __split_unmapped_folio,
  __split_unmapped_folio_v6_19,
} from './mm/folio_split/split.js'

/** Splits of folios in the page cache: what a lookup finds meanwhile, and flags that lie in a second page. */

/** As released: v6.19.y has the first of the fixes. */
const v6_19 = kernel(
  'v6.19',
  {
    date: '2026-02',
    about:
      'the cache gets the folio that remains to be split (from v6.15, by 00527733d0dc); PG_has_hwpoisoned is set before ' +
      'the head is one (from v6.18, by fa5a06170036)',
  },
  [filemap_get_entry, __folio_split, __split_unmapped_folio_v6_19, __split_folio_to_order_v6_18],
)

const v7_3 = kernel('v7.3', { date: '2026-10', about: 'with both fixes', base: v6_19 }, [
  __split_unmapped_folio,
  __split_folio_to_order,
])

const fixFolioTryGetRace = patch(
  'fix-a-folio_split-race-condition-with-folio_try_get',
  {
    subject: 'mm/huge_memory: fix a folio_split() race condition with folio_try_get()',
    date: '2026-03-02',
    messageId: '20260302203159.3208341-1-ziy@nvidia.com',
    commit: '577a1f495fd7',
    fixes: '00527733d0dc',
    status: 'merged for v7.0',
    claims: ['thp-split-xarray-vs-try-get'],
  },
  put(__split_unmapped_folio),
)

const flagAfterHead = patch(
  'set-has_hwpoisoned-after-new-head',
  {
    subject: 'mm/huge_memory: set PG_has_hwpoisoned only after new folio head is established',
    date: '2026-07-01',
    messageId: '20260701174235.3173401-1-riel@surriel.com',
    commit: 'e1cd30eceb69',
    fixes: 'fa5a06170036',
    status: 'merged for v7.2',
    claims: ['thp-hwpoison-flag-before-head'],
  },
  put(__split_folio_to_order),
)

const lookup = (index: number) => thread('lookup', does(filemap_get_entry, { index }))

const nonUniform = scenario('folio-split-races-lookup', split, {
  about: 'A folio in the page cache is split around its last page while that page is looked up.',
  initial: [oneFolio],
  threads: [thread('split', does(__folio_split, { folio: 0, at: 3, uniform: false })), lookup(3)],
  exercises: ['lookup-contains-index', 'cache-names-the-folio', 'references-add-up'],
  tags: ['thp-split-xarray-vs-try-get'],
})

const uniform = scenario('uniform-split-races-lookups', split, {
  about: 'A folio in the page cache is split into pages while two of them are looked up. Safe on every kernel.',
  initial: [oneFolio],
  threads: [
    thread('split', does(__folio_split, { folio: 0, at: 0, uniform: true })),
    lookup(3),
    thread('lookup of the second', does(filemap_get_entry, { index: 1 })),
  ],
  exercises: ['lookup-contains-index', 'cache-names-the-folio', 'references-add-up'],
})

const broken = scenario('split-of-a-broken-folio', split, {
  about: 'A folio with a broken page is split so that the page stays in a large folio.',
  initial: [s => oneBrokenFolio(s, 3), s => oneBrokenFolio(s, 0)],
  threads: [thread('split', does(__folio_split, { folio: 0, at: 0, uniform: false }))],
  exercises: ['folio-flag-of-a-head', 'broken-page-is-marked'],
  tags: ['thp-hwpoison-flag-before-head'],
})

export default project({
  kernels: [v6_19, v7_3],
  patches: [fixFolioTryGetRace, flagAfterHead],
  scenarios: [nonUniform, uniform, broken],
  properties: [lookupContains, flagOfHead, cacheMatches, referencesAdd, poisonMarked, noDeadlock],
  drawings: [folioSplitDrawing],
})
