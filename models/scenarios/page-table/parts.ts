import { largeFolio, mapSmall, vma } from '../../machine/page-table/setup.js'
import { N, SYSTEM_FRAMES } from '../../machine/page-table/sizes.js'
import type { State } from '../../machine/page-table/state.js'
import { devmem_migrate_to_ram } from '../../mm/migrate_folio/driver.js'

/** What scenarios share. */

/** Heads of two blocks of system memory, and of the block of device memory. */
export const SYSTEM = 0
export const OTHER = 2
export const DEVICE = SYSTEM_FRAMES

/** The driver; what a fault hands it depends on the kernel, and so does what it does. */
export const driver = { migrate_to_ram: devmem_migrate_to_ram }

/** A large folio mapped by PTEs of one VMA. */
export function ptesOfLarge(s: State): void {
  vma(s, 0)
  largeFolio(s, SYSTEM)
  for (let i = 0; i < N; i++) mapSmall(s, 0, SYSTEM + i, { write: true, dirty: true })
}
