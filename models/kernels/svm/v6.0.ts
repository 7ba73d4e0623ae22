import { kernel } from 'foliocheck'
import { svm_migrate_page_free, svm_migrate_to_ram, svm_range_validate_and_map } from '../../drivers/svm/amdkfd.js'
import { v5_15 } from './v5.15.js'

export const v6_0 = kernel(
  'v6.0',
  {
    date: '2022-10',
    about: 'amdkfd knows its own faults; a device page in use holds nothing of its pagemap',
    base: v5_15,
  },
  [svm_migrate_page_free, svm_migrate_to_ram, svm_range_validate_and_map],
)
