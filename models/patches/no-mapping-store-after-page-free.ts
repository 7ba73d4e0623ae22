import { on, patch, remove } from 'foliocheck'

/** What v6 of the series changed: nothing of the folio is written after the callback. */
export const noMappingStoreAfterPageFree = patch(
  'no-mapping-store-after-page-free',
  {
    subject: '[v6 01/15] mm/zone_device: support large zone device private folios (this hunk of it)',
    date: '2025-09-16',
    messageId: '20250916122128.2098535-2-balbirs@nvidia.com',
    status: 'part of v6 of the series, applies on large-zone-device-folios-v5',
    claims: ['zd-mapping-store-after-page-free'],
  },
  on('free_zone_device_folio', remove('folio->page.mapping = NULL')),
)
