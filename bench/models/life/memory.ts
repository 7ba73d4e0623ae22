import { bool, demand, expect, int } from 'foliocheck'
import { balanced, Count, compound, headOf, live, operation, PAGES, Pfn } from './state.js'

export const free_folio = operation(
  'free_folio',
  { source: 'mm/memremap.c', params: { page: Pfn }, locals: { n: Count, i: Count } },
  ({ step, loop }) => [
    step('folio->mapping = NULL', (s, t) => {
      const head = s.pages[t.page]
      expect(compound, !head.locked && head.mapcount === 0)
      head.mapping = 'none'
      t.n = 1 << head.order
    }),
    loop(
      t => t.i < t.n,
      [
        step('clear page', (s, t) => {
          const page = s.pages[t.page + t.i]
          page.head = -1
          page.order = 0
          page.dirty = false
          page.pgmap = -1
          t.i += 1
        }),
      ],
    ),
    step('percpu_ref_put_many', (s, t) => {
      s.pgmap.cnt -= t.n
    }),
    step('give back', (s, t) => {
      for (let i = 0; i < t.n; i++) s.pages[t.page + i].state = 'free'
      s.free += t.n
    }),
  ],
)

export const folio_put = operation(
  'folio_put',
  { source: 'mm/swap.c', params: { page: Pfn }, locals: { last: bool() } },
  ({ step, when, call }) => [
    step('folio_put_testzero', (s, t) => {
      const page = s.pages[t.page]
      demand(balanced, page.ref > 0)
      page.ref -= 1
      t.last = page.ref === 0
    }),
    when(t => t.last, [call('free', free_folio, { page: t => t.page })]),
  ],
)

export const fault = operation(
  'fault',
  { source: 'mm/memory.c', params: { va: int(0, 3), order: int(0, 2) }, locals: { page: Pfn, i: Count } },
  ({ choose, step, loop, call }) => [
    choose(
      'take a block',
      [0, 1, 2, 3],
      (s, t, block) => {
        const n = 1 << t.order
        for (let i = 0; i < n; i++) s.pages[block + i].state = 'taken'
        s.free -= n
        t.page = block
      },
      (s, t, block) => {
        const n = 1 << t.order
        if (block % n !== 0 || block + n > PAGES) return false
        for (let i = 0; i < n; i++) if (s.pages[block + i].state !== 'free') return false
        return true
      },
    ),
    loop(
      t => t.i < 1 << t.order,
      [
        step('zone_device_page_init', (s, t) => {
          const page = s.pages[t.page + t.i]
          page.pgmap = 0
          page.mapcount = 0
          page.state = 'ready'
          t.i += 1
        }),
      ],
    ),
    step('percpu_ref_tryget_many', (s, t) => {
      s.pgmap.cnt += 1 << t.order
      t.i = 1
    }),
    step('set_page_count, lock', (s, t) => {
      const page = s.pages[t.page]
      page.ref = 1
      page.locked = true
      page.mapping = 'anon'
    }),
    loop(
      t => t.i < 1 << t.order,
      [
        step('prep_compound_tail', (s, t) => {
          s.pages[t.page + t.i].head = t.page
          t.i += 1
        }),
      ],
    ),
    step('folio_set_order', (s, t) => {
      s.pages[t.page].order = t.order
      t.i = 0
    }),
    loop(
      t => t.i < 1 << t.order,
      [
        step('set_pte', (s, t) => {
          const entry = s.entries[t.va + t.i]
          const page = s.pages[t.page + t.i]
          expect(live, page.pgmap === 0)
          entry.kind = 'present'
          entry.page = t.page + t.i
          page.mapcount += 1
          page.state = 'mapped'
          s.pages[t.page].ref += 1
          t.i += 1
        }),
      ],
    ),
    step('folio_unlock', (s, t) => {
      s.pages[t.page].locked = false
    }),
    call('folio_put', folio_put, { page: t => t.page }),
  ],
)

export const zap = operation(
  'zap',
  { source: 'mm/memory.c', params: { va: int(0, 3), n: Count }, locals: { page: Pfn, hit: bool(), i: Count } },
  ({ waitUntil, loop, when, call }) => [
    loop(
      t => t.i < t.n,
      [
        waitUntil(
          'zap_pte',
          (s, t) => s.entries[t.va + t.i].kind !== 'migration',
          (s, t) => {
            const entry = s.entries[t.va + t.i]
            t.hit = entry.kind === 'present'
            if (t.hit) {
              t.page = headOf(s, entry.page)
              s.pages[entry.page].mapcount -= 1
              if (entry.young) s.pages[entry.page].dirty = true
            }
            entry.kind = 'none'
            entry.page = -1
            entry.young = false
            t.i += 1
          },
        ),
        when(t => t.hit, [call('folio_put', folio_put, { page: t => t.page })]),
      ],
    ),
  ],
)
