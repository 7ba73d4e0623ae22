import { noDeadlock, type Property } from 'foliocheck'
import { blockUnused, krefPositive, zddOfItsBlock, zddOutlivesFolios } from './drivers.js'
import { scanCovers, unmapKeepsReference } from './eviction.js'
import { noWarning } from './kernel-warnings.js'
import {
  compoundLayout,
  dataWord,
  mappedHasMapping,
  memcgWord,
  nrPagesRight,
  pageFolioRight,
  pgmapWord,
  referencedHasPgmap,
  standaloneLayout,
  writesInside,
} from './layout.js'
import { lockHasOwner, noLockLeft, unlockByOwner } from './locks.js'
import {
  freeOnlyUnused,
  freePagesUnused,
  handedOverClean,
  initOwnsBlock,
  noAccessAfterHandover,
  nothingLost,
  onOneList,
} from './ownership.js'
import {
  initAfterKillNoticed,
  killOnce,
  noInitAfterKill,
  noUseAfterTeardown,
  pgmapRefBalance,
  pgmapRefCovers,
  pgmapRefUnderflow,
  refStoragePresent,
  structPagesPresent,
} from './pagemap.js'
import {
  getOnlyReferenced,
  putOnlyReferenced,
  refcountCoversMapcount,
  refcountEqualsOwners,
  tailsUnreferenced,
} from './refcounts.js'
import { splitOnlyFrozen, splitPageContract, unfreezeFromZero } from './split.js'

/** Everything that is checked, family by family. */
export const properties: readonly Property[] = [
  refcountEqualsOwners,
  refcountCoversMapcount,
  tailsUnreferenced,
  getOnlyReferenced,
  putOnlyReferenced,
  noAccessAfterHandover,
  initOwnsBlock,
  freeOnlyUnused,
  handedOverClean,
  freePagesUnused,
  onOneList,
  nothingLost,
  pgmapWord,
  memcgWord,
  dataWord,
  pageFolioRight,
  nrPagesRight,
  writesInside,
  compoundLayout,
  standaloneLayout,
  mappedHasMapping,
  referencedHasPgmap,
  splitOnlyFrozen,
  unfreezeFromZero,
  splitPageContract,
  scanCovers,
  unmapKeepsReference,
  pgmapRefCovers,
  pgmapRefBalance,
  pgmapRefUnderflow,
  noUseAfterTeardown,
  noInitAfterKill,
  initAfterKillNoticed,
  structPagesPresent,
  refStoragePresent,
  killOnce,
  unlockByOwner,
  lockHasOwner,
  noLockLeft,
  krefPositive,
  blockUnused,
  zddOutlivesFolios,
  zddOfItsBlock,
  noWarning,
  noDeadlock,
]
