import { does, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from 'foliocheck/models/drivers/drm_pagemap'
import { zoneDevice } from 'foliocheck/models/machine/state'
import { freshDevice, munmap, xeMigrate, xeWorker } from 'foliocheck/models/scenarios/parts'
import { dump_device_page } from './dump.js'

export const dumpRacesReuse = scenario('dump-races-reuse', zoneDevice, {
  about: 'cat reads the debugfs file, while a page is unmapped and its memory is used again for a large folio',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 0)],
  threads: [
    thread('cat', does(dump_device_page, { pfn: 1 })),
    thread('munmap', munmap(0)),
    thread('gpu fault', xeMigrate(1, 2)),
    xeWorker,
  ],
  exercises: ['dump-prints-used-pages'],
})
