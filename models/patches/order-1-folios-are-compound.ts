import { patch, put } from 'foliocheck'
import { folioInit } from './parts/zone-device-folio-init.js'

/** What v7 of the series changed after the review of v6: every order above 0 is made compound. */
export const orderOneFoliosAreCompound = patch(
  'order-1-folios-are-compound',
  {
    subject: '[v7 01/16] mm/zone_device: support large zone device private folios (this hunk of it)',
    date: '2025-10-01',
    messageId: '20251001065707.920170-2-balbirs@nvidia.com',
    status: 'part of v7 of the series, merged for v6.19-rc1; applies on zone-device-folio-init-v6',
    claims: ['zd-order1-init-imbalance'],
  },
  put(folioInit(1, 'if (order)')),
)
