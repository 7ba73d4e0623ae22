import { on, patch, replace } from 'foliocheck'
import { beginFreeze, pageAt } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { __folio_freeze_and_split_unmapped } from '../mm/huge_memory.js'

const { step } = zoneDevice.words(__folio_freeze_and_split_unmapped)

/** The count is tested and then set, instead of frozen by one compare-and-exchange. */
export const splitTestsCountOnly = patch(
  'split-tests-count-only',
  {
    subject: 'mm/huge_memory: split an unmapped folio on the strength of folio_expected_ref_count() alone',
    date: '2025-11-14',
    status: 'never posted: the contract of folio_split_unmapped, broken',
  },
  on(
    __folio_freeze_and_split_unmapped,
    replace(
      'folio_ref_freeze(folio, 1)',
      step('folio_set_count(folio, 0)', (s, t) => {
        pageAt(s, t.folio).ref = 0
        beginFreeze(s, t.folio)
        t.frozen = true
      }),
    ),
  ),
)
