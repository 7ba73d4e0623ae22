import { type EntryState, mk_device_private, mk_present } from './entry.js'
import { blockOf, isDeviceFrame, mmOf, N } from './sizes.js'
import type { State } from './state.js'

/** Initial states: what is mapped where before any thread runs. */

export interface MappingOptions {
  /** The entry lets its owner write; needs an exclusive folio. */
  readonly write?: boolean
  /** PG_anon_exclusive. */
  readonly exclusive?: boolean
  readonly dirty?: boolean
  readonly softDirty?: boolean
  /** Write-protected through userfaultfd. */
  readonly uffd?: boolean
}

/** The VMA exists; private anonymous, writable unless told otherwise. */
export function vma(s: State, va: number, write = true): void {
  const area = s.vmas[va]
  area.present = true
  area.attached = true
  area.write = write
  for (let i = 0; i < N; i++) area.want[i].data = 0
}

/** A PMD-sized folio with head `folio`, referenced and mapped by nobody yet, whose pages hold `1`. */
export function largeFolio(s: State, folio: number): void {
  for (let p = folio; p < folio + N; p++) {
    s.pages[p].head = folio
    s.pages[p].data = 1
  }
  const page = s.pages[folio]
  page.large = true
  page.anon = true
  page.index = 0
  page.dirty = !isDeviceFrame(folio)
  s.nrAnon++
}

/** An order-0 folio, page `index` of the range. */
export function smallFolio(s: State, p: number, index: number): void {
  const page = s.pages[p]
  page.head = p
  page.data = 1
  page.large = false
  page.anon = true
  page.index = index
}

/** Maps the folio by the PMD of the VMA. */
export function mapHuge(s: State, va: number, folio: number, options: MappingOptions = {}): void {
  const area = s.vmas[va]
  entryFor(s, va, area.pmd, folio, options)
  area.deposited++
  const page = s.pages[folio]
  page.ref++
  page.emap++
  page.lmap++
  page.ae = options.exclusive ?? options.write ?? false
  s.mms[mmOf(va)].rss += N
  for (let i = 0; i < N; i++) area.want[i].data = s.pages[folio + i].data
}

/** Maps page `p` by the PTE that its folio's index says. */
export function mapSmall(s: State, va: number, p: number, options: MappingOptions = {}): void {
  const area = s.vmas[va]
  area.pmd.kind = 'table'
  const head = s.pages[p].head
  const index = s.pages[head].index + p - head
  entryFor(s, va, area.ptes[index], p, options)
  s.pages[head].ref++
  s.pages[head].lmap++
  s.pages[p].pmap++
  s.pages[p].ae = options.exclusive ?? options.write ?? false
  s.mms[mmOf(va)].rss += 1
  area.want[index].data = s.pages[p].data
}

function entryFor(s: State, va: number, at: EntryState, p: number, options: MappingOptions): void {
  const area = s.vmas[va]
  if (isDeviceFrame(p)) {
    mk_device_private(at, p, options.write ?? false)
    at.rw = options.softDirty ?? false
    at.user = options.uffd ?? false
  } else {
    mk_present(at, p)
    at.rw = options.write ?? false
    at.dirty = options.dirty ?? false
    at.softDirty = options.softDirty ?? false
    at.uffd = options.uffd ?? false
  }
  area.softDirty ||= options.softDirty ?? false
  if (options.uffd) {
    area.uffd = true
    area.protect = true
  }
}

/** The folio of the block is mapped by the PMDs of both address spaces, as after a fork. */
export function mapHugeTwice(s: State, folio: number, options: MappingOptions = {}): void {
  vma(s, 0)
  vma(s, 1)
  largeFolio(s, blockOf(folio))
  mapHuge(s, 0, folio, options)
  mapHuge(s, 1, folio, options)
}

/** One address space, one VMA, one PMD-sized folio. */
export function mapHugeOnce(s: State, folio: number, options: MappingOptions = { write: true }): void {
  vma(s, 0)
  largeFolio(s, blockOf(folio))
  mapHuge(s, 0, folio, options)
}
