import { assertion, invariant } from 'foliocheck'
import { eachEntry } from '../../models/machine/page-table/ledger.js'
import { FRAMES, isDeviceFrame, VMAS } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'
import { reachesDevice } from '../../models/machine/page-table/tlb.js'

/** Device-private memory. */

/** I-DP3. */
export const faultOwnsPage = assertion(
  'fault-owns-its-page',
  'whoever calls ->migrate_to_ram() owns a reference to the folio of vmf->page and has it locked',
)

function deviceEntries(s: State, p: number): number {
  let count = 0
  eachEntry(s, e => {
    if (e.kind === 'device' && e.pfn === p) count++
  })
  return count
}

/** I-DP1. */
export const deviceEntryAlive = invariant(pageTable, 'device-entry-names-live-folio', {
  claim: 'the folio of a device-private entry is referenced and has its anon_vma',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.vmas.some(vma => vma.pmd.kind === 'device' || vma.ptes.some(pte => pte.kind === 'device')),
  clauses: {
    'device-private entry => ref > 0': (s, p) =>
      deviceEntries(s, p) === 0 || (s.pages[p].head >= 0 && s.pages[s.pages[p].head].ref > 0),
    'device-private entry => anonymous': (s, p) =>
      deviceEntries(s, p) === 0 || (s.pages[p].head >= 0 && s.pages[s.pages[p].head].anon),
  },
})

/** I-DP2. */
export const noDeviceTranslation = invariant(pageTable, 'no-translation-to-device-memory', {
  claim: 'no TLB holds a translation to a device-private page',
  premise: s => s.vmas.some(vma => vma.pmd.kind === 'device' || vma.ptes.some(pte => pte.kind === 'device')),
  clauses: { 'no TLB entry': s => !reachesDevice(s) },
})

/** I-S5 and I-S6. */
export const kindFitsMemory = invariant(pageTable, 'entry-kind-fits-memory', {
  claim: 'device-private entries name device-private pages, present and device-exclusive ones name system memory',
  over: { prefix: 'va', count: VMAS },
  premise: s => s.vmas.some(vma => vma.pmd.kind !== 'none'),
  clauses: {
    'kind of entry = type of page': (s, va) => {
      let fits = true
      eachEntry(s, (e, at) => {
        if (at === va && e.kind !== 'migration' && (e.kind === 'device') !== isDeviceFrame(e.pfn)) fits = false
      })
      return fits
    },
  },
})
