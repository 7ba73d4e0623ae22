import { Pfn, Va } from './sizes.js'
import { pageTable } from './state.js'

/** Calls through pgmap->ops; a scenario binds each to its driver's function. */

/** dev_pagemap_ops.migrate_to_ram: `page` is vmf->page, `va` the VMA of the fault. */
export const migrate_to_ram = pageTable.hook('migrate_to_ram', { params: { va: Va, page: Pfn } })
