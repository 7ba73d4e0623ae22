import { expect, NONE } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { writesInside } from '../../../properties/layout.js'
import { freeOnlyUnused } from '../../../properties/ownership.js'
import { isLiveHead } from '../../machine/ghost.js'
import { folio_free } from '../../machine/hooks.js'
import { folio_nr_pages_held, folio_pgmap, pageOfLife } from '../../machine/page.js'
import { percpu_ref_put_many } from '../../machine/percpu-ref.js'
import { Life, NrPages, PAGES, Pfn, PgmapRef, type State, zoneDevice } from '../../machine/state.js'

/**
 * | kernel function        | steps                                    | abstracted, and why that is sound                |
 * |------------------------|------------------------------------------|--------------------------------------------------|
 * | free_zone_device_folio | pgmap, nr, uncharge, exclusive, mapping, | Only MEMORY_DEVICE_PRIVATE: the other types take |
 * |                        | ->folio_free(), put of the pgmap's       | other branches. memcg is the one word that is    |
 * |                        | reference                                | also _nr_pages. The loop over PG_anon_exclusive  |
 * |                        |                                          | is one step: nobody reads that bit of a folio    |
 * |                        |                                          | whose count is 0. NR_ANON statistics are left    |
 * |                        |                                          | out: no branch reads them.                       |
 */

/** Ghost: the folio's last use begins. Returns the life in which the freeing thread knows it. */
export function beginFree(s: State, folio: number): number {
  const page = s.pages[folio]
  const mapped = page.mapcount > 0 || s.slots.some(slot => slot.page >= 0 && s.pages[slot.page].folio === folio)
  expect(freeOnlyUnused, isLiveHead(s, folio), `p${folio} is no folio in use`)
  expect(freeOnlyUnused, page.ref === 0, `p${folio} has ${page.ref} references`)
  expect(freeOnlyUnused, !mapped, `p${folio} is still mapped`)
  expect(freeOnlyUnused, page.locker < 0, `p${folio} is locked by cpu${page.locker}`)
  return page.life
}

/** The loop of __ClearPageAnonExclusive over `nr` pages, and its flags words must be the folio's own. */
export function clear_anon_exclusive(s: State, folio: number, nr: number, life: number): void {
  if (pageOfLife(s, folio, life).mapping !== 'anon') return
  for (let p = folio; p < folio + nr; p++) {
    const own = p < PAGES && s.pages[p].folio === s.pages[folio].folio
    expect(writesInside, own, `the flags of p${p} are written by the free of p${folio}`)
    if (p < PAGES) s.pages[p].anonExclusive = false
  }
}

const spec = {
  source: 'mm/memremap.c',
  params: { folio: Pfn },
  locals: { pgmap: PgmapRef, nr: NrPages, life: Life },
}
type Words = Parameters<Parameters<typeof zoneDevice.operation<typeof spec.params, typeof spec.locals>>[2]>[0]

/** What every version since v6.19 does up to and including the callback. */
const upToCallback = ({ step, when, call, ret }: Words) => [
  step('pgmap = folio->pgmap', (s, t) => {
    t.life = beginFree(s, t.folio)
    t.pgmap = folio_pgmap(s, t.folio)
  }),
  step('nr = folio_nr_pages(folio)', (s, t) => {
    t.nr = folio_nr_pages_held(s, t.folio)
    expect(noWarning, t.pgmap !== NONE, 'WARN_ON_ONCE(!pgmap)')
  }),
  when(t => t.pgmap === NONE, [ret()]),
  step('mem_cgroup_uncharge(folio)', (s, t) => {
    pageOfLife(s, t.folio, t.life).memcgData = 0
  }),
  step('__ClearPageAnonExclusive(folio_page(folio, i))', (s, t) => {
    clear_anon_exclusive(s, t.folio, t.nr, t.life)
  }),
  step('folio->mapping = NULL', (s, t) => {
    pageOfLife(s, t.folio, t.life).mapping = 'null'
  }),
  call('pgmap->ops->folio_free(folio)', folio_free, { folio: t => t.folio }),
]

/** As merged for v6.19-rc1: the size is learnt before the callback, the pagemap is read again after it. */
export const free_zone_device_folio_v6_19 = zoneDevice.operation('free_zone_device_folio', spec, words => [
  ...upToCallback(words),
  words.step('percpu_ref_put_many(&folio->pgmap->ref, nr)', (s, t) => {
    pageOfLife(s, t.folio, t.life)
    percpu_ref_put_many(s, folio_pgmap(s, t.folio), t.nr)
  }),
])

/** v7.1: after the callback only locals are used. */
export const free_zone_device_folio_v7_1 = zoneDevice.operation('free_zone_device_folio', spec, words => [
  ...upToCallback(words),
  words.step('percpu_ref_put_many(&pgmap->ref, nr)', (s, t) => {
    percpu_ref_put_many(s, t.pgmap, t.nr)
  }),
])
