import type { Scenario } from 'foliocheck'
import * as amdkfd from './amdkfd.js'
import * as gpusvm from './gpusvm.js'
import * as nouveau from './nouveau.js'
import * as pagemap from './pagemap.js'
import * as testHmm from './test_hmm.js'

/** Every scenario of the drivers’ side. */
export const svmScenarios: readonly Scenario[] = [amdkfd, nouveau, gpusvm, testHmm, pagemap].flatMap(module =>
  Object.values(module),
)
