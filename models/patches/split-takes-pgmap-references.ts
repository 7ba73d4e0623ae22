import { insertAfter, on, patch } from 'foliocheck'
import { folio_pgmap, percpu_ref_get_many } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { __folio_freeze_and_split_unmapped } from '../mm/huge_memory.js'

const { step } = zoneDevice.words(__folio_freeze_and_split_unmapped)

/** The split takes references of the pagemap for its new folios, although the pages have theirs. */
export const splitTakesPgmapReferences = patch(
  'split-takes-pgmap-references',
  {
    subject: '[RFC 03/11] mm/thp: zone_device awareness in THP handling code (its hunk in __split_unmapped_folio)',
    date: '2025-03-06',
    messageId: '20250306044239.3874247-4-balbirs@nvidia.com',
    status: 'posted, replaced; rebased to v6.19, whose free puts one reference per page',
  },
  on(
    __folio_freeze_and_split_unmapped,
    insertAfter(
      'folio_ref_unfreeze(new_folio, 1)',
      step('percpu_ref_get_many(&new_folio->pgmap->ref, (1 << new_order) - 1)', (s, t) => {
        percpu_ref_get_many(s, folio_pgmap(s, t.folio + t.i), (1 << t.order) - 1)
      }),
    ),
    insertAfter(
      'folio_ref_unfreeze(folio, 1)',
      step('percpu_ref_get_many(&folio->pgmap->ref, (1 << new_order) - 1)', (s, t) => {
        percpu_ref_get_many(s, folio_pgmap(s, t.folio), (1 << t.order) - 1)
      }),
    ),
  ),
)
