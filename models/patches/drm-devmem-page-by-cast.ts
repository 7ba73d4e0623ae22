import { patch, put } from 'foliocheck'
import { drm_pagemap_get_devmem_page } from '../drivers/drm_pagemap.js'

/** The driver never asks a free page for its folio: the page it took is the folio it makes. */
export const drmDevmemPageByCast = patch(
  'drm-devmem-page-by-cast',
  {
    subject:
      '[PATCH v7 4/4] drm/pagemap: Enable THP support for GPU memory migration (its hunk in drm_pagemap_get_devmem_page)',
    date: '2026-02-02',
    messageId: '20260202160118.1983946-5-francois.dugast@intel.com',
    status: 'merged for v7.0',
    claims: ['zd-reinit-subset-race'],
  },
  put(drm_pagemap_get_devmem_page),
)
