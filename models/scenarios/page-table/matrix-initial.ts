import { mk_migration } from '../../machine/page-table/entry.js'
import {
  largeFolio,
  mapHuge,
  mapHugeOnce,
  mapHugeTwice,
  mapSmall,
  smallFolio,
  vma,
} from '../../machine/page-table/setup.js'
import { N } from '../../machine/page-table/sizes.js'
import type { State } from '../../machine/page-table/state.js'
import { DEVICE, ptesOfLarge, SYSTEM } from './parts.js'

/** What the operations of the matrix start from. */
export interface Initial {
  readonly name: string
  readonly about: string
  readonly memory: 'device' | 'system'
  /** What maps the folio: a PMD, PTEs of all its pages, PTEs of some; `both` is one address space by each. */
  readonly by: 'pmd' | 'ptes' | 'part' | 'small' | 'both'
  /** Two address spaces map it. */
  readonly shared: boolean
  /** Both operations run in the first of them. */
  readonly together: boolean
  /** Thread 0 has the folio locked, in the middle of its migration. */
  readonly inFlight: boolean
  /** No device memory is free. */
  readonly poolTaken: boolean
  /** Its entry does not let the CPU write. */
  readonly readOnly: boolean
  readonly set: (s: State) => void
}

const plain = { shared: false, together: false, inFlight: false, poolTaken: false, readOnly: false }
const writable = { write: true, dirty: true }
const marked = { write: false, exclusive: true, softDirty: true, uffd: true }

/** A large folio that PTEs of the first `pages` of its pages map, in one address space. */
function mapPages(s: State, folio: number, pages: number): void {
  vma(s, 0)
  largeFolio(s, folio)
  for (let i = 0; i < pages; i++) mapSmall(s, 0, folio + i, { write: true })
}

/** Shared: va0 maps the folio by its PMD, va1 by PTEs. */
function mapBoth(s: State, folio: number): void {
  vma(s, 0)
  vma(s, 1)
  largeFolio(s, folio)
  mapHuge(s, 0, folio)
  for (let i = 0; i < N; i++) mapSmall(s, 1, folio + i)
}

/** A migration entry where the PMD was, and thread 0 with the lock and the one reference that is left. */
function halfMigrated(s: State, folio: number): void {
  vma(s, 0)
  largeFolio(s, folio)
  const area = s.vmas[0]
  mk_migration(area.pmd, folio, 'write')
  area.deposited = 1
  s.mms[0].rss = N
  for (let i = 0; i < N; i++) area.want[i].data = s.pages[folio + i].data
  const page = s.pages[folio]
  page.ref = 1
  page.locked = true
  page.locker = 0
  s.accounts[0].of[folio].refs = 1
}

const catalogue: readonly Initial[] = [
  {
    ...plain,
    name: 'device-pmd',
    about: 'a PMD maps a large device-private folio',
    memory: 'device',
    by: 'pmd',
    set: s => mapHugeOnce(s, DEVICE),
  },
  {
    ...plain,
    name: 'device-pmd-marked',
    about: 'a PMD maps a large device-private folio, soft-dirty and write-protected through userfaultfd',
    memory: 'device',
    by: 'pmd',
    readOnly: true,
    set: s => mapHugeOnce(s, DEVICE, marked),
  },
  {
    ...plain,
    name: 'device-ptes',
    about: 'PTEs map a large device-private folio',
    memory: 'device',
    by: 'ptes',
    set: s => mapPages(s, DEVICE, N),
  },
  {
    ...plain,
    name: 'device-part',
    about: 'a PTE maps one page of a large device-private folio, the others are mapped no more',
    memory: 'device',
    by: 'part',
    set: s => mapPages(s, DEVICE, 1),
  },
  {
    ...plain,
    name: 'device-small',
    about: 'a PTE maps a small device-private folio',
    memory: 'device',
    by: 'small',
    set: s => {
      vma(s, 0)
      smallFolio(s, DEVICE, 0)
      mapSmall(s, 0, DEVICE, { write: true })
    },
  },
  {
    ...plain,
    name: 'device-pmd-shared',
    about: 'after a fork the PMDs of two address spaces map a large device-private folio',
    memory: 'device',
    by: 'pmd',
    shared: true,
    readOnly: true,
    set: s => mapHugeTwice(s, DEVICE),
  },
  {
    ...plain,
    name: 'device-mixed',
    about: 'after a fork one address space maps a large device-private folio by its PMD, the other by PTEs',
    memory: 'device',
    by: 'both',
    shared: true,
    readOnly: true,
    set: s => mapBoth(s, DEVICE),
  },
  {
    ...plain,
    name: 'device-pmd-in-flight',
    about: 'a large device-private folio is being evicted, a migration entry is in the PMD',
    memory: 'device',
    by: 'pmd',
    inFlight: true,
    set: s => halfMigrated(s, DEVICE),
  },
  {
    ...plain,
    name: 'system-pmd',
    about: 'a PMD maps a large folio of system memory',
    memory: 'system',
    by: 'pmd',
    set: s => mapHugeOnce(s, SYSTEM, writable),
  },
  {
    ...plain,
    name: 'system-pmd-marked',
    about: 'a PMD maps a large folio of system memory, soft-dirty and write-protected through userfaultfd',
    memory: 'system',
    by: 'pmd',
    readOnly: true,
    set: s => mapHugeOnce(s, SYSTEM, { ...marked, dirty: true }),
  },
  {
    ...plain,
    name: 'system-ptes',
    about: 'PTEs map a large folio of system memory',
    memory: 'system',
    by: 'ptes',
    set: ptesOfLarge,
  },
  {
    ...plain,
    name: 'system-part',
    about: 'a PTE maps one page of a large folio of system memory, the others are mapped no more',
    memory: 'system',
    by: 'part',
    set: s => {
      vma(s, 0)
      largeFolio(s, SYSTEM)
      mapSmall(s, 0, SYSTEM, writable)
    },
  },
  {
    ...plain,
    name: 'system-pmd-shared',
    about: 'after a fork the PMDs of two address spaces map a large folio of system memory',
    memory: 'system',
    by: 'pmd',
    shared: true,
    readOnly: true,
    set: s => mapHugeTwice(s, SYSTEM, { dirty: true }),
  },
  {
    ...plain,
    name: 'system-mixed',
    about: 'after a fork one address space maps a large folio of system memory by its PMD, the other by PTEs',
    memory: 'system',
    by: 'both',
    shared: true,
    readOnly: true,
    set: s => mapBoth(s, SYSTEM),
  },
  {
    ...plain,
    name: 'system-pmd-in-flight',
    about: 'a large folio of system memory is being migrated, a migration entry is in the PMD',
    memory: 'system',
    by: 'pmd',
    inFlight: true,
    set: s => halfMigrated(s, SYSTEM),
  },
  {
    ...plain,
    name: 'system-pmd-pool-taken',
    about: 'a PMD maps a large folio of system memory, and a small folio is in the only block of device memory',
    memory: 'system',
    by: 'pmd',
    poolTaken: true,
    set: s => {
      mapHugeOnce(s, SYSTEM, writable)
      vma(s, 1)
      smallFolio(s, DEVICE + 1, 1)
      mapSmall(s, 1, DEVICE + 1, { write: true })
    },
  },
]

/** The catalogue, and what is shared once more with both operations in one of the address spaces. */
export const initials: readonly Initial[] = catalogue.flatMap(initial =>
  initial.shared ? [initial, { ...initial, name: `${initial.name}-together`, together: true }] : [initial],
)
