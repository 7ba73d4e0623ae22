import { bool, expect, NONE } from 'foliocheck'
import { unmapKeepsReference } from '../../../properties/eviction.js'
import { checkLocked, folio_get, folio_put_testzero, page_folio_held, pageAt } from '../../machine/index.js'
import { Pfn, type State, zoneDevice } from '../../machine/state.js'

/**
 * Page-table entries of device folios, as rmap walks change them.
 *
 * | kernel function       | steps                    | abstracted, and why that is sound                                  |
 * |-----------------------|--------------------------|--------------------------------------------------------------------|
 * | try_to_migrate        | one per entry            | Entry, rmap and the mapping's reference change under the lock of   |
 * | remove_migration_ptes | one per entry            | the table, by someone who holds the folio lock and a reference:    |
 * |                       |                          | nobody compares the count meanwhile, so one step shows all of it.  |
 */

/** The first place whose entry names the folio, of the given kind, or NONE. */
function entryOf(s: State, folio: number, migration: boolean): number {
  for (let va = 0; va < s.slots.length; va++) {
    const slot = s.slots[va]
    if (slot.page !== NONE && slot.migration === migration && page_folio_held(s, slot.page) === folio) return va
  }
  return NONE
}

/** Whether nobody holds the lock of a page table, so that an entry may change. */
function tablesFree(s: State): boolean {
  return s.slots.every(slot => slot.ptl === NONE)
}

/** Replaces every mapping of `folio` by a migration entry. */
export const try_to_migrate = zoneDevice.operation(
  'try_to_migrate',
  { source: 'mm/rmap.c', params: { folio: Pfn }, locals: { more: bool() } },
  ({ waitUntil, label, when, goto }) => [
    label('next entry'),
    waitUntil('set_pte_at(migration entry); folio_remove_rmap(); folio_put()', tablesFree, (s, t) => {
      const va = entryOf(s, t.folio, false)
      if (va === NONE) return
      const page = pageAt(s, t.folio)
      checkLocked(s, t.folio)
      s.slots[va].migration = true
      page.mapcount--
      page.anonExclusive = false
      expect(unmapKeepsReference, !folio_put_testzero(s, t.folio), `p${t.folio} has no reference left`)
      t.more = entryOf(s, t.folio, false) !== NONE
    }),
    when(t => t.more, [goto('next entry')]),
  ],
)

/** Turns the migration entries of `src` into entries of `dst`: itself, or system memory when that is NONE. */
export const remove_migration_ptes = zoneDevice.operation(
  'remove_migration_ptes',
  { source: 'mm/migrate.c', params: { src: Pfn, dst: Pfn }, locals: { more: bool() } },
  ({ waitUntil, label, when, goto }) => [
    label('next entry'),
    waitUntil('folio_get(dst); set_pte_at(entry of dst); folio_add_anon_rmap()', tablesFree, (s, t) => {
      const va = entryOf(s, t.src, true)
      if (va === NONE) return
      const slot = s.slots[va]
      checkLocked(s, t.src)
      slot.migration = false
      if (t.dst === NONE) slot.page = NONE
      else {
        const page = pageAt(s, t.dst)
        folio_get(s, t.dst)
        page.mapcount++
        page.anonExclusive = true
      }
      t.more = entryOf(s, t.src, true) !== NONE
    }),
    when(t => t.more, [goto('next entry')]),
  ],
)
