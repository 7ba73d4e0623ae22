import { type Action, does, NONE } from 'foliocheck'
import type { State } from '../../machine/page-table/state.js'
import { pin_user_pages_fast } from '../../mm/gup/pin-user-pages.js'
import { deferred_split_scan, migrate_vma_to_small } from '../../mm/huge_memory_split/users.js'
import { madvise_walk } from '../../mm/madvise_walk/walkers.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { dup_mmap } from '../../mm/memory_fork/fork.js'
import { madvise_dontneed, munmap } from '../../mm/memory_zap/dontneed.js'
import { migrate_device_pfns, migrate_folio } from '../../mm/migrate_folio/migrate.js'
import { migrate_vma_to_device } from '../../mm/migrate_folio/vma.js'
import { change_prot, mprotect } from '../../mm/mprotect/mprotect.js'
import { mremap } from '../../mm/mremap/mremap.js'
import { make_device_exclusive } from '../../mm/rmap/exclusive.js'
import type { Initial } from './matrix-initial.js'
import { DEVICE, SYSTEM } from './parts.js'

/** Where one of the two operations of a scenario runs. */
interface Slot {
  readonly initial: Initial
  readonly va: number
  readonly cpu: number
}

/** An operation of the matrix. */
export interface MatrixOperation {
  readonly name: string
  readonly action: (slot: Slot) => Action
  /** Why it has nothing to do in this initial state; empty when it has. */
  readonly unfit: (initial: Initial) => string
  /** It has something to do all the same when one of these runs beside it. */
  readonly after?: readonly string[]
  /** Only the first address space can do it, or it belongs to none. */
  readonly firstOnly?: boolean
  /** Holds mmap_lock for writing from its begin to its end. */
  readonly alone?: boolean
  /** A load or store of a CPU: the longest calls that there are. */
  readonly access?: boolean
  /** Takes locks and looks, and changes nothing. */
  readonly looks?: boolean
  readonly prepare?: (s: State) => void
  /** Properties that it puts to the test wherever it fits. */
  readonly exercises?: readonly string[]
}

const always = () => ''

function pmdOnly({ by }: Initial): string {
  return by === 'pmd' || by === 'both' ? '' : 'modelled for PMDs alone, and no PMD maps the folio'
}

function wholeFolio({ by }: Initial): string {
  return by === 'part' || by === 'small' ? 'one page is all that is mapped: the same as the whole' : ''
}

function systemOnly({ memory }: Initial): string {
  return memory === 'system' ? '' : 'never comes to device memory: not on the LRU, not in the split queue'
}

function armed(s: State): void {
  for (const vma of s.vmas) vma.uffd = vma.present
}

const migrates = ['migration-entry-means-locked']
const walk = (name: 'free' | 'cold' | 'mbind') => (slot: Slot) => does(madvise_walk, { va: slot.va, walk: name })

/** In the order in which names of pairs have them. */
export const operations: readonly MatrixOperation[] = [
  {
    name: 'read',
    action: ({ cpu, va }) => does(user_access, { cpu, va, index: 0, write: false, value: 0 }),
    unfit: always,
    access: true,
  },
  {
    name: 'write',
    action: ({ cpu, va }) => does(user_access, { cpu, va, index: 0, write: true, value: cpu + 2 }),
    unfit: always,
    access: true,
  },
  {
    name: 'dontneed',
    action: ({ va }) => does(madvise_dontneed, { va, only: NONE }),
    unfit: always,
    exercises: ['nothing-cached-after-return'],
  },
  { name: 'dontneed-part', action: ({ va }) => does(madvise_dontneed, { va, only: 1 }), unfit: wholeFolio },
  {
    name: 'munmap',
    action: ({ va }) => does(munmap, { va }),
    unfit: always,
    exercises: ['nothing-cached-after-return'],
  },
  {
    name: 'mprotect',
    action: ({ va }) => does(mprotect, { va, write: false }),
    unfit: always,
    alone: true,
    exercises: ['writable-only-where-vma-allows'],
  },
  { name: 'numa', action: ({ va }) => does(change_prot, { va, change: 'numa' }), unfit: always },
  {
    name: 'uffd-wp',
    action: ({ va }) => does(change_prot, { va, change: 'uffd-wp' }),
    unfit: always,
    prepare: armed,
    exercises: ['uffd-protected-means-read-only'],
  },
  {
    name: 'fork',
    action: () => does(dup_mmap, { dst: 1, src: 0 }),
    unfit: ({ shared, poolTaken }) => (shared || poolTaken ? 'the second address space is taken' : ''),
    firstOnly: true,
    alone: true,
  },
  {
    name: 'mremap',
    action: () => does(mremap, { from: 0, to: 2 }),
    unfit: always,
    firstOnly: true,
    alone: true,
    exercises: ['soft-dirty-is-kept'],
  },
  {
    name: 'migrate',
    action: () => does(migrate_folio, { folio: SYSTEM }),
    unfit: systemOnly,
    after: ['evict'],
    firstOnly: true,
    exercises: migrates,
  },
  {
    name: 'to-device',
    action: ({ va }) => does(migrate_vma_to_device, { va }),
    unfit: initial => (initial.memory === 'device' ? 'the folio is there' : pmdOnly(initial)),
    after: ['evict'],
    firstOnly: true,
    exercises: migrates,
  },
  {
    name: 'evict',
    action: () => does(migrate_device_pfns, { page: DEVICE }),
    unfit: ({ memory }) => (memory === 'device' ? '' : 'there is nothing to evict'),
    after: ['to-device'],
    firstOnly: true,
    exercises: migrates,
  },
  {
    name: 'to-small',
    action: ({ va, initial }) => does(migrate_vma_to_small, { va, device: initial.memory === 'device' }),
    unfit: pmdOnly,
    firstOnly: true,
    exercises: migrates,
  },
  {
    name: 'split',
    action: () => does(deferred_split_scan, { folio: SYSTEM }),
    unfit: systemOnly,
    after: ['evict'],
    firstOnly: true,
    exercises: migrates,
  },
  { name: 'free', action: walk('free'), unfit: pmdOnly, firstOnly: true },
  { name: 'cold', action: walk('cold'), unfit: pmdOnly, firstOnly: true, looks: true },
  { name: 'mbind', action: walk('mbind'), unfit: pmdOnly, firstOnly: true, looks: true },
  {
    name: 'exclusive',
    action: ({ va }) => does(make_device_exclusive, { va, index: 0 }),
    unfit: ({ memory, by }) =>
      memory === 'system' && (by === 'ptes' || by === 'part') ? '' : 'wants a writable PTE of system memory',
  },
  {
    name: 'pin',
    action: ({ va, cpu }) => does(pin_user_pages_fast, { va, index: 0, write: true, value: cpu + 2 }),
    unfit: ({ memory, readOnly }) =>
      memory === 'system' && !readOnly ? '' : 'GUP-fast refuses it, and what follows is a fault as of `write`',
    exercises: ['pinned-page-stays-exclusive'],
  },
]
