import { kernel } from 'foliocheck'
import { drm_pagemap_migrate_to_devmem_2026_01 } from '../../drivers/svm/devmem.js'
import {
  drm_pagemap_create,
  drm_pagemap_dev_unhold_work,
  drm_pagemap_get,
  drm_pagemap_put,
  drm_pagemap_release,
  drm_pagemap_zdd_alloc,
} from '../../drivers/svm/drm_pagemap.js'
import { xe_devm_release } from '../../drivers/svm/xe.js'
import { v6_19 } from './v6.19.js'

export const drm_2026_01 = kernel(
  'drm-2026-01',
  {
    date: '2026-01',
    about: 'drm-next on its way to v7.0: counted drm_pagemaps that hold their provider, and migration between devices',
    base: v6_19,
  },
  [
    drm_pagemap_create,
    drm_pagemap_get,
    drm_pagemap_put,
    drm_pagemap_release,
    drm_pagemap_dev_unhold_work,
    drm_pagemap_zdd_alloc,
    xe_devm_release,
    drm_pagemap_migrate_to_devmem_2026_01,
  ],
)
