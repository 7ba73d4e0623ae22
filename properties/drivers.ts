import { assertion, invariant } from 'foliocheck'
import { BOS, PAGES, type State, zoneDevice } from '../models/machine/state.js'

/** What drivers owe to themselves. */

/** I-DRV-1. */
export const krefPositive = assertion(
  'no-zdd-kref-underflow',
  'a zdd is put only by someone who owns a reference to it',
)

/** A buffer object is used while somebody holds it. */
export const boAlive = assertion(
  'bo-is-alive',
  'nobody uses a buffer object or its zdd after the last reference is gone',
)

/** I-DRV-3. */
export const blockUnused = assertion(
  'bo-freed-only-when-unused',
  'device memory goes back to the buddy allocator only when no page of it is in use',
)

/** I-DRV-1 and 3: pages in use whose zone_device_data is this zdd. */
export const zddOutlivesFolios = invariant(zoneDevice, 'zdd-outlives-folios', {
  claim: 'as long as a folio in use points to a zdd, the zdd is referenced and not detached',
  over: { prefix: 'bo', count: BOS },
  premise: s => s.bos.some((_, bo) => foliosOf(s, bo) > 0),
  clauses: {
    'kref(zdd) >= folios': (s, bo) => s.bos[bo].kref >= foliosOf(s, bo),
    'not detached': (s, bo) => foliosOf(s, bo) === 0 || !s.bos[bo].detached,
  },
})

/** What setZdd of another BO would break. */
export const zddOfItsBlock = invariant(zoneDevice, 'zdd-is-of-its-block', {
  claim: 'the zdd of a folio in use is that of the buffer object whose memory the folio is',
  over: { prefix: 'p', count: PAGES },
  premise: s => s.bos.some((_, bo) => foliosOf(s, bo) > 0),
  clauses: {
    'zone_device_data(folio) is the zdd of its block': (s, p) => {
      const { folio, w2, fresh } = s.pages[p]
      if (folio !== p || !fresh || w2.tag !== 'zdd') return true
      const { block, pages } = s.bos[w2.value]
      return p >= block && p < block + pages
    },
  },
})

/** What nouveau's count of allocations is for. */
export const allocationsCounted = invariant(zoneDevice, 'allocations-are-counted', {
  claim: 'when nothing runs, nouveau’s count of allocations is the number of its folios in use',
  when: 'quiescent',
  premise: s => s.lists.of === 'nouveau',
  clauses: {
    'callocated = folios in use': s => {
      let folios = 0
      for (let p = 0; p < s.pages.length; p++) if (s.pages[p].folio === p) folios++
      return s.lists.of !== 'nouveau' || s.lists.callocated === folios
    },
  },
})

/** I-DRV-2 for nouveau: what a page stands for is there. */
export const pinnedWhileUsed = invariant(zoneDevice, 'memory-pinned-while-used', {
  claim: 'the memory below nouveau’s chunk stays pinned as long as a page of it is in use',
  premise: s => s.lists.of === 'nouveau',
  clauses: {
    'in use => pinned': s => s.lists.of !== 'nouveau' || s.lists.pinned || s.pages.every(page => page.folio < 0),
    'unmapped => not pinned': s => s.lists.of !== 'nouveau' || !s.lists.pinned || !s.pgmap.exited,
  },
})

/** What is left of buffer objects when all is over. */
export const boAtRest = invariant(zoneDevice, 'bo-at-rest', {
  claim: 'when nothing runs, a buffer object is held by its zdd alone, and its zdd by the folios in it alone',
  when: 'quiescent',
  over: { prefix: 'bo', count: BOS },
  premise: s => s.bos.some(bo => bo.pages > 0),
  clauses: {
    'refs = 1, or queued': (s, bo) => s.bos[bo].pages === 0 || s.bos[bo].queued || s.bos[bo].refs === 1,
    'kref = folios': (s, bo) => s.bos[bo].kref === foliosOf(s, bo),
    'not reserved': (s, bo) => !s.bos[bo].reserved,
  },
})

function foliosOf(s: State, bo: number): number {
  let count = 0
  for (let p = 0; p < s.pages.length; p++) {
    const { folio, w2, fresh, frozen } = s.pages[p]
    if (folio === p && fresh && !frozen && w2.tag === 'zdd' && w2.value === bo) count++
  }
  return count
}
