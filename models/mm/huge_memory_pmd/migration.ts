import { bool, expect } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import {
  clearEntry,
  copyEntry,
  Entry,
  type EntryState,
  is_softleaf,
  mk_device_private,
  mk_migration,
  mk_present,
  pmd_dirty,
  pmd_mkdirty,
  pmd_mksoft_dirty,
  pmd_mkuffd,
  pmd_mkwrite,
  pmd_present,
  pmd_soft_dirty,
  pmd_swp_mksoft_dirty,
  pmd_swp_mkuffd,
  pmd_swp_soft_dirty,
  pmd_swp_uffd,
  pmd_uffd,
  pmd_write,
} from '../../machine/page-table/entry.js'
import {
  folio_add_anon_rmap_pmd,
  folio_get,
  folio_is_device_private,
  folio_remove_rmap_pmd,
  folio_try_share_anon_rmap,
  pageAt,
  pmdp_huge_clear_flush,
  pmdp_huge_get_and_clear,
  pmdp_invalidate,
  set_pmd_at,
  softleaf_to_pfn,
} from '../../machine/page-table/index.js'
import { Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function         | steps                                           | abstracted, and why that is sound             |
 * |-------------------------|-------------------------------------------------|-----------------------------------------------|
 * | set_pmd_migration_entry | G2 invalidate or clear; G4 share; G5 store;     | Accessed bits. Under the folio lock and the   |
 * |                         | G6 rmap and put                                 | PMD lock, inside the caller's notifier range. |
 * | remove_migration_pmd    | RM2 get; RM3 and RM4 new value; RM5 rmap; RM6   | Accessed bits; anonymous folios only.         |
 * |                         | warn; RM7 store                                 |                                               |
 */

const set = {
  source: 'mm/huge_memory.c',
  params: { va: Va, folio: Pfn },
  locals: {
    old: Entry,
    fresh: Entry,
    present: bool(),
    write: bool(),
    softDirty: bool(),
    uffd: bool(),
    exclusive: bool(),
    shared: bool(),
  },
  returns: bool(),
}
type SetWords = Words<typeof set.params, typeof set.locals, typeof set.returns>
interface Flags {
  readonly va: number
  readonly folio: number
  old: EntryState
  present: boolean
  write: boolean
  softDirty: boolean
  uffd: boolean
  exclusive: boolean
}

/** The accessors for present entries, whatever the entry is. */
function readFlags(t: Flags): void {
  t.write = pmd_write(t.old)
  t.softDirty = pmd_soft_dirty(t.old)
  t.uffd = pmd_uffd(t.old)
}

/** The accessors for a device-private entry; any other entry here would be misread. */
export function readSoftleafFlags(t: Flags): void {
  softleaf_to_pfn(t.old)
  t.write = t.old.kind === 'device' && t.old.mode === 'write'
  t.softDirty = pmd_swp_soft_dirty(t.old)
  t.uffd = pmd_swp_uffd(t.old)
}

/** G3 to G6; what is taken out of the PMD is in `old`. */
function exchange({ step, when, call, ret, local }: SetWords) {
  return [
    step('anon_exclusive = folio_test_anon(folio) && PageAnonExclusive(page)', (s, t) => {
      t.exclusive = pageAt(s, t.folio).ae
      t.shared = true
    }),
    when(
      t => t.exclusive,
      [
        step('folio_try_share_anon_rmap_pmd(folio, page)', (s, t) => {
          t.shared = folio_try_share_anon_rmap(s, t.folio, t.folio)
        }),
      ],
    ),
    when(
      t => !t.shared,
      [
        step('set_pmd_at(mm, address, pvmw->pmd, pmdval)', (s, t) => {
          set_pmd_at(s, t.va, t.old)
        }),
        ret(() => false),
      ],
    ),
    step('set_pmd_at(mm, address, pvmw->pmd, pmdswp)', (s, t) => {
      mk_migration(t.fresh, t.folio, t.write ? 'write' : t.exclusive ? 'readExclusive' : 'read')
      if (pmd_dirty(t.old)) {
        pageAt(s, t.folio).dirty = true
        t.fresh.dirty = true
      }
      if (t.softDirty) pmd_swp_mksoft_dirty(t.fresh)
      if (t.uffd) pmd_swp_mkuffd(t.fresh)
      set_pmd_at(s, t.va, t.fresh)
    }),
    local(t => {
      clearEntry(t.old)
      clearEntry(t.fresh)
    }),
    step('folio_remove_rmap_pmd(folio, page, vma)', (s, t) => {
      folio_remove_rmap_pmd(s, t.folio)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
    ret(() => true),
  ]
}

/** v7.2: the attributes are read by the kind of the entry. Without one that is present, the PMD is none for a while. */
export const set_pmd_migration_entry = pageTable.operation('set_pmd_migration_entry', set, words => [
  words.test(
    'present = pmd_present(*pvmw->pmd)',
    (s, t) => pmd_present(s.vmas[t.va].pmd),
    [
      words.step('pmdval = pmdp_invalidate(vma, address, pvmw->pmd)', (s, t) => {
        pmdp_invalidate(s, t.va, t.old)
        readFlags(t)
      }),
    ],
    [
      words.step('pmdval = pmdp_huge_get_and_clear(vma->vm_mm, address, pvmw->pmd)', (s, t) => {
        pmdp_huge_get_and_clear(s, t.va, t.old)
        readSoftleafFlags(t)
      }),
    ],
  ),
  ...exchange(words),
])

/** v1 and v6.19: the accessors for present entries, in both cases. */
export const set_pmd_migration_entry_v6_19 = pageTable.operation('set_pmd_migration_entry', set, words => [
  words.test(
    'if (unlikely(!pmd_present(*pvmw->pmd)))',
    (s, t) => !pmd_present(s.vmas[t.va].pmd),
    [
      words.step('pmdval = pmdp_huge_get_and_clear(vma->vm_mm, address, pvmw->pmd)', (s, t) => {
        pmdp_huge_get_and_clear(s, t.va, t.old)
        readFlags(t)
      }),
    ],
    [
      words.step('pmdval = pmdp_invalidate(vma, address, pvmw->pmd)', (s, t) => {
        pmdp_invalidate(s, t.va, t.old)
        readFlags(t)
      }),
    ],
  ),
  ...exchange(words),
])

/** RFC: chosen by the type of the folio, with a flush. */
export const set_pmd_migration_entry_RFC = pageTable.operation('set_pmd_migration_entry', set, words => [
  words.when(
    t => folio_is_device_private(t.folio),
    [
      words.step('pmdval = pmdp_huge_clear_flush(vma, address, pvmw->pmd)', (s, t) => {
        pmdp_huge_clear_flush(s, t.va, t.old)
        readFlags(t)
      }),
    ],
    [
      words.step('pmdval = pmdp_invalidate(vma, address, pvmw->pmd)', (s, t) => {
        pmdp_invalidate(s, t.va, t.old)
        readFlags(t)
      }),
    ],
  ),
  ...exchange(words),
])

const remove = {
  source: 'mm/huge_memory.c',
  params: { va: Va, folio: Pfn },
  locals: { entry: Entry, pmde: Entry },
}
type RemoveWords = Words<typeof remove.params, typeof remove.locals>
interface Removal {
  readonly va: number
  readonly folio: number
  readonly entry: EntryState
  readonly pmde: EntryState
}

/** What is in the PMD, taken for a migration entry. */
function begin({ step }: RemoveWords) {
  return step('entry = softleaf_from_pmd(*pvmw->pmd); folio_get(folio)', (s, t) => {
    copyEntry(t.entry, s.vmas[t.va].pmd)
    softleaf_to_pfn(t.entry)
    folio_get(s, t.folio)
  })
}

/** RM3. */
function makePresent(s: State, t: Removal): void {
  mk_present(t.pmde, t.folio)
  applyBits(s, t)
}

/** Soft-dirty, write, uffd and dirty from the entry that is replaced, by the setters for present entries. */
function applyBits(s: State, t: Removal): void {
  if (pmd_swp_soft_dirty(s.vmas[t.va].pmd)) pmd_mksoft_dirty(t.pmde)
  if (t.entry.kind === 'migration' && t.entry.mode === 'write') pmd_mkwrite(t.pmde)
  if (pmd_swp_uffd(s.vmas[t.va].pmd)) pmd_mkuffd(t.pmde)
  if (pageAt(s, t.folio).dirty && t.entry.kind === 'migration' && t.entry.dirty) pmd_mkdirty(t.pmde)
}

function addRmapAndStore({ step }: RemoveWords) {
  return [
    step('folio_add_anon_rmap_pmd(folio, new, vma, haddr, rmap_flags)', (s, t) => {
      folio_add_anon_rmap_pmd(s, t.folio, !(t.entry.kind === 'migration' && t.entry.mode === 'read'))
    }),
    step('VM_WARN_ON_ONCE(pmd_write(pmde) && folio_test_anon(folio) && !PageAnonExclusive(&folio->page))', (s, t) => {
      const ok = !pmd_write(t.pmde) || s.pages[t.folio].ae
      expect(
        noWarning,
        ok,
        `pmd_write() of a ${t.pmde.kind} entry${is_softleaf(t.pmde) ? ', where bit 1 is swp-soft-dirty' : ''}`,
      )
    }),
    step('set_pmd_at(mm, haddr, pvmw->pmd, pmde)', (s, t) => {
      set_pmd_at(s, t.va, t.pmde)
    }),
  ]
}

/** RM4. */
function makeDevice(s: State, t: Removal): void {
  mk_device_private(t.pmde, t.folio, pmd_write(t.pmde))
  if (pmd_swp_soft_dirty(s.vmas[t.va].pmd)) pmd_swp_mksoft_dirty(t.pmde)
  if (pmd_swp_uffd(s.vmas[t.va].pmd)) pmd_swp_mkuffd(t.pmde)
}

/** v6.19 as released, and later: first everything from the migration entry, then the encoding of the new kind. */
export const remove_migration_pmd = pageTable.operation('remove_migration_pmd', remove, words => [
  begin(words),
  words.step('pmde = folio_mk_pmd(folio, READ_ONCE(vma->vm_page_prot))', makePresent),
  words.when(
    t => folio_is_device_private(t.folio),
    [words.step('pmde = softleaf_to_pmd(device-private entry)', makeDevice)],
  ),
  ...addRmapAndStore(words),
])

/** RFC and v1: the variable of the migration entry is used again for the new entry, before it is asked anything. */
export const remove_migration_pmd_RFC = pageTable.operation('remove_migration_pmd', remove, words => [
  begin(words),
  words.step('pmde = mk_huge_pmd(new, READ_ONCE(vma->vm_page_prot))', (_s, t) => {
    mk_present(t.pmde, t.folio)
  }),
  words.when(
    t => folio_is_device_private(t.folio),
    [
      words.step(
        'entry = make_readable_device_private_entry(page_to_pfn(new)); pmde = swp_entry_to_pmd(entry)',
        (_s, t) => {
          mk_device_private(t.entry, t.folio, pmd_write(t.pmde))
          copyEntry(t.pmde, t.entry)
        },
      ),
    ],
  ),
  words.step('pmde = pmd_mksoft_dirty(pmd_mkwrite(pmd_mkuffd_wp(pmde)))', applyBits),
  ...addRmapAndStore(words),
])
