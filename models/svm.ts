import { project } from 'foliocheck'
import { svmProperties } from '../properties/svm/index.js'
import { drm_2026_01 } from './kernels/svm/drm-2026-01.js'
import { v5_15 } from './kernels/svm/v5.15.js'
import { v6_0 } from './kernels/svm/v6.0.js'
import { v6_18 } from './kernels/svm/v6.18.js'
import { v6_19 } from './kernels/svm/v6.19.js'
import { v7_3 } from './kernels/svm/v7.3.js'
import { svmDrawing } from './machine/svm/drawing.js'
import * as fixes from './patches/svm/fixes.js'
import * as proposed from './patches/svm/proposed.js'
import { svmScenarios } from './scenarios/svm/index.js'

/** The drivers' side of shared virtual memory: locks, lifetimes, error paths, interval notifiers. */
export default project({
  kernels: [v5_15, v6_0, v6_18, v6_19, drm_2026_01, v7_3],
  patches: [fixes, proposed].flatMap(module => Object.values(module)),
  scenarios: svmScenarios,
  properties: svmProperties,
  drawings: [svmDrawing],
})
