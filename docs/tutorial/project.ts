import { project, withOperations } from 'foliocheck'
import lifecycle from 'foliocheck/models'
import { v7_1 } from 'foliocheck/models/kernels/v7.1'
import { dump_device_page, printsUsedPages } from './dump.js'
import fix from './fix.js'
import fixV2 from './fix-v2.js'
import { dumpRacesReuse } from './reuse.js'
import { dumpRacesShrink } from './shrink.js'

export default project({
  kernels: [withOperations(v7_1, [dump_device_page])],
  patches: [...lifecycle.patches, fix, fixV2],
  scenarios: [dumpRacesReuse, dumpRacesShrink],
  properties: [...lifecycle.properties, printsUsedPages],
})
