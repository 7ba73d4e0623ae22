import { array, assertion, bool, int, machine, oneOf, record, ref, type ValueOf } from 'foliocheck'

/**
 * The life of device folios, written the way users write models, for measuring: a CPU that faults folios in and zaps
 * them, a scan that evicts, a walker that looks pages up, and a splitter. `bench/promela/lifecycle.pml` is the same
 * model; equal numbers of states and transitions are the proof.
 */
export const PAGES = 4
export const Pfn = ref('p', PAGES)
export const Count = int(0, PAGES)

const Page = record({
  state: oneOf('free', 'taken', 'ready', 'mapped'),
  ref: int(0, 15),
  mapcount: int(0, 3),
  order: int(0, 2),
  head: Pfn,
  pgmap: ref('pgmap', 1),
  mapping: oneOf('none', 'anon'),
  locked: bool(),
  dirty: bool(),
})

const schema = record({
  pages: array(PAGES, Page, 'p'),
  pgmap: record({ cnt: int(0, 15), dead: bool() }),
  entries: array(
    PAGES,
    record({ kind: oneOf('none', 'present', 'migration', 'swap'), page: Pfn, young: bool() }),
    'va',
  ),
  free: Count,
})
export type State = ValueOf<typeof schema>

export const mm = machine('life cycle', schema)
export const operation = mm.operation.bind(mm)

export const balanced = assertion('balanced', 'nobody drops a reference that is not there')
export const compound = assertion('compound', 'a folio that is freed is unlocked and mapped nowhere')
export const live = assertion('live', 'a mapped page belongs to a pagemap')

export const headOf = (s: State, page: number) => (s.pages[page].head === -1 ? page : s.pages[page].head)
