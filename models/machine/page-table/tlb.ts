import { current, NONE } from 'foliocheck'
import type { EntryState } from './entry.js'
import { isDeviceFrame, mmOf, N } from './sizes.js'
import type { State } from './state.js'

/**
 * TLBs and the hardware page walk. A translation is cached when an access walks, and stays until a flush; dropping one
 * spontaneously shows nothing that a run without it does not show. A writable translation is one whose dirty bit is set
 * in the entry: a write through any other walks again, as the hardware does.
 */

type Translation = State['tlbs'][number]['huge'][number]

function forget(translation: Translation): void {
  translation.pfn = NONE
  translation.write = false
  translation.watched = 0
}

/** Flushes the translations of a VMA on every CPU: flush_tlb_range, flush_pmd_tlb_range. */
export function flush_tlb_range(s: State, va: number): void {
  for (const tlb of s.tlbs) {
    forget(tlb.huge[va])
    for (let i = 0; i < N; i++) forget(tlb.small[va * N + i])
  }
}

/** Flushes one page. */
export function flush_tlb_page(s: State, va: number, index: number): void {
  for (const tlb of s.tlbs) forget(tlb.small[va * N + index])
}

/** flush_tlb_mm. */
export function flush_tlb_mm(s: State, mm: number): void {
  for (let va = 0; va < s.vmas.length; va++) if (mmOf(va) === mm) flush_tlb_range(s, va)
}

/** flush_tlb_batched_pending: under a page-table lock, flushes what an unmapper has left for later. */
export function flush_tlb_batched_pending(s: State, va: number): void {
  const mm = s.mms[mmOf(va)]
  if (!mm.batched) return
  flush_tlb_mm(s, mmOf(va))
  mm.batched = false
}

/** Whether hardware may use the entry for an access. */
function allows(e: EntryState, write: boolean): boolean {
  return e.kind === 'present' && !e.protnone && (!write || e.rw)
}

/**
 * The frame that an access of CPU `cpu` to page `index` of the VMA reaches, by its TLB or by a walk that fills it; NONE
 * when it faults. A write sets the dirty bit of the entry that it walked to.
 */
export function translate(s: State, cpu: number, va: number, index: number, write: boolean): number {
  const huge = s.tlbs[cpu].huge[va]
  if (huge.pfn !== NONE && (!write || huge.write)) return huge.pfn + index
  const small = s.tlbs[cpu].small[va * N + index]
  if (small.pfn !== NONE && (!write || small.write)) return small.pfn
  const { pmd, ptes } = s.vmas[va]
  const table = pmd.kind === 'table'
  const entry = table ? ptes[index] : pmd
  if (!allows(entry, write)) return NONE
  if (write) entry.dirty = true
  const cached = table ? small : huge
  cached.pfn = entry.pfn
  cached.write = write
  cached.watched = 0
  return table ? entry.pfn : entry.pfn + index
}

/** Whether some CPU has a translation of the VMA that the tables do not give, or with more rights than they give. */
export function staleTranslation(s: State, va: number): boolean {
  for (const tlb of s.tlbs) {
    if (isStale(tlb.huge[va], s.vmas[va].pmd)) return true
    for (let i = 0; i < N; i++) {
      const { pmd, ptes } = s.vmas[va]
      const small = tlb.small[va * N + i]
      if (small.pfn !== NONE && (pmd.kind !== 'table' || isStale(small, ptes[i]))) return true
    }
  }
  return false
}

/** Whether a walk of the tables would not give the translation, or not with its rights. */
export function isStale(translation: Translation, e: EntryState): boolean {
  if (translation.pfn === NONE) return false
  return e.kind !== 'present' || e.pfn !== translation.pfn || e.protnone || (translation.write && !e.rw)
}

/** Ghost: the running thread will see to it that what is cached of the VMA now gives no more than the tables then. */
export function watchTranslations(s: State, va: number): void {
  for (const tlb of s.tlbs) {
    watch(tlb.huge[va])
    for (let i = 0; i < N; i++) watch(tlb.small[va * N + i])
  }
}

function watch(translation: Translation): void {
  if (translation.pfn !== NONE) translation.watched |= 1 << current()
}

/** Ghost: whether the running thread has kept that promise; ends it. */
export function translationsGone(s: State, va: number): boolean {
  const { pmd, ptes } = s.vmas[va]
  let gone = true
  for (const tlb of s.tlbs) {
    if (stillWatched(tlb.huge[va]) && isStale(tlb.huge[va], pmd)) gone = false
    for (let i = 0; i < N; i++) {
      const small = tlb.small[va * N + i]
      if (stillWatched(small) && (pmd.kind !== 'table' || isStale(small, ptes[i]))) gone = false
    }
  }
  return gone
}

function stillWatched(translation: Translation): boolean {
  const bit = 1 << current()
  const was = (translation.watched & bit) !== 0
  translation.watched &= ~bit
  return was
}

/** Whether some CPU has a translation to a page of device memory. */
export function reachesDevice(s: State): boolean {
  for (const tlb of s.tlbs) {
    for (const { pfn } of tlb.huge) if (pfn !== NONE && isDeviceFrame(pfn)) return true
    for (const { pfn } of tlb.small) if (pfn !== NONE && isDeviceFrame(pfn)) return true
  }
  return false
}
