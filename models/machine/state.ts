import { alias, array, bit, bool, ghost, int, machine, oneOf, record, ref, tagged, type ValueOf } from 'foliocheck'

/** Device pages. Four: a head, the page that holds the order, one further tail, and room for a neighbour. */
export const PAGES = 4
/** HPAGE_PMD_ORDER, scaled: two orders, because an order-1 folio has no tail that is not also page 1. */
export const PMD_ORDER = 2
/** Places in page tables; each stands for a page table of its own, so that their locks never meet. */
export const SLOTS = 4
/** Buffer objects of a DRM driver, each with the zdd of its migration. */
export const BOS = 3

/** A page frame of the device, `p0`..`p3`. */
export const Pfn = ref('p', PAGES)
/** The one pagemap, or none. */
export const PgmapRef = ref('pgmap', 1)
export const Order = int(0, PMD_ORDER)
/** A number of pages, as large as any folio can claim to be. */
export const NrPages = int(0, PAGES)
/** Which life of a page: advanced whenever the page is handed back to its driver. */
export const Life = int(0, 7)
export const LIVES = 8
export const Slot = ref('va', SLOTS)
export const Bo = ref('bo', BOS)

/** What `struct page` word 1 holds: `pgmap`, or in a tail the tagged pointer to the head. */
const Word1 = tagged(Pfn, { null: '', pgmap: '', head: 'p' })
/** What word 2 holds: `zone_device_data` as the driver uses it, or compound bookkeeping of page 1 and 2. */
const Word2 = tagged(int(-1, 7), { null: '', link: 'p', backing: 'order', svmm: '', zdd: 'zdd', compound: '' })

/**
 * `struct page`. Names of fields are those of a stand-alone page or head; views give the other readings of the same
 * word. Fields after `ghost` are for properties alone: no operation branches on them.
 */
export const Page = record(
  {
    /** Low byte of the flags word. In page 1 of a folio the same byte is the order. */
    w0: int(0, 255),
    /** Flag bit 9: large_rmappable in page 1 of a folio, PG_workingset in any other page. */
    largeRmappable: bool(),
    anonExclusive: bool(),
    w1: Word1,
    w2: Word2,
    mapping: oneOf('null', 'anon', 'tail'),
    mapcount: int(0, 7),
    ref: int(0, 7),
    /** memcg_data. In page 1 of a folio the same word is `_nr_pages`. */
    w7: NrPages,

    /** ghost: who may use the page: the driver's allocator, whoever took it from there, or mm. */
    owner: oneOf('pool', 'driver', 'mm'),
    /** ghost: life number. */
    life: Life,
    /** head of the folio that the page belongs to while mm uses it. */
    folio: ghost(Pfn),
    /** references that somebody owns on the folio of this head. */
    owned: ghost(int(0, 7)),
    /** thread that holds the folio lock of this head. */
    locker: ghost(ref('cpu', 8)),
    /** the folio is being made: its tails are not there yet. */
    building: ghost(bool()),
    /** the reference count is frozen at 0 for a split. */
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
    memcgData: alias('w7'),
    _nr_pages: alias('w7'),
  },
)

/** `struct dev_pagemap`, with its percpu_ref as one exact counter. */
export const Pgmap = record({
  cnt: int(-8, 31),
  /** percpu_ref_kill has marked the reference dead: tryget_live fails from here. */
  dead: bool(),
  /** … and later has switched it to atomic mode and dropped the initial reference: from here zero is noticed. */
  atomic: bool(),
  done: bool(),
  /** In pgmap_array. */
  registered: bool(),
  /** The struct pages of the range exist. */
  present: bool(),
  /** percpu_ref_exit has freed the counters. */
  exited: bool(),
  /** RCU readers that have loaded the pagemap from pgmap_array and not yet decided about it. */
  readers: int(0, 3),
  /** memremap_pages took one reference per page of the range, as it did before v6.1. */
  perPage: bool(),
})

/** What a list driver (test_hmm, nouveau) keeps: free lists linked through zone_device_data. */
const Lists = record({
  free_pages: Pfn,
  free_folios: Pfn,
  /** nouveau: allocations that are out. */
  callocated: int(-4, 15),
  /** test_hmm: the chunk is being removed. */
  remove: bool(),
})

/** A DRM buffer object, its block of device memory, and the zdd of the one migration that fills it. */
const BoState = record({
  block: Pfn,
  pages: NrPages,
  refs: int(0, 3),
  /** bo_put_async has handed the last reference to the worker. */
  queued: bool(),
  kref: int(0, 7),
  /** The `detached` completion. */
  detached: bool(),
})

export const schema = record({
  pages: array(PAGES, Page, 'p'),
  pgmap: Pgmap,
  /** Page-table entries: the device page that each maps, PMD or PTE. */
  slots: array(SLOTS, record({ page: Pfn }), 'va'),
  lists: Lists,
  bos: array(BOS, BoState, 'bo'),
})

export type State = ValueOf<typeof schema>
export type PageState = State['pages'][number]

/** The machine that every operation of these models runs on. */
export const zoneDevice = machine('zone-device', schema)
