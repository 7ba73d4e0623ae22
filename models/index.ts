import { project } from 'foliocheck'
import { properties } from '../properties/index.js'
import { v6_0 } from './kernels/v6.0.js'
import { v6_12 } from './kernels/v6.12.js'
import { v6_18 } from './kernels/v6.18.js'
import { v6_19 } from './kernels/v6.19.js'
import { v7_0 } from './kernels/v7.0.js'
import { v7_1 } from './kernels/v7.1.js'
import { v7_3 } from './kernels/v7.3.js'
import { zoneDeviceDrawing } from './machine/drawing.js'
import { patches } from './patches/index.js'
import { scenarios } from './scenarios/index.js'

/** The life cycle of zone-device pages. */
export default project({
  kernels: [v6_0, v6_12, v6_18, v6_19, v7_0, v7_1, v7_3],
  patches,
  scenarios,
  properties,
  drawings: [zoneDeviceDrawing],
})
