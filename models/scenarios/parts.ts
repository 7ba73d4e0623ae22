import { type Action, daemon, does, type Thread } from 'foliocheck'
import { drm_pagemap_migrate_to_devmem } from '../drivers/drm_pagemap-migrate.js'
import { nouveau_dmem_chunk_alloc } from '../drivers/nouveau.js'
import { nouveau_dmem_migrate_vma } from '../drivers/nouveau-migrate.js'
import { dmirror_allocate_chunk } from '../drivers/test_hmm.js'
import { dmirror_migrate_to_device } from '../drivers/test_hmm-migrate.js'
import { xe_bo_dev_work_func, xe_bo_dev_work_once } from '../drivers/xe.js'
import { PMD_ORDER, type State } from '../machine/state.js'
import { zap_nonpresent_ptes } from '../mm/memory.js'
import { memremap_pages } from '../mm/memremap/teardown.js'

/** What scenarios are put together from. Every pool is made by really running the kernel that is checked. */

/**
 * The initial state of a scenario at whose end `mapped` places map device memory, whatever happens in between, and the
 * pagemap is gone if `unbinds`.
 */
export const endsWith = (mapped: number, unbinds = false): readonly ((s: State) => void)[] => [
  s => {
    s.outcome = mapped
    s.unbinds = unbinds
  },
]

/** munmap of one place. */
export const munmap = (va: number): Action => does(zap_nonpresent_ptes, { va })

/** xe: a BO of order `bo_order` at `va`, as folios of `order`. */
export const xeMigrate = (va: number, order: number, bo_order = order, copy_may_fail = false): Action =>
  does(drm_pagemap_migrate_to_devmem, { va, order, bo_order, copy_may_fail })

/** test_hmm: one folio at `va`, of one page or of PMD size. */
export const hmmMigrate = (va: number, is_large = false): Action => does(dmirror_migrate_to_device, { va, is_large })

/** nouveau: the same. */
export const nouveauMigrate = (va: number, is_large = false, copy_may_fail = false): Action =>
  does(nouveau_dmem_migrate_vma, { va, is_large, copy_may_fail })

/** A device whose pages nobody has used yet; xe's allocator needs no more. */
export const freshDevice: readonly Action[] = [does(memremap_pages, {})]

/** test_hmm with its chunk on a free list. */
export const freshHmm = (is_large = false): readonly Action[] => [
  ...freshDevice,
  does(dmirror_allocate_chunk, { is_large }),
]

/** nouveau with its chunk on a free list. */
export const freshNouveau = (is_large = false): readonly Action[] => [
  ...freshDevice,
  does(nouveau_dmem_chunk_alloc, { is_large }),
]

/** xe whose whole memory was one PMD-sized folio, which is dead. */
export const xeAfterPmdFolio: readonly Action[] = [
  ...freshDevice,
  xeMigrate(0, PMD_ORDER),
  munmap(0),
  does(xe_bo_dev_work_once, {}),
]

/** xe whose memory was two folios of order 1, which are dead. */
export const xeAfterTwoHalves: readonly Action[] = [
  ...freshDevice,
  xeMigrate(0, 1),
  xeMigrate(1, 1),
  munmap(0),
  munmap(1),
  does(xe_bo_dev_work_once, {}),
  does(xe_bo_dev_work_once, {}),
]

/** The worker that destroys buffer objects. */
export const xeWorker: Thread = daemon('bo worker', does(xe_bo_dev_work_func, {}))

/** Operations that a scenario of large folios needs. */
export const LARGE = ['zone_device_folio_init']
export const INIT = ['zone_device_page_init']
export const XE = ['drm_pagemap_migrate_to_devmem']
