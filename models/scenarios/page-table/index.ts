import type { Scenario } from 'foliocheck'
import * as access from './access.js'
import * as collect from './collect.js'
import * as devicePmd from './device-pmd.js'
import * as eviction from './eviction.js'
import * as gup from './gup.js'
import * as negatives from './negatives.js'
import * as smallDestination from './small-destination.js'
import * as systemThp from './system-thp.js'

/** Every scenario over page tables. */
export const pageTableScenarios: readonly Scenario[] = [
  negatives,
  gup,
  access,
  devicePmd,
  systemThp,
  eviction,
  smallDestination,
  collect,
].flatMap(module => Object.values(module))
