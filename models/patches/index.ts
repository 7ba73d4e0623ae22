import type { Patch } from 'foliocheck'
import { doNotTouchDeviceFolioAfterFolioFree } from './do-not-touch-device-folio-after-folio-free.js'
import { drmDevmemPageByCast } from './drm-devmem-page-by-cast.js'
import { drmDevmemPageByPageFolio } from './drm-devmem-page-by-page-folio.js'
import { freeDevicePagesHaveZeroRefcount } from './free-device-pages-have-zero-refcount.js'
import { freeZoneDeviceFolioPrepare } from './free-zone-device-folio-prepare.js'
import { initRefusesDeadPagemap } from './init-refuses-dead-pagemap.js'
import { introduceFolioSplitUnmapped } from './introduce-folio-split-unmapped.js'
import { largeZoneDeviceFoliosV5 } from './large-zone-device-folios-v5.js'
import { migrateDeviceSplitPage } from './migrate-device-split-page.js'
import { migrateVmaSplitPages } from './migrate-vma-split-pages.js'
import { noMappingStoreAfterPageFree } from './no-mapping-store-after-page-free.js'
import { nouveauCountsSplitFolios } from './nouveau-counts-split-folios.js'
import { orderOneFoliosAreCompound } from './order-1-folios-are-compound.js'
import { pgmapReferenceOnPageAllocation } from './pgmap-reference-on-page-allocation.js'
import { prepBeforePageCount } from './prep-before-page-count.js'
import { reinitLargeZoneDeviceFolios } from './reinit-large-zone-device-folios.js'
import { reinitPgmapOnly } from './reinit-pgmap-only.js'
import { splitConservesPgmapReferences } from './split-conserves-pgmap-references.js'
import { splitPageOnRealloc } from './split-page-on-realloc.js'
import { splitResultIsChecked } from './split-result-is-checked.js'
import { splitTakesPgmapReferences } from './split-takes-pgmap-references.js'
import { splitTestsCountOnly } from './split-tests-count-only.js'
import { zoneDeviceFolioInitV6 } from './zone-device-folio-init-v6.js'

/** Every posted patch of the life cycle, oldest first, and the variants that were talked about. */
export const patches: readonly Patch[] = [
  freeDevicePagesHaveZeroRefcount,
  pgmapReferenceOnPageAllocation,
  splitTakesPgmapReferences,
  migrateVmaSplitPages,
  splitPageOnRealloc,
  splitConservesPgmapReferences,
  splitResultIsChecked,
  largeZoneDeviceFoliosV5,
  zoneDeviceFolioInitV6,
  noMappingStoreAfterPageFree,
  prepBeforePageCount,
  orderOneFoliosAreCompound,
  splitTestsCountOnly,
  introduceFolioSplitUnmapped,
  migrateDeviceSplitPage,
  drmDevmemPageByPageFolio,
  freeZoneDeviceFolioPrepare,
  reinitPgmapOnly,
  reinitLargeZoneDeviceFolios,
  drmDevmemPageByCast,
  doNotTouchDeviceFolioAfterFolioFree,
  nouveauCountsSplitFolios,
  initRefusesDeadPagemap,
]
