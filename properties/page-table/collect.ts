import { assertion } from 'foliocheck'

/** What a driver's migration over a range must keep to. */

/** The index into src[] and dst[] says which address a page belongs to. */
export const slotOfAddress = assertion(
  'slot-is-that-of-the-address',
  'a collected page is stored in the slot of src[] that stands for its address, within the array',
)

/** I12: pte_alloc_one gives a table that nothing else will free. */
export const tableGoesSomewhere = assertion(
  'allocated-table-is-used-or-freed',
  'a page table that was allocated for a PMD is deposited with it, or freed again',
)

/** VM_WARN_ON_ONCE_FOLIO of folio_lruvec. */
export const lruFolioCharged = assertion(
  'folio-on-lru-is-charged',
  'a folio that reaches an LRU list belongs to a memory cgroup, which says which list',
)
