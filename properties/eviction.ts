import { assertion } from 'foliocheck'

/** I-DRV-6, the part that mm owes: what an eviction sweep takes for one folio is one. */
export const scanCovers = assertion(
  'eviction-scan-skips-nothing',
  'migrate_device_range and migrate_device_pfns skip only pages of the folio that they have just looked at',
)

/** The unmap of a migration drops the reference of a mapping, and never the last one. */
export const unmapKeepsReference = assertion(
  'migration-holds-reference',
  'whoever replaces a mapping by a migration entry owns a reference besides the mapping’s own',
)
