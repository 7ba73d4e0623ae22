import { project } from 'foliocheck'
import { pageTableProperties } from '../properties/page-table/index.js'
import { RFC } from './kernels/page-table/RFC.js'
import { v1 } from './kernels/page-table/v1.js'
import { v6_14 } from './kernels/page-table/v6.14.js'
import { v6_19 } from './kernels/page-table/v6.19.js'
import { v7_3 } from './kernels/page-table/v7.3.js'
import {
  faultRacesEviction,
  forkRacesMigrate,
  migrateRacesDontneed,
  twoFaultsOneFolio,
} from './scenarios/page-table/negatives.js'

/** Page tables, faults, reverse mapping, migration and splits, with device-private large folios. */
export default project({
  kernels: [v6_14, RFC, v1, v6_19, v7_3],
  patches: [],
  scenarios: [migrateRacesDontneed, forkRacesMigrate, twoFaultsOneFolio, faultRacesEviction],
  properties: pageTableProperties,
})
