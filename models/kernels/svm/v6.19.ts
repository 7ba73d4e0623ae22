import { kernel } from 'foliocheck'
import { xe_drm_pagemap_populate_mm } from '../../drivers/svm/xe.js'
import { drm_pagemap_migrate_range } from '../../drivers/svm/xe-copy.js'
import { v6_18 } from './v6.18.js'

export const v6_19 = kernel(
  'v6.19',
  { date: '2026-02', about: 'a migration waits until the block is clear', base: v6_18 },
  [xe_drm_pagemap_populate_mm, drm_pagemap_migrate_range],
)
