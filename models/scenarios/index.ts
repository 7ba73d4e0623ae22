import type { Scenario } from 'foliocheck'
import { evictScenarios } from './evict.js'
import { freeScenarios } from './free-races-reuse.js'
import { reallocScenarios } from './realloc.js'
import { splitScenarios } from './split.js'
import { unbindScenarios } from './unbind.js'
import { walkerScenarios } from './walker.js'

/** Every scenario of the life cycle. */
export const scenarios: readonly Scenario[] = [
  ...freeScenarios,
  ...reallocScenarios,
  ...splitScenarios,
  ...walkerScenarios,
  ...unbindScenarios,
  ...evictScenarios,
]
