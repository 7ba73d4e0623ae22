import { Pfn, zoneDevice } from './state.js'

/** Calls through `pgmap->ops`; a scenario binds each to its driver's function. */

/** dev_pagemap_ops.folio_free, v6.19 and later. */
export const folio_free = zoneDevice.hook('folio_free', { params: { folio: Pfn } })

/** dev_pagemap_ops.page_free, until v6.18. */
export const page_free = zoneDevice.hook('page_free', { params: { page: Pfn } })

/** dev_pagemap_ops.folio_split: once per new folio, then with none as the end mark. */
export const folio_split = zoneDevice.hook('folio_split', { params: { original: Pfn, replacement: Pfn } })
