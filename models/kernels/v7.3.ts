import { kernel } from 'foliocheck'
import { nouveau_dmem_folio_split_v7_3 } from '../drivers/nouveau.js'
import { migrate_device_range_v7_3 } from '../mm/migrate_device/from-device.js'
import { v7_1 } from './v7.1.js'

/** The newest tree that was read. */
export const v7_3 = kernel(
  'v7.3',
  {
    date: '2026-11',
    about:
      'Linux 7.3.4; in the life cycle it differs from v7.1 in that nouveau counts the pieces of a split folio ' +
      'and migrate_device_range ends where a folio seems to reach past the last pfn; and in statistics and in how ' +
      'struct pages are first written, neither of which is modelled',
    base: v7_1,
  },
  [nouveau_dmem_folio_split_v7_3, migrate_device_range_v7_3],
)
