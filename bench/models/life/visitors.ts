import { bool, demand, int } from 'foliocheck'
import { folio_put } from './memory.js'
import { balanced, Count, headOf, operation, PAGES, Pfn } from './state.js'

/** Moves the folio behind an entry away, unless somebody else uses it. */
export const evict = operation(
  'evict',
  { source: 'mm/migrate_device.c', params: { va: int(0, 3) }, locals: { page: Pfn, ok: bool(), moved: bool() } },
  ({ step, test, when, call }) => [
    test('pte_present?', (s, t) => s.entries[t.va].kind === 'present', [
      step('folio_try_get', (s, t) => {
        const entry = s.entries[t.va]
        t.ok = entry.kind === 'present'
        if (!t.ok) return
        t.page = headOf(s, entry.page)
        t.ok = s.pages[t.page].ref > 0
        if (t.ok) s.pages[t.page].ref += 1
      }),
      when(
        t => t.ok,
        [
          step('folio_trylock', (s, t) => {
            const page = s.pages[t.page]
            t.ok = !page.locked
            if (t.ok) page.locked = true
          }),
          when(
            t => t.ok,
            [
              step('install migration entry', (s, t) => {
                const entry = s.entries[t.va]
                t.ok = entry.kind === 'present' && headOf(s, entry.page) === t.page
                if (!t.ok) return
                const head = s.pages[t.page]
                demand(balanced, head.ref > 1)
                entry.kind = 'migration'
                s.pages[entry.page].mapcount -= 1
                head.ref -= 1
              }),
              when(
                t => t.ok,
                [
                  step('folio_migrate_mapping', (s, t) => {
                    const head = s.pages[t.page]
                    t.moved = head.ref === 1 && head.order === 0
                    if (t.moved) head.dirty = false
                  }),
                  step('remove migration entry', (s, t) => {
                    const entry = s.entries[t.va]
                    if (t.moved) {
                      entry.kind = 'swap'
                      entry.page = -1
                    } else {
                      entry.kind = 'present'
                      s.pages[entry.page].mapcount += 1
                      s.pages[t.page].ref += 1
                    }
                  }),
                ],
              ),
              step('folio_unlock', (s, t) => {
                s.pages[t.page].locked = false
              }),
            ],
          ),
          call('folio_put', folio_put, { page: t => t.page }),
        ],
      ),
    ]),
  ],
)

/** Looks a page up through its entry and marks it, as follow_page does. */
export const walk = operation(
  'walk',
  { source: 'mm/gup.c', params: { va: int(0, 3) }, locals: { page: Pfn, ok: bool() } },
  ({ waitUntil, step, test, when, call }) => [
    waitUntil(
      'read entry',
      (s, t) => s.entries[t.va].kind !== 'migration',
      (s, t) => {
        const entry = s.entries[t.va]
        t.ok = entry.kind === 'present'
        if (t.ok) t.page = headOf(s, entry.page)
      },
    ),
    when(
      t => t.ok,
      [
        step('folio_try_get', (s, t) => {
          const page = s.pages[t.page]
          t.ok = page.ref > 0
          if (t.ok) page.ref += 1
        }),
        when(
          t => t.ok,
          [
            test(
              'entry unchanged?',
              (s, t) => {
                const entry = s.entries[t.va]
                return entry.kind === 'present' && headOf(s, entry.page) === t.page
              },
              [
                step('pte_mkyoung', (s, t) => {
                  const entry = s.entries[t.va]
                  if (entry.kind === 'present') entry.young = true
                }),
                step('folio_mark_dirty', (s, t) => {
                  s.pages[t.page].dirty = true
                }),
              ],
            ),
            call('folio_put', folio_put, { page: t => t.page }),
          ],
        ),
      ],
    ),
  ],
)

/** Splits the folio of head `page`, if there is one that nobody else uses. */
export const split = operation(
  'split',
  { source: 'mm/huge_memory.c', params: { page: Pfn }, locals: { ok: bool(), n: Count, i: Count } },
  ({ step, loop, when, local, call }) => [
    step('folio_try_get', (s, t) => {
      const page = s.pages[t.page]
      t.ok = page.ref > 0 && page.order > 0
      if (t.ok) page.ref += 1
    }),
    when(
      t => t.ok,
      [
        step('folio_trylock', (s, t) => {
          const page = s.pages[t.page]
          t.ok = !page.locked
          if (!t.ok) return
          page.locked = true
          t.n = 1 << page.order
        }),
        when(
          t => t.ok,
          [
            loop(
              t => t.i < PAGES,
              [
                step('unmap', (s, t) => {
                  const entry = s.entries[t.i]
                  if (entry.kind === 'present' && headOf(s, entry.page) === t.page) {
                    entry.kind = 'migration'
                    s.pages[entry.page].mapcount -= 1
                    s.pages[t.page].ref -= 1
                  }
                  t.i += 1
                }),
              ],
            ),
            step('folio_ref_freeze', (s, t) => {
              const page = s.pages[t.page]
              t.ok = page.ref === 1
              if (t.ok) page.ref = 0
              t.i = 1
            }),
            when(
              t => t.ok,
              [
                loop(
                  t => t.i < t.n,
                  [
                    step('split off a tail', (s, t) => {
                      const tail = s.pages[t.page + t.i]
                      tail.head = -1
                      tail.mapping = s.pages[t.page].mapping
                      tail.ref = 1
                      t.i += 1
                    }),
                  ],
                ),
                step('folio_ref_unfreeze', (s, t) => {
                  const page = s.pages[t.page]
                  page.order = 0
                  page.ref = 1
                }),
              ],
            ),
            local(t => {
              t.i = 0
            }),
            loop(
              t => t.i < PAGES,
              [
                step('remap', (s, t) => {
                  const entry = s.entries[t.i]
                  if (entry.kind === 'migration' && entry.page >= t.page && entry.page < t.page + t.n) {
                    entry.kind = 'present'
                    s.pages[entry.page].mapcount += 1
                    s.pages[headOf(s, entry.page)].ref += 1
                  }
                  t.i += 1
                }),
              ],
            ),
            step('folio_unlock', (s, t) => {
              s.pages[t.page].locked = false
              t.i = 1
            }),
            when(
              t => t.ok,
              [
                loop(
                  t => t.i < t.n,
                  [
                    call('folio_put tail', folio_put, { page: t => t.page + t.i }),
                    local(t => {
                      t.i += 1
                    }),
                  ],
                ),
              ],
            ),
          ],
        ),
        call('folio_put', folio_put, { page: t => t.page }),
      ],
    ),
  ],
)
