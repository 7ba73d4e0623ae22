import { does, scenario, thread } from 'foliocheck'
import { mapHugeOnce } from '../../machine/page-table/setup.js'
import { pageTable } from '../../machine/page-table/state.js'
import { migrate_vma_to_small } from '../../mm/huge_memory_split/users.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { DEVICE, driver } from './parts.js'

/** A large folio whose destination has smaller pages. */
export const migrateToSmall = scenario('migrate-to-small-pages', pageTable, {
  about: 'A device-private folio is split in the middle of its migration to small pages, while a CPU reads it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('migrate', does(migrate_vma_to_small, { va: 0, device: true })),
    thread('cpu', does(user_access, { cpu: 0, va: 0, index: 1, write: true, value: 2 })),
  ],
  exercises: ['frozen-folio-is-unmapped', 'references-are-owned'],
  tags: ['dp-frozen-split-reference'],
})
