import { assertion, invariant } from 'foliocheck'
import { isDeviceFrame, mmOf, N, TLBS, VMAS } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'
import { staleTranslation } from '../../models/machine/page-table/tlb.js'

/** What CPUs have cached. */

/** I-T3. */
export const nothingCached = assertion(
  'nothing-cached-after-return',
  'when munmap, MADV_DONTNEED or mprotect returns, no TLB gives more than the page tables do',
)

function translations(s: State, cpu: number): readonly { pfn: number; write: boolean }[] {
  return [...s.tlbs[cpu].huge, ...s.tlbs[cpu].small]
}

/** I-T1. */
export const cachedPagesInUse = invariant(pageTable, 'cached-pages-are-in-use', {
  claim: 'a page that some TLB has a translation to is not free',
  over: { prefix: 'tlb', count: TLBS },
  premise: s => s.tlbs.some((_, cpu) => translations(s, cpu).some(({ pfn }) => pfn >= 0)),
  clauses: {
    'page of a translation is in use': (s, cpu) =>
      translations(s, cpu).every(({ pfn }) => pfn < 0 || s.pages[pfn].head >= 0),
    'it is system memory': (s, cpu) => translations(s, cpu).every(({ pfn }) => pfn < 0 || !isDeviceFrame(pfn)),
  },
})

/** Somebody is about to flush: inside a table's lock, with a gather open, with a batch pending, or at the end of fork. */
function flushPending(s: State, va: number): boolean {
  const { pmdLock, pteLock } = s.vmas[va]
  const { gathers, batched, mmapWriter } = s.mms[mmOf(va)]
  return pmdLock >= 0 || pteLock >= 0 || gathers > 0 || batched || mmapWriter >= 0
}

/** I-T2. */
export const staleOnlyPending = invariant(pageTable, 'stale-translation-has-flush-pending', {
  claim: 'a translation that the page tables do not give any more exists only while a flush for it is pending',
  over: { prefix: 'va', count: VMAS },
  premise: s => s.tlbs.some((_, cpu) => translations(s, cpu).some(({ pfn }) => pfn >= 0)),
  clauses: { 'stale => flush pending': (s, va) => flushPending(s, va) || !staleTranslation(s, va) },
})

/** I-T4. */
export const oneSize = invariant(pageTable, 'one-translation-size', {
  claim: 'no TLB has a huge and a small translation of one address',
  over: { prefix: 'tlb', count: TLBS },
  premise: s => s.tlbs.some((_, cpu) => translations(s, cpu).some(({ pfn }) => pfn >= 0)),
  clauses: {
    'huge or small': (s, cpu) => {
      for (let va = 0; va < VMAS; va++) {
        if (s.tlbs[cpu].huge[va].pfn < 0) continue
        for (let i = 0; i < N; i++) if (s.tlbs[cpu].small[va * N + i].pfn >= 0) return false
      }
      return true
    },
  },
})
