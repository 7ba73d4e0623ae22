import { DEVICE, isDeviceFrame, OLD_DATA, PAGES, STRAY } from './sizes.js'
import type { State } from './state.js'

/** Initial states. */

export interface MappingOptions {
  readonly write?: boolean
  /** Not on the LRU: a per-CPU batch has it. */
  readonly batched?: boolean
  readonly huge?: boolean
}

/** Maps page `p` at `va`; its first mapping puts it to use. */
export function map(s: State, va: number, p: number, options: MappingOptions = {}): void {
  const page = s.pages[p]
  page.used = true
  page.ref++
  page.data = 1
  page.lru = !isDeviceFrame(p) && options.batched !== true
  const pte = s.ptes[va]
  pte.kind = isDeviceFrame(p) ? 'device' : 'present'
  pte.pfn = p
  pte.write = options.write ?? true
  pte.huge = options.huge ?? false
  pte.want = 1
  if (page.ref === 1 && isDeviceFrame(p)) s.pgmap.cnt++
}

/** Free device memory holds what its last user has left. */
export function device(s: State): void {
  for (let p = 0; p < s.pages.length; p++) if (isDeviceFrame(p)) s.pages[p].data = OLD_DATA
}

/** nouveau's device: one chunk. */
export function nouveau(s: State): void {
  device(s)
  s.chunk = true
}

/** A device with drm_pagemap; its driver holds the drm_device, and the drm_pagemap. Its next block starts at `block`. */
export function xe(s: State, block = DEVICE): void {
  device(s)
  s.bo.block = block
  s.provider.drm = 1
  s.provider.there = true
  s.provider.loaded = true
  s.dpagemap.there = true
  s.dpagemap.ref = 1
  const page = s.pages[STRAY]
  page.used = true
  page.ref = 1
  page.elsewhere = 1
}

/** The pages at `from`.. are those of a BO with a zdd, as a migration has left them. */
export function devmem(s: State, from: number): void {
  s.bo.refs = 1
  s.bo.npages = PAGES
  for (let va = from; va < PAGES; va++) {
    if (s.ptes[va].kind !== 'device') continue
    s.pages[s.ptes[va].pfn].zdd = true
    s.zdd.kref++
  }
}
