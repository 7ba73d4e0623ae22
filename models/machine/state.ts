import {
  alias,
  alike,
  array,
  bit,
  bool,
  type Fields,
  ghost,
  int,
  machine,
  marked,
  oneOf,
  record,
  ref,
  THREAD,
  tagged,
  type ValueOf,
} from 'foliocheck'

/** Device pages. Four: a head, the page that holds the order, one further tail, and room for a neighbour. */
export const PAGES = 4
/** HPAGE_PMD_ORDER, scaled: two, because an order-1 folio has no tail that is not also page 1. */
export const PMD_ORDER = 2
/** Places in page tables; each stands for a page table of its own, so that their locks never meet. */
export const SLOTS = 4
/** Buffer objects of a DRM driver, each with the zdd of its migration. */
export const BOS = 3

/** A page frame of the device, `p0`..`p3`. */
export const Pfn = ref('p', PAGES)
/** The thread that holds something. */
const Cpu = alike(THREAD, ref('cpu', 8))
/** The one pagemap, or none. */
export const PgmapRef = ref('pgmap', 1)
export const Order = int(0, PMD_ORDER)
/** A number of pages, as large as any folio can claim to be. */
export const NrPages = int(0, PAGES)
/** Which life of a page: advanced whenever mm gives the page back to its driver. */
export const LIVES = 8
export const Life = int(0, LIVES - 1)
export const Slot = ref('va', SLOTS)
export const Bo = ref('bo', BOS)

/** What `struct page` word 1 holds: `pgmap`, or in a tail the tagged pointer to the head. */
const Word1 = tagged(Pfn, { null: '', pgmap: '', head: 'p' })
/** What word 2 holds: `zone_device_data` as the driver uses it, or compound bookkeeping of page 1 and 2. */
const Word2 = tagged(int(-1, 3), { null: '', link: 'p', backing: 'order', svmm: '', zdd: 'zdd', compound: '' })
/** What word 7 holds: memcg_data, or `_nr_pages` of the folio whose page 1 this is. */
const Word7 = tagged(NrPages, { null: '', memcg: '', nr: 'nr' })

/**
 * `struct page`. Names of fields are those of a stand-alone page or head; views give the other readings of the same
 * word. Ghost fields are for properties alone: no operation branches on them.
 */
const Page = record(
  {
    /** Low byte of the flags word. In page 1 of a folio the same byte is the order. */
    w0: int(0, 255),
    /** Flag bit 9: large_rmappable in page 1 of a folio, PG_workingset in any other page. */
    largeRmappable: bool(),
    anonExclusive: bool(),
    w1: Word1,
    w2: Word2,
    mapping: oneOf('null', 'anon', 'tail'),
    mapcount: marked(int(0, 7)),
    ref: marked(int(0, 7)),
    w7: Word7,

    /** Who may use the page: the driver's allocator, whoever took it from there, or mm. */
    owner: ghost(oneOf('pool', 'driver', 'mm')),
    /** Life number. */
    life: ghost(Life),
    /** Head of the folio that the page belongs to while mm uses it. */
    folio: ghost(Pfn),
    /** References that somebody owns on the folio of this head. */
    owned: ghost(int(0, 7)),
    /** Thread that holds the folio lock of this head. */
    locker: ghost(Cpu),
    /** The folio is being made: it can be pinned, and is not yet what it will be. */
    building: ghost(bool()),
    /** zone_device_data was stored in this life. */
    fresh: ghost(bool()),
    /** The page belongs to a folio whose reference count is frozen for a split. */
    frozen: ghost(bool()),
  },
  {
    locked: bit('w0', 0),
    writeback: bit('w0', 1),
    referenced: bit('w0', 2),
    uptodate: bit('w0', 3),
    dirty: bit('w0', 4),
    lru: bit('w0', 5),
    head: bit('w0', 6),
    waiters: bit('w0', 7),
    orderByte: alias('w0'),
  },
)

/** `struct dev_pagemap`, with its percpu_ref as one exact counter. */
const Pgmap = record({
  cnt: int(-8, 31),
  /** percpu_ref_kill has marked the reference dead: tryget_live fails from here. */
  dead: bool(),
  /** … and later has switched it to atomic mode and dropped the initial reference: from here zero is noticed. */
  atomic: bool(),
  /** The completion that memunmap_pages waits for. */
  done: bool(),
  /** In pgmap_array. */
  registered: bool(),
  /** The struct pages of the range exist. */
  present: bool(),
  /** percpu_ref_exit has freed the counters. */
  exited: bool(),
  /** RCU readers that have loaded the pagemap from pgmap_array and not yet decided about it. */
  readers: int(0, 3),
  /** Memremap_pages took one reference per page of the range, as it did before v6.1. */
  perPage: ghost(bool()),
})

/** What a list driver (test_hmm, nouveau) keeps: free lists linked through zone_device_data. */
const Lists = record({
  /** Whose they are, if anybody's. */
  of: ghost(oneOf('nobody', 'test_hmm', 'nouveau')),
  free_pages: Pfn,
  free_folios: Pfn,
  /** nouveau: allocations that are out; unsigned, so that 15 stands for one below 0. */
  callocated: int(0, 15),
  /** nouveau: the buffer object below the chunk is pinned. */
  pinned: bool(),
  /** test_hmm: the chunk is being removed. */
  remove: bool(),
})

/** A DRM buffer object, its block of device memory, and the zdd of the one migration that fills it. */
const BoState = record({
  block: Pfn,
  pages: NrPages,
  refs: marked(int(0, 7)),
  /** The reservation lock is held. */
  reserved: bool(),
  /** bo_put_async has handed the last reference to the worker. */
  queued: bool(),
  kref: marked(int(0, 7)),
  /** The `detached` completion. */
  detached: bool(),
})

/** One slot of the arrays that migrate_device_* and a driver hand each other. */
const MigratePfn = record({
  page: Pfn,
  migrate: bool(),
  compound: bool(),
  /** The destination has the source's mapping, by which its migration entries are found. */
  moved: bool(),
})

export const schema = record({
  pages: array(PAGES, Page, 'p'),
  /** Its counter is a percpu_ref; the rest is read and written with locks, RCU or by who tears it down. */
  pgmap: marked(Pgmap),
  /** Page-table entries: the device page that each maps, PMD or PTE; whether it is a migration entry; the table's lock. */
  slots: array(SLOTS, record({ page: Pfn, migration: bool(), ptl: Cpu }), 'va'),
  lists: Lists,
  bos: array(BOS, BoState, 'bo'),
  /** A mutex of the DRM pagemap that a series of December 2025 adds. */
  folio_split_lock: Cpu,
  /** How many places map the device when all is over, as the scenario says; -1 when it says nothing. */
  outcome: ghost(int(-1, SLOTS)),
  /** Whether the pagemap is to be gone by then. */
  unbinds: ghost(bool()),
  /** src_pfns of the one eviction that runs. */
  src: array(PAGES, MigratePfn, 'src'),
})

export type State = ValueOf<typeof schema>
export type PageState = State['pages'][number]

/** The machine that every operation of these models runs on. */
export const zoneDevice = machine('zone-device', schema)

/** The words to write an operation with these parameters and locals, for parts that several versions share. */
export type Words<P extends Fields, L extends Fields = Record<never, never>> = Parameters<
  Parameters<typeof zoneDevice.operation<P, L>>[2]
>[0]
