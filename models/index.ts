import { project } from 'foliocheck'
import { properties } from '../properties/index.js'
import { v6_19 } from './kernels/v6.19.js'
import { v7_0 } from './kernels/v7.0.js'
import { v7_1 } from './kernels/v7.1.js'
import { doNotTouchDeviceFolioAfterFolioFree } from './patches/do-not-touch-device-folio-after-folio-free.js'
import { freeRacesReuse } from './scenarios/free-races-reuse.js'

/** The life cycle of zone-device pages. */
export default project({
  kernels: [v6_19, v7_0, v7_1],
  patches: [doNotTouchDeviceFolioAfterFolioFree],
  scenarios: [freeRacesReuse],
  properties,
})
