import { expect, on, patch, replace } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import {
  copyEntry,
  pmd_is_device_private_entry,
  pmd_mksoft_dirty,
  pmd_present,
  pmd_swp_mksoft_dirty,
  pmd_write,
} from '../../machine/page-table/entry.js'
import { folio_is_device_private } from '../../machine/page-table/index.js'
import { pageTable } from '../../machine/page-table/state.js'
import { readSoftleafFlags, remove_migration_pmd, set_pmd_migration_entry } from '../../mm/huge_memory_pmd/migration.js'
import { move_huge_pmd } from '../../mm/huge_memory_pmd/move.js'
import { zap_huge_pmd } from '../../mm/huge_memory_pmd/zap.js'

/** What would remove violations that v7.3 has. Posted nowhere: each shows that its cause was understood. */

const proposed = { date: '2026-11-20', status: 'a proposal of this project, not posted' }

const zap = pageTable.words(zap_huge_pmd)

export const zapByEntry = patch(
  'zap-device-private-by-entry',
  {
    ...proposed,
    subject: 'mm/huge_memory: zap_huge_pmd: only a device-private entry owns a mapping and a reference',
    claims: ['dp-zap-migration-entry-of-device-folio'],
  },
  on(
    zap_huge_pmd,
    replace(
      'is_device_private = folio_is_device_private(folio)',
      zap.step('is_device_private = pmd_is_device_private_entry(orig_pmd)', (_s, t) => {
        t.device = pmd_is_device_private_entry(t.old)
      }),
    ),
  ),
)

const set = pageTable.words(set_pmd_migration_entry)

export const keepPmdUntilReplaced = patch(
  'keep-device-private-pmd-until-replaced',
  {
    ...proposed,
    subject: 'mm/huge_memory: set_pmd_migration_entry: a device-private PMD stays until its replacement is stored',
    claims: [
      'dp-none-window-mprotect',
      'dp-none-window-fork',
      'dp-none-window-mremap',
      'dp-none-window-munmap',
      'dp-none-window-dontneed',
      'dp-none-window-uffd',
    ],
  },
  on(
    set_pmd_migration_entry,
    replace(
      'pmdval = pmdp_huge_get_and_clear(vma->vm_mm, address, pvmw->pmd)',
      set.step('pmdval = pmdp_get(pvmw->pmd)', (s, t) => {
        copyEntry(t.old, s.vmas[t.va].pmd)
        readSoftleafFlags(t)
      }),
    ),
  ),
)

const move = pageTable.words(move_huge_pmd)

export const mremapSoftDirty = patch(
  'mremap-marks-device-private-soft-dirty',
  {
    ...proposed,
    subject: 'mm/huge_memory: move_soft_dirty_pmd: mark device-private PMDs too, as move_ptes does',
    claims: ['dp-mremap-soft-dirty'],
  },
  on(
    move_huge_pmd,
    replace(
      'pmd = move_soft_dirty_pmd(pmd)',
      move.step('pmd = pmd_present(pmd) ? pmd_mksoft_dirty(pmd) : pmd_swp_mksoft_dirty(pmd)', (_s, t) => {
        if (pmd_present(t.value)) pmd_mksoft_dirty(t.value)
        else pmd_swp_mksoft_dirty(t.value)
      }),
    ),
  ),
)

const removal = pageTable.words(remove_migration_pmd)

export const warnOfPresentOnly = patch(
  'remove-migration-pmd-warns-of-present-only',
  {
    ...proposed,
    subject: 'mm/huge_memory: remove_migration_pmd: do not ask a device-private entry with pmd_write()',
    claims: ['dp-remove-migration-pmd-false-warning'],
  },
  on(
    remove_migration_pmd,
    replace(
      'VM_WARN_ON_ONCE(pmd_write(pmde) && folio_test_anon(folio) && !PageAnonExclusive(&folio->page))',
      removal.step('VM_WARN_ON_ONCE(pmd_present(pmde) && pmd_write(pmde) && …)', (s, t) => {
        const ok = folio_is_device_private(t.folio) || !pmd_write(t.pmde) || s.pages[t.folio].ae
        expect(noWarning, ok, `p${t.folio} is writable and not exclusive`)
      }),
    ),
  ),
)
