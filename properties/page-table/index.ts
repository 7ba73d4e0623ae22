import { noDeadlock, noLivelock, type Property } from 'foliocheck'
import { noWarning } from '../kernel-warnings.js'
import { protectionAsked, protectionKept, softDirtyKept } from './bits.js'
import { lruFolioCharged, slotOfAddress, tableGoesSomewhere } from './collect.js'
import { cleanIsSaved, memoryKept, readSeesLastWrite } from './data.js'
import { decodedByKind, kindAsserted } from './decode.js'
import { deviceEntryAlive, faultOwnsPage, kindFitsMemory, noDeviceTranslation } from './device.js'
import { pinnedStaysExclusive } from './gup.js'
import {
  depositSane,
  depositsMatch,
  freeOnlyUnmapped,
  mapcountSane,
  mapcountsMatch,
  mappingsEntered,
  nothingOwed,
  pageInUse,
  refcountCoversMapcount,
  refcountSane,
  referencesOwned,
  rssMatches,
  rssSane,
} from './ledger.js'
import {
  changedUnderLock,
  classesInOrder,
  insideNotifier,
  lockHasHolder,
  noLockLeft,
  noSleepInside,
  noSleepInTable,
  nothingHeldAtExit,
  unlockByHolder,
  writersExclude,
} from './locks.js'
import { migrationEntryLocked, noMigrationEntryLeft, waiterFindsLocked } from './migration.js'
import {
  exclusiveMeansOne,
  exclusiveMigrationAlone,
  protectedMeansReadOnly,
  writeAsVmaSays,
  writeMeansExclusive,
} from './permission.js'
import { frozenUnmapped, splitKeeps, splitObstructed } from './split.js'
import { entriesFitFolios, noOrphanTable } from './structure.js'
import { cachedPagesInUse, nothingCached, oneSize, staleOnlyPending } from './tlb.js'

/** Everything that is checked of page tables, family by family. */
export const pageTableProperties: readonly Property[] = [
  referencesOwned,
  mappingsEntered,
  mapcountsMatch,
  refcountCoversMapcount,
  rssMatches,
  depositsMatch,
  refcountSane,
  mapcountSane,
  depositSane,
  rssSane,
  pageInUse,
  freeOnlyUnmapped,
  nothingOwed,
  decodedByKind,
  kindAsserted,
  entriesFitFolios,
  kindFitsMemory,
  noOrphanTable,
  writeMeansExclusive,
  writeAsVmaSays,
  exclusiveMeansOne,
  exclusiveMigrationAlone,
  protectedMeansReadOnly,
  pinnedStaysExclusive,
  migrationEntryLocked,
  waiterFindsLocked,
  noMigrationEntryLeft,
  faultOwnsPage,
  deviceEntryAlive,
  noDeviceTranslation,
  splitKeeps,
  splitObstructed,
  frozenUnmapped,
  nothingCached,
  cachedPagesInUse,
  staleOnlyPending,
  oneSize,
  softDirtyKept,
  protectionKept,
  protectionAsked,
  readSeesLastWrite,
  memoryKept,
  cleanIsSaved,
  slotOfAddress,
  tableGoesSomewhere,
  lruFolioCharged,
  changedUnderLock,
  insideNotifier,
  noSleepInTable,
  classesInOrder,
  nothingHeldAtExit,
  noSleepInside,
  unlockByHolder,
  lockHasHolder,
  writersExclude,
  noLockLeft,
  noWarning,
  noDeadlock,
  noLivelock,
]
