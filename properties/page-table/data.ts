import { assertion, invariant } from 'foliocheck'
import { anyTableLock, eachEntry } from '../../models/machine/page-table/ledger.js'
import { FRAMES, isDeviceFrame, N, VMAS, ZAPPED } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Memory: what is written is what is read. */

/** I-W7. */
export const readSeesLastWrite = assertion(
  'read-sees-last-write',
  'a load returns what was stored last through that address, and a child what its parent had at the fork',
)

/** The frame that an address is mapped to, by a present or a device-private entry; -1 when it is by none. */
function frameOf(s: State, va: number, index: number): number {
  const { pmd, ptes } = s.vmas[va]
  const entry = pmd.kind === 'table' ? ptes[index] : pmd
  if (entry.kind === 'none' || entry.kind === 'migration') return -1
  return pmd.kind === 'table' ? entry.pfn : entry.pfn + index
}

function holdsLastWrite(s: State, va: number, index: number): boolean {
  const vma = s.vmas[va]
  const { data: want } = vma.want[index]
  if (!vma.present || want < 0 || want === ZAPPED) return true
  const frame = frameOf(s, va, index)
  if (frame >= 0) return s.pages[frame].data === want
  // Nothing mapped reads as zeroes; a migration entry left behind is another property's matter.
  return (
    vma.pmd.kind === 'migration' || (vma.pmd.kind === 'table' && vma.ptes[index].kind === 'migration') || want === 0
  )
}

/** I-W7 at rest: also where nobody reads any more. */
export const memoryKept = invariant(pageTable, 'memory-kept', {
  claim: 'when nothing runs, every address maps what was stored last through it, or nothing if that was zeroes',
  when: 'quiescent',
  over: { prefix: 'va', count: VMAS },
  premise: s => s.vmas.some(vma => vma.present),
  clauses: {
    'mapped page = last write': (s, va) => {
      for (let i = 0; i < N; i++) if (!holdsLastWrite(s, va, i)) return false
      return true
    },
  },
})

/** What setup gives every page: the content that a clean page was read with, and that its swap slot still has. */
const SAVED = 1

/** Whether page `p` is system memory that nothing says is dirty: no entry, and not its folio. */
function looksClean(s: State, p: number): boolean {
  const { head } = s.pages[p]
  if (head < 0 || isDeviceFrame(p) || !s.pages[head].anon || s.pages[head].dirty) return false
  let dirty = false
  eachEntry(s, (e, _va, index) => {
    if (e.dirty && (index < 0 ? p >= e.pfn && p < e.pfn + N : p === e.pfn)) dirty = true
  })
  return !dirty
}

/** I-B3, with what it is for. Reclaim looks at a folio with its lock held, and at entries under the table's. */
export const cleanIsSaved = invariant(pageTable, 'clean-folio-is-saved', {
  claim:
    'a folio of system memory that reclaim would find clean, and drop, holds what was read into it, unless MADV_FREE gave it up',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some((page, p) => page.head === p && !isDeviceFrame(p) && page.anon && !page.dirty),
  clauses: {
    'clean => saved content': (s, p) =>
      s.pages[p].data === SAVED ||
      anyTableLock(s) ||
      s.pages[p].head < 0 ||
      s.pages[s.pages[p].head].locked ||
      s.pages[s.pages[p].head].lazyFree ||
      !looksClean(s, p),
  },
})
