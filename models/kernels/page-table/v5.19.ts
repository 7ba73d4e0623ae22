import { kernel } from 'foliocheck'
import { migrate_vma_collect_pmd_v5_19 } from '../../mm/migrate_vma/collect-pmd.js'
import { v6_0 } from './v6.0.js'

/** Before the fixes of September 2022 to the collection of PTEs. */
export const v5_19 = kernel(
  'v5.19',
  {
    date: '2022-07',
    about: 'v6.0 with the collection of v5.19: it flushes after the table is unlocked, and forgets the dirty bit',
    base: v6_0,
  },
  [migrate_vma_collect_pmd_v5_19],
)
