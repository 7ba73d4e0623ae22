import type { Scenario } from 'foliocheck'
import * as amdkfd from './amdkfd.js'
import * as gpusvm from './gpusvm.js'
import * as nouveau from './nouveau.js'
import * as pagemap from './pagemap.js'

/** Every scenario of the drivers’ side. */
export const svmScenarios: readonly Scenario[] = [amdkfd, nouveau, gpusvm, pagemap].flatMap(module =>
  Object.values(module),
)
