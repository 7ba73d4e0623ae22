import {
  alike,
  alikeSet,
  array,
  bit,
  bool,
  type Fields,
  ghost,
  int,
  machine,
  record,
  THREAD,
  type Type,
  type ValueOf,
  type View,
} from 'foliocheck'
import { Entry } from './entry.js'
import { Cpu, Data, FRAMES, Index, MMS, N, Pfn, THREADS, TLB, TLBS, VMAS, Want, WRITE_PROTECT_SEQ } from './sizes.js'

/**
 * The page-table machine: what lies between a virtual address and a folio. A folio's fields are those of its head;
 * `pmap`, `ae`, `data` and `head` are a page's own. Ghost fields are for properties alone: no operation branches on
 * them.
 */
const Page = record(
  {
    /** Head of the page's folio; none while the page is free. */
    head: Pfn,
    ref: int(0, 15),
    /** Entire mapcount: PMD leaves. */
    emap: int(0, 4),
    /** Large mapcount: PMD leaves and PTEs. */
    lmap: int(0, 8),
    /** PTEs of this page. */
    pmap: int(0, 4),
    /** PageAnonExclusive; for a PMD leaf the head's counts. */
    ae: bool(),
    locked: bool(),
    flags: int(0, 127),
    /** folio->index, as an index into the one range that VMAs map. */
    index: Index,
    /** What the page holds. */
    data: Data,
    /** FOLL_PIN references. */
    pins: int(0, 2),
    /** The thread that set PG_locked. */
    locker: ghost(Cpu),
    /** Pins of the page that GUP has handed out. */
    pinned: ghost(int(0, 2)),
    /** Counted as mapped for the first time, and not entered into a table yet. */
    fresh: ghost(bool()),
    /** A pin, or a first mapping that no table shows, was in the way since the last split of the folio began. */
    obstructed: ghost(bool()),
  },
  {
    /** The count is 0 because a split has frozen it. */
    frozen: bit('flags', 0),
    dirty: bit('flags', 1),
    /** folio->mapping is the anon_vma. */
    anon: bit('flags', 2),
    /** The folio is PMD-sized; otherwise it is one page. */
    large: bit('flags', 3),
    /** A migration has moved folio->memcg_data to another folio. */
    uncharged: bit('flags', 4),
    /** In some CPU's batch for the LRU, which owns a reference. */
    lruBatch: bit('flags', 5),
    /** PG_swapbacked is clear: MADV_FREE has given the content up. */
    lazyFree: bit('flags', 6),
  },
)

/** The threads that hold a lock for reading, a bit for each. */
const ReadBy = ghost(alikeSet(THREAD, int(0, 2 ** THREADS - 1)))

const MmState = record({
  mmapWriter: Cpu,
  mmapReaders: int(0, 5),
  readBy: ReadBy,
  /** MM_ANONPAGES. */
  rss: int(0, 12),
  /** mmu_gathers that are under way. */
  gathers: int(0, 4),
  /** PTEs were cleared whose flush is batched for later. */
  batched: bool(),
  /** MMF_HAS_PINNED. */
  hasPinned: bool(),
  writeProtectSeq: WRITE_PROTECT_SEQ,
})

const Vma = record(
  {
    flags: int(0, 15),
    vmaWriter: Cpu,
    vmaReaders: int(0, 5),
    readBy: ReadBy,
    /** The PMD. */
    pmd: Entry,
    /** The page table below it, while the PMD is a table; otherwise the one that is being filled. */
    ptes: array(N, Entry, 'pte'),
    /** Who holds the lock of the PMD's table, and that of the page table below. */
    pmdLock: Cpu,
    pteLock: Cpu,
    /** Page tables deposited with the PMD. */
    deposited: int(0, 3),
    /** Notifier ranges open over the VMA. */
    notifier: int(0, 5),
    /** What a read of each page must return. */
    want: ghost(array(N, record({ data: Want }))),
    /** Zaps of the VMA under way: a read may return anything. */
    zaps: ghost(int(0, 4)),
    /** Some zap has been under way since a write-protection began. */
    zapped: ghost(bool()),
    /** The soft-dirty bit was set and never cleared. */
    softDirty: ghost(bool()),
    /** Userspace has write-protected the range through userfaultfd and not resolved it. */
    protect: ghost(bool()),
  },
  {
    present: bit('flags', 0),
    /** The VMA is in the interval tree of the anon_vma. */
    attached: bit('flags', 1),
    /** VM_WRITE. */
    write: bit('flags', 2),
    /** VM_UFFD_WP. */
    uffd: bit('flags', 3),
  },
)

/** A cached translation: the frame, whether it may be written, and which threads have promised that it will go. */
const Translation = record(
  { word: int(0, 2 * FRAMES + 1), watched: ghost(alikeSet(THREAD, int(0, 2 ** THREADS - 1))) },
  { pfn: translationPfn(), write: translationWrite() },
)

type Word = Record<string, number>

function translationPfn(): View<number> {
  return {
    get: r => ((r as Word).word >> 1) - 1,
    set: (r, pfn) => {
      const word = r as Word
      word.word = ((pfn + 1) << 1) | (word.word & 1)
    },
  }
}

function translationWrite(): View<boolean> {
  return {
    get: r => ((r as Word).word & 1) === 1,
    set: (r, write) => {
      const word = r as Word
      word.word = (word.word & ~1) | (write ? 1 : 0)
    },
  }
}

/** Two small numbers, both from -`BELOW` to `ABOVE`, in one word whose default is 0 for both. */
const BELOW = 6
const ABOVE = 8
const SPAN = BELOW + ABOVE + 1

function decode(stored: number): number {
  return stored > ABOVE ? stored - SPAN : stored
}

/** -1 for what does not fit, so that the word refuses it. */
function join(refs: number, maps: number): number {
  const fits = Math.min(refs, maps) >= -BELOW && Math.max(refs, maps) <= ABOVE
  return fits ? ((refs + SPAN) % SPAN) + SPAN * ((maps + SPAN) % SPAN) : -1
}

/** What a thread owes or is owed, by folio. */
const Account = record(
  { word: int(0, SPAN * SPAN - 1) },
  {
    /** References that it owns. */
    refs: {
      get: (r: never): number => decode((r as Word).word % SPAN),
      set: (r: never, refs: number) => {
        const word = r as Word
        word.word = join(refs, decode(Math.floor(word.word / SPAN)))
      },
    },
    /** Mappings that it has counted and not entered into a page table, or the other way round when negative. */
    maps: {
      get: (r: never): number => decode(Math.floor((r as Word).word / SPAN)),
      set: (r: never, maps: number) => {
        const word = r as Word
        word.word = join(decode(word.word % SPAN), maps)
      },
    },
  },
)

export const schema = record({
  pages: array(FRAMES, Page, 'p'),
  mms: array(MMS, MmState, 'mm'),
  vmas: array(VMAS, Vma, 'va'),
  /** Translations that CPUs have cached: of a PMD leaf, and of PTEs. */
  tlbs: alike(
    TLB,
    array(TLBS, record({ huge: array(VMAS, Translation, 'va'), small: array(VMAS * N, Translation, 'pte') }), 'tlb'),
  ),
  /** The root anon_vma's rwsem. */
  anonVma: record({ readers: int(0, 5), writer: Cpu, readBy: ReadBy }),
  /** MTHP_STAT_NR_ANON of the PMD order. */
  nrAnon: int(0, 8),
  accounts: ghost(alike(THREAD, array(THREADS, record({ of: array(FRAMES, Account, 'p') }), 'cpu'))),
  /** Device-exclusive entries have left the mapcounts, as they did until v6.14. */
  exclusiveUnmapped: ghost(bool()),
})

export type State = ValueOf<typeof schema>
export type PageState = State['pages'][number]

/** The machine that every operation of these models runs on. */
export const pageTable = machine('page-table', schema)

/** The words to write an operation with these parameters, locals and result, for parts that several versions share. */
export type Words<P extends Fields, L extends Fields = Record<never, never>, R extends Type = never> = Parameters<
  Parameters<typeof pageTable.operation<P, L, R>>[2]
>[0]
