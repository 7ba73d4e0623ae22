import { assertion } from 'foliocheck'

/** I-DRV-6, the part that mm owes: what an eviction sweep takes for one folio is one. */
export const scanCovers = assertion(
  'eviction-scan-skips-nothing',
  'migrate_device_range and migrate_device_pfns skip only pages of the folio that they have just looked at',
)

/** What mm may expect of a destination, contract of migrate_vma_pages. */
export const destinationFresh = assertion(
  'destination-is-fresh',
  'a driver hands mm destinations that it has locked, and that are neither mapped nor charged nor anybody’s anonymous page',
)

/** A migration moves the charge with the content. */
export const chargeMoved = assertion(
  'charge-moves-with-content',
  'the source of a migration that went through is not charged any more',
)

/** The unmap of a migration drops the reference of a mapping, and never the last one. */
export const unmapKeepsReference = assertion(
  'migration-holds-reference',
  'whoever replaces a mapping by a migration entry owns a reference besides the mapping’s own',
)
