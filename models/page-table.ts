import { project } from 'foliocheck'
import { pageTableProperties } from '../properties/page-table/index.js'
import { RFC } from './kernels/page-table/RFC.js'
import { v1 } from './kernels/page-table/v1.js'
import { v5_19 } from './kernels/page-table/v5.19.js'
import { v6_0 } from './kernels/page-table/v6.0.js'
import { v6_14 } from './kernels/page-table/v6.14.js'
import { v6_19 } from './kernels/page-table/v6.19.js'
import { v7_3 } from './kernels/page-table/v7.3.js'
import { pageTableDrawing } from './machine/page-table/drawing.js'
import * as contracts from './patches/page-table/contracts.js'
import * as migrateDevice from './patches/page-table/migrate-device.js'
import * as mutants from './patches/page-table/mutants.js'
import * as olderFixes from './patches/page-table/older-fixes.js'
import * as proposed from './patches/page-table/proposed.js'
import * as rfcReview from './patches/page-table/rfc-review.js'
import * as fixes from './patches/page-table/v6.19-fixes.js'
import { pageTableScenarios } from './scenarios/page-table/index.js'

/** Page tables, faults, reverse mapping, migration and splits, with device-private large folios. */
export default project({
  kernels: [v5_19, v6_0, v6_14, RFC, v1, v6_19, v7_3],
  patches: [olderFixes, rfcReview, fixes, migrateDevice, contracts, proposed, mutants].flatMap(module =>
    Object.values(module),
  ),
  scenarios: pageTableScenarios,
  properties: pageTableProperties,
  drawings: [pageTableDrawing],
})
