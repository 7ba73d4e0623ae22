import { kernel } from 'foliocheck'
import { dmirror_fops_release } from '../drivers/test_hmm-migrate.js'
import { free_zone_device_folio_v7_1 } from '../mm/memremap/free.js'
import { v7_0 } from './v7.0.js'

/** The free path no longer looks at the folio after the driver has it. */
export const v7_1 = kernel(
  'v7.1',
  {
    date: '2026-06',
    about:
      'free_zone_device_folio puts the pagemap’s reference through the pointer it read before ->folio_free(); ' +
      'test_hmm evicts when a file is closed',
    base: v7_0,
  },
  [free_zone_device_folio_v7_1, dmirror_fops_release],
)
