import { bool, NONE } from 'foliocheck'
import { alloc_page, folio_trylock } from '../../machine/svm/index.js'
import { Pfn, Src, Va } from '../../machine/svm/sizes.js'
import { svm } from '../../machine/svm/state.js'
import { migrate_vma_finalize, migrate_vma_pages, migrate_vma_setup, try_to_migrate } from '../../mm/svm/migrate.js'

/**
 * What every driver's migrate_to_ram and eviction have in common.
 *
 * | driver function     | steps                                       | abstracted, and why that is sound                       |
 * |---------------------|---------------------------------------------|---------------------------------------------------------|
 * | migrate_vma_to_ram  | setup; destination; copy; pages; finalize   | One page: what else the drivers take along is selected  |
 * |                     |                                             | by trylock, and changes nothing for the fault's page.   |
 * | migrate_page_to_ram | the same by pfn: get, trylock, unmap, …     | –                                                       |
 */
const source = 'drivers/gpu/drm/drm_pagemap.c'

const common = ({ step, call }: Parameters<Parameters<typeof migrate>[1]>[0]) => [
  step('alloc_page_vma(); lock_page(dst)', (s, t) => {
    t.dst = alloc_page(s)
    folio_trylock(s, t.dst)
  }),
  step('copy_to_ram(pages, pagemap_addr, npages)', (s, t) => {
    s.pages[t.dst].data = s.pages[t.src].data
  }),
  call(
    'migrate_vma_pages(&migrate)',
    migrate_vma_pages,
    { va: t => t.va, src: t => t.src, dst: t => t.dst, fault: t => t.fault },
    (t, ok) => {
      t.ok = ok
    },
  ),
  call('migrate_vma_finalize(&migrate)', migrate_vma_finalize, {
    src: t => t.src,
    dst: t => t.dst,
    ok: t => t.ok,
    fault: t => t.fault,
  }),
]

const params = { va: Va, fault: Pfn }
const locals = { src: Src, dst: Pfn, ok: bool() }
const migrate = (name: string, body: Parameters<typeof svm.operation<typeof params, typeof locals>>[2]) =>
  svm.operation(name, { source, params, locals }, body)

/** A CPU's fault on the device page `fault`, which it has locked and referenced. */
export const migrate_vma_to_ram = migrate('migrate_vma_to_ram', words => [
  words.call(
    'migrate_vma_setup(&migrate)',
    migrate_vma_setup,
    { va: t => t.va, fault: t => t.fault, system: false, device: true },
    (t, src) => {
      t.src = src
    },
  ),
  words.when(t => t.src === NONE, [words.ret()]),
  ...common(words),
])

/** A driver takes the device page `src` out of whatever maps it; nothing happens when it is free, or locked. */
export const migrate_page_to_ram = svm.operation(
  'migrate_page_to_ram',
  { source, params: { page: Pfn }, locals: { ...locals, va: Va, fault: Pfn, got: bool() } },
  words => [
    words.step('folio_get_nontail_page(page); folio_trylock(folio)', (s, t) => {
      t.got = s.pages[t.page].ref > 0 && folio_trylock(s, t.page)
      if (!t.got) return
      s.pages[t.page].ref++
      t.src = t.page
    }),
    words.when(t => !t.got, [words.ret()]),
    words.call('try_to_migrate(folio, 0)', try_to_migrate, { page: t => t.page }),
    ...common(words as never),
  ],
)
