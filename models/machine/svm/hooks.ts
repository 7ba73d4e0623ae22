import { bool } from 'foliocheck'
import { Pfn, Seq, Va } from './sizes.js'
import { svm } from './state.js'

/** Calls through a driver's tables; a scenario binds each to a function of its driver. */

/** dev_pagemap_ops.migrate_to_ram; `page` is vmf->page. */
export const migrate_to_ram = svm.hook('migrate_to_ram', { params: { va: Va, page: Pfn } })

/** dev_pagemap_ops.folio_free. */
export const folio_free = svm.hook('folio_free', { params: { page: Pfn } })

/** mmu_interval_notifier_ops.invalidate; `migrate`: because the driver itself migrates. */
export const invalidate = svm.hook('invalidate', { params: { seq: Seq, migrate: bool() } })
