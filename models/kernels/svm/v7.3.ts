import { kernel } from 'foliocheck'
import { drm_pagemap_migrate_to_devmem } from '../../drivers/svm/devmem.js'
import { do_swap_page } from '../../mm/svm/fault.js'
import { drm_2026_01 } from './drm-2026-01.js'

/** The newest kernel. */
export const v7_3 = kernel(
  'v7.3',
  {
    date: '2026-11',
    about:
      'as read at 7.3-rc5, and for drm_pagemap and test_hmm again in 7.3.4: error paths repaired, faults sleep for a ' +
      'locked device page',
    base: drm_2026_01,
  },
  [drm_pagemap_migrate_to_devmem, do_swap_page],
)
