import { assertion } from 'foliocheck'

/** I-REF-6 and I-14: a folio is split by the one who owns it, and only him. */
export const splitOnlyFrozen = assertion(
  'split-only-frozen',
  'a folio is split only while its count is frozen at 0 and nobody but the splitter owns a reference to it',
)

/** VM_BUG_ON in folio_ref_unfreeze. */
export const unfreezeFromZero = assertion(
  'unfreeze-from-zero',
  'folio_ref_unfreeze finds a count of 0: nobody took a reference while the folio was frozen',
)

/** What the caller of folio_split_unmapped is promised of every piece. */
export const pieceComplete = assertion(
  'split-piece-is-complete',
  'a piece that can be pinned is a folio of its own: locked, anonymous, with pgmap, driver data and flags of the whole',
)

/** What split_page asserts of its argument. */
export const splitPageContract = assertion(
  'split-page-contract',
  'split_page gets pages that are not compound and have a reference',
)
