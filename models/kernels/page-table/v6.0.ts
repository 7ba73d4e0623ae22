import { kernel } from 'foliocheck'
import { do_swap_page_v6_0 } from '../../mm/memory_fault/swap-page.js'
import { devmem_migrate_to_ram_v6_0 } from '../../mm/migrate_folio/driver.js'
import { __migrate_device_finalize_v6_0 } from '../../mm/migrate_vma/finalize.js'
import { v6_14 } from './v6.14.js'

/** Before a fault on a device-private page owned anything of it. */
export const v6_0 = kernel(
  'v6.0',
  {
    date: '2022-10',
    about:
      'v6.14 with the device-private fault of v6.0, where the driver is called for a page that nobody keeps, and with ' +
      'its end of a migration, which puts dying folios back to the LRU',
    base: v6_14,
  },
  [do_swap_page_v6_0, devmem_migrate_to_ram_v6_0, __migrate_device_finalize_v6_0],
)
