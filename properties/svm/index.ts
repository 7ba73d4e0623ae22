import { noDeadlock, noLivelock, type Property } from 'foliocheck'
import { memoryPresent, mpfnDecoded, noRecursion, nothingLeft, refcountSane, unlockByHolder } from './folios.js'
import { lockClassesInOrder, noSleepInside, nothingHeldAtExit } from './locks.js'
import { deviceEntryFresh, deviceReachesUsed, insideNotifier, memoryKept, readSeesLastWrite } from './notifier.js'
import { krefSane, pagemapAtRest, providerAlive, zddOutlivesFolios } from './pagemap.js'

/** Everything that is checked of the drivers' side. */
export const svmProperties: readonly Property[] = [
  memoryPresent,
  refcountSane,
  unlockByHolder,
  noRecursion,
  mpfnDecoded,
  nothingLeft,
  lockClassesInOrder,
  nothingHeldAtExit,
  noSleepInside,
  insideNotifier,
  deviceEntryFresh,
  deviceReachesUsed,
  readSeesLastWrite,
  memoryKept,
  providerAlive,
  krefSane,
  zddOutlivesFolios,
  pagemapAtRest,
  noDeadlock,
  noLivelock,
]
