import { bool, int, NONE, oneOf } from 'foliocheck'
import {
  clearEntry,
  copyEntry,
  Entry,
  mk_device_private,
  mk_migration,
  pmd_mkdirty,
  pmd_swp_mksoft_dirty,
  pmd_swp_mkuffd,
  pmd_wrprotect,
} from '../../machine/page-table/entry.js'
import {
  add_mm_counter,
  alloc_small,
  copyData,
  folio_add_anon_rmap_pte,
  folio_add_new_anon_rmap,
  folio_get,
  folio_try_dup_anon_rmap_pte,
  folio_trylock,
  folio_unlock,
  mk_present,
  mmOf,
  page_folio,
  pmd_unlock,
  pmd_unlocked,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function       | steps (fk3–fk10)                              | abstracted, and why that is sound                   |
 * |-----------------------|-----------------------------------------------|-----------------------------------------------------|
 * | copy_pte_range        | child's table; lock both; per PTE one of      | Both locks are kept for the whole table: what       |
 * | copy_nonpresent_pte   | the kinds; unlock                             | happens between batches happens before or after     |
 * | copy_present_ptes     |                                               | too. -EBUSY of a device-exclusive page fails the    |
 * |                       |                                               | fork there.                                         |
 */

const spec = {
  source: 'mm/memory.c',
  params: { dst: Va, src: Va },
  locals: {
    i: int(0, N),
    kind: oneOf('none', 'migration', 'device', 'exclusive', 'present'),
    old: Entry,
    fresh: Entry,
    page: Pfn,
    folio: Pfn,
    copy: Pfn,
    table: bool(),
    ok: bool(),
  },
  returns: bool(),
}
type CopyWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
type Locals = Parameters<Parameters<CopyWords['step']>[1]>[1]

/** fk3. */
function lockBoth({ waitUntil }: CopyWords) {
  return [
    waitUntil(
      'pte_alloc(dst_mm, dst_pmd)',
      (s, t) => pmd_unlocked(s, t.dst),
      (s, t) => {
        take_pmd_lock(s, t.dst)
        if (s.vmas[t.dst].pmd.kind === 'none') s.vmas[t.dst].pmd.kind = 'table'
        pmd_unlock(s, t.dst)
      },
    ),
    waitUntil(
      'dst_pte = pte_offset_map_lock(dst_mm, dst_pmd, addr, &dst_ptl)',
      (s, t) => pte_lock_ready(s, t.dst),
      (s, t) => {
        pte_offset_map_lock(s, t.dst)
      },
    ),
    waitUntil(
      'src_pte = pte_offset_map_rw_nolock(); spin_lock_nested(src_ptl)',
      (s, t) => pte_lock_ready(s, t.src),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.src)
      },
    ),
  ]
}

function look(s: State, t: Locals): void {
  copyEntry(t.old, s.vmas[t.src].ptes[t.i])
  const { kind, pfn } = t.old
  if (kind === 'table' || kind === 'invalid') return
  t.kind = kind
  if (kind === 'none') return
  t.page = pfn
  t.folio = page_folio(s, pfn)
}

/** The child's PTE: without uffd, unless its VMA protects too. */
function storeChild(s: State, t: Locals): void {
  if (!s.vmas[t.dst].uffd) {
    t.fresh.user = false
    t.fresh.uffd = false
  }
  add_mm_counter(s, t.dst, 1)
  set_pte_at(s, t.dst, t.i, t.fresh)
  clearEntry(t.fresh)
  clearEntry(t.old)
}

/** fk5. */
function copyMigration({ step, when }: CopyWords) {
  return when(
    t => t.kind === 'migration',
    [
      step('set_pte_at(src_mm, addr, src_pte, readable migration entry)', (s, t) => {
        mk_migration(t.fresh, t.old.pfn, 'read')
        t.fresh.dirty = t.old.dirty
        if (t.old.rw) pmd_swp_mksoft_dirty(t.fresh)
        if (t.old.user) pmd_swp_mkuffd(t.fresh)
        if (t.old.mode !== 'read') set_pte_at(s, t.src, t.i, t.fresh)
      }),
      step('set_pte_at(dst_mm, addr, dst_pte, pte)', storeChild),
    ],
  )
}

/** fk6: soft-dirty of a writable entry is lost, which is accepted. */
function copyDevice({ step, when }: CopyWords) {
  return when(
    t => t.kind === 'device',
    [
      step('folio_get(folio)', (s, t) => {
        folio_get(s, t.folio)
      }),
      step('folio_try_dup_anon_rmap_pte(folio, page, dst_vma, src_vma)', (s, t) => {
        folio_try_dup_anon_rmap_pte(s, t.folio, t.page, mmOf(t.src))
      }),
      step('set_pte_at(src_mm, addr, src_pte, readable device-private entry)', (s, t) => {
        copyEntry(t.fresh, t.old)
        if (t.old.mode !== 'write') return
        mk_device_private(t.fresh, t.old.pfn, false)
        if (t.old.user) pmd_swp_mkuffd(t.fresh)
        s.vmas[t.src].softDirty = false
        s.vmas[t.dst].softDirty = false
        set_pte_at(s, t.src, t.i, t.fresh)
      }),
      step('set_pte_at(dst_mm, addr, dst_pte, pte), device-private', storeChild),
    ],
  )
}

/** fk7: false is -EBUSY. `unmapped`: such entries had left the mapcounts. */
function restoreExclusive({ step, when, goto }: CopyWords, unmapped: boolean) {
  return when(
    t => t.kind === 'exclusive',
    [
      step('try_restore_exclusive_pte(src_vma, src_pte, addr)', (s, t) => {
        t.ok = folio_trylock(s, t.folio)
        if (!t.ok) return
        mk_present(t.fresh, t.page)
        t.fresh.softDirty = t.old.rw
        t.fresh.uffd = t.old.user
        t.fresh.rw = s.vmas[t.src].write && s.pages[t.page].ae && !t.fresh.uffd
        if (unmapped) folio_add_anon_rmap_pte(s, t.folio, t.page, s.pages[t.page].ae)
        set_pte_at(s, t.src, t.i, t.fresh)
        folio_unlock(s, t.folio)
        copyEntry(t.old, t.fresh)
        t.kind = 'present'
      }),
      when(t => !t.ok, [goto('unlock')]),
    ],
  )
}

/** fk9: a page that may be pinned is copied for the child. */
function copyPresent({ step, when, call }: CopyWords) {
  return when(
    t => t.kind === 'present',
    [
      step('folio_get(folio), present', (s, t) => {
        folio_get(s, t.folio)
      }),
      step('folio_try_dup_anon_rmap_pte(folio, page, dst_vma, src_vma), present', (s, t) => {
        t.ok = folio_try_dup_anon_rmap_pte(s, t.folio, t.page, mmOf(t.src))
      }),
      when(
        t => t.ok,
        [
          step('ptep_set_wrprotect(src_mm, addr, src_pte)', (s, t) => {
            copyEntry(t.fresh, s.vmas[t.src].ptes[t.i])
            pmd_wrprotect(t.fresh)
            set_pte_at(s, t.src, t.i, t.fresh)
          }),
          step('set_pte_at(dst_mm, addr, dst_pte, pte), present', storeChild),
        ],
        [
          call('folio_put(folio)', folio_put, { folio: t => t.folio }),
          step('copy_present_page(dst_vma, src_vma, dst_pte, src_pte, addr, rss, prealloc, page)', (s, t) => {
            t.copy = alloc_small(s)
            copyData(s, t.page, t.copy, 1)
            s.vmas[t.dst].want[t.i].data = s.pages[t.copy].data
            folio_add_new_anon_rmap(s, t.copy, t.i)
            mk_present(t.fresh, t.copy)
            pmd_mkdirty(t.fresh)
            t.fresh.rw = s.vmas[t.dst].write
            t.ok = true
            storeChild(s, t)
          }),
        ],
      ),
    ],
  )
}

function copyPtes(words: CopyWords, unmapped: boolean) {
  const { step, when, loop, local, label, ret } = words
  return [
    local(t => {
      t.ok = true
    }),
    ...lockBoth(words),
    when(
      t => t.table,
      [
        loop(
          t => t.i < N,
          [
            step('ptent = ptep_get(src_pte)', look),
            copyMigration(words),
            copyDevice(words),
            restoreExclusive(words, unmapped),
            copyPresent(words),
            local(t => {
              t.i++
              t.kind = 'none'
              t.page = NONE
              t.folio = NONE
              t.copy = NONE
            }),
          ],
        ),
      ],
    ),
    label('unlock'),
    when(
      t => t.table,
      [
        step('pte_unmap_unlock(src_pte, src_ptl)', (s, t) => {
          pte_unmap_unlock(s, t.src)
        }),
      ],
    ),
    step('pte_unmap_unlock(dst_pte, dst_ptl)', (s, t) => {
      pte_unmap_unlock(s, t.dst)
    }),
    ret(t => t.ok),
  ]
}

/** Copies the PTEs of `src`; false when the fork fails. */
export const copy_pte_range = pageTable.operation('copy_pte_range', spec, words => copyPtes(words, false))

/** Until v6.14. */
export const copy_pte_range_v6_14 = pageTable.operation('copy_pte_range', spec, words => copyPtes(words, true))
