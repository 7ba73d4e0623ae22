import {
  alike,
  array,
  bool,
  type Fields,
  ghost,
  int,
  machine,
  oneOf,
  record,
  THREAD,
  type Type,
  type ValueOf,
} from 'foliocheck'
import { Count, CPUS, Cpu, Data, FRAMES, PAGES, Pfn, Seq, Src } from './sizes.js'

/**
 * The driver's side: one range of one process, its entries in the CPU's and in the device's page table, the interval
 * notifier between the two, the folios of both memories, and the objects that a driver hangs on them.
 *
 * Abstracted: a folio is a frame, whatever its size, since no driver here looks into one; the exact words and entries
 * are the other two machines' matter. Everybody here takes mmap_lock for reading or not at all: it excludes nobody, and
 * is left out.
 */
const Page = record({
  used: bool(),
  ref: int(0, 7),
  locked: bool(),
  lru: bool(),
  data: Data,
  /** zone_device_data is the zdd. */
  zdd: bool(),
  locker: ghost(Cpu),
  /** References of somebody outside of the model. */
  elsewhere: ghost(int(0, 1)),
})

export const Kind = oneOf('none', 'present', 'device', 'migration')

const Pte = record({
  kind: Kind,
  pfn: Pfn,
  write: bool(),
  /** It is a PMD, and its folio large. */
  huge: bool(),
  /** What a read must return. */
  want: ghost(Data),
})

/** An entry of the device's page table. */
const GpuPte = record({ valid: bool(), pfn: Pfn, write: bool() })

/** One slot of migrate.dst[]: zero, what populate_devmem_pfn stored, or what migrate_pfn() made of it. */
const Dst = record({ kind: oneOf('zero', 'pfn', 'mpfn'), pfn: Pfn })

export const schema = record({
  pages: array(FRAMES, Page, 'p'),
  ptes: array(PAGES, Pte, 'va'),
  gpu: array(PAGES, GpuPte, 'gpu'),
  /** mmu_notifier_subscriptions: invalidate_seq, active_invalidate_ranges; and the seq of the driver's interval. */
  notifier: record({ seq: int(2, 31), active: int(0, 4), interval: Seq }),
  /** hmm_range.hmm_pfns of the one reader. */
  hmm: array(PAGES, record({ pfn: Pfn, write: bool() }), 'hmm'),
  /** drm_gpusvm: the range's pages are valid (has_dma_mapping). */
  pagesValid: bool(),

  /** The lock around the device's page table: drm_gpusvm's notifier_lock, kfd's prange->lock, nouveau's svmm.mutex. */
  notifierLock: Cpu,
  /** amdkfd: svms.lock, prange->migrate_mutex, svms.faulting_task. */
  svmsLock: Cpu,
  migrateMutex: Cpu,
  faultingTask: Cpu,

  /** dev_pagemap: references, killed, and gone with its struct pages. */
  pgmap: record({ cnt: int(0, 7), dead: bool(), gone: bool() }),
  /** nouveau_dmem_chunk is allocated. */
  chunk: bool(),

  /** xe_bo: references; where its block starts; the block's pages; an async clear is queued; devmem.pre_migrate_fence. */
  bo: record({ refs: int(0, 4), block: Pfn, npages: Count, clearing: bool(), fence: bool() }),
  /** drm_pagemap_zdd, and whether it refers to the drm_pagemap. */
  zdd: record({ kref: int(0, 7), dpagemap: bool() }),
  /** drm_pagemap: whether it is counted, its count, and whether it is there. */
  dpagemap: record({ counted: ghost(bool()), ref: int(0, 5), there: bool(), held: bool() }),
  /** The provider: drm_device's count; whether it is there; unplugged; drm_dev_enter sections; module count; its text. */
  provider: record({
    drm: int(0, 3),
    there: bool(),
    unplugged: bool(),
    entered: int(0, 2),
    module: int(0, 3),
    loaded: bool(),
    /** drm_pagemap_unhold_list. */
    unhold: int(0, 1),
  }),
  /** A device of another driver has the drm_pagemap as preferred location of its VMA. */
  foreign: bool(),

  src: array(PAGES, record({ pfn: Src }), 'src'),
  dst: array(PAGES, Dst, 'dst'),

  /** By thread: notifier ranges that it has open, and whether it is in a critical section of a page-table lock. */
  cpus: ghost(alike(THREAD, array(CPUS, record({ ranges: int(0, 2), table: bool() }), 'cpu'))),

  /** The thread that runs on CPU 0 and does not let anybody else; a work item of lru_add_drain_all waits for that CPU. */
  cpu0: Cpu,
})

export type State = ValueOf<typeof schema>

/** The machine that every operation of these models runs on. */
export const svm = machine('svm', schema)

/** The words to write an operation with these parameters, locals and result, for parts that several versions share. */
export type Words<P extends Fields, L extends Fields = Record<never, never>, R extends Type = never> = Parameters<
  Parameters<typeof svm.operation<P, L, R>>[2]
>[0]
