import { bool, demand, int } from 'foliocheck'
import { flagOfHead } from '../../../properties/folio-split.js'
import { folioOf, nrPages, Order, PAGES, Page, type State, split, type Words } from '../../machine/folio-split/state.js'

/**
 * | kernel function         | steps (B8–B17)                              | abstracted, and why that is sound                |
 * |-------------------------|---------------------------------------------|--------------------------------------------------|
 * | __folio_split           | freeze; split; per new folio: unfreeze,     | Page cache without mappings: nothing to unmap.   |
 * |                         |                                             | One splitter, who has the folio lock throughout. |
 * |                         | store; unfreeze the first; put the others   | xa_lock is held from freeze to the last store:   |
 * |                         |                                             | there is no other writer of the cache.           |
 * | __split_unmapped_folio  | per order: the cache's entry; the pages     | LRU, memcg, end of file.                         |
 * | __split_folio_to_order  | per new head: flag, head                    | Only the flags that lie in a second page.        |
 */

const order = {
  source: 'mm/huge_memory.c',
  params: { folio: Page, old: Order, to: Order },
  locals: { fresh: int(0, PAGES) },
}
type OrderWords = Words<typeof order.params, typeof order.locals>

/** folio_set_has_hwpoisoned: the flag is in the second page, and the accessor wants a head. */
function setHasHwpoisoned(s: State, folio: number): void {
  demand(flagOfHead, s.pages[folio].head === folio, `p${folio} is a tail of p${s.pages[folio].head}`)
  s.pages[folio + 1].hasHwpoisoned = true
}

/** page_range_has_hwpoisoned. */
function hasBroken(s: State, first: number, order: number): boolean {
  for (let i = 0; i < 1 << order; i++) if (s.pages[first + i].hwpoison) return true
  return false
}

/** if (handle_hwpoison && page_range_has_hwpoisoned(new_head, new_nr_pages)). */
function mark({ step, when }: OrderWords) {
  return when(
    t => t.to > 0,
    [
      step('folio_set_has_hwpoisoned(new_folio)', (s, t) => {
        if (hasBroken(s, t.fresh, t.to)) setHasHwpoisoned(s, t.fresh)
      }),
    ],
  )
}

function establishHead({ step }: OrderWords) {
  return step('clear_compound_head(new_head); prep_compound_page(new_head, new_order)', (s, t) => {
    for (let i = 0; i < 1 << t.to; i++) s.pages[t.fresh + i].head = t.fresh
    s.pages[t.fresh].order = t.to
  })
}

function splitToOrder(words: OrderWords, body: (words: OrderWords) => ReturnType<typeof establishHead>[]) {
  const { step, loop, local } = words
  return [
    step('folio_clear_has_hwpoisoned(folio); folio_set_has_hwpoisoned(folio)', (s, t) => {
      s.pages[t.folio + 1].hasHwpoisoned = false
      t.fresh = t.folio + (1 << t.to)
      if (t.to > 0 && hasBroken(s, t.folio, t.to)) setHasHwpoisoned(s, t.folio)
    }),
    loop(
      t => t.fresh < t.folio + (1 << t.old),
      [
        ...body(words),
        local(t => {
          t.fresh += 1 << t.to
        }),
      ],
    ),
    step('folio_set_order(folio, new_order)', (s, t) => {
      s.pages[t.folio].order = t.to
    }),
  ]
}

/** v6.18: the mark comes before the head. */
export const __split_folio_to_order_v6_18 = split.operation('__split_folio_to_order', order, words =>
  splitToOrder(words, words => [mark(words), establishHead(words)]),
)

/** v7.3: first the head. */
export const __split_folio_to_order = split.operation('__split_folio_to_order', order, words =>
  splitToOrder(words, words => [establishHead(words), mark(words)]),
)

const unmapped = {
  source: 'mm/huge_memory.c',
  params: { folio: Page, at: Page, uniform: bool() },
  locals: { rest: Page, old: Order, to: Order },
}
type UnmappedWords = Words<typeof unmapped.params, typeof unmapped.locals>

/** `stored`: what every piece of the entry that is split has afterwards. */
function splitUnmapped(
  { step, call, when, loop, local }: UnmappedWords,
  label: string,
  stored: (t: { folio: number; rest: number }) => number,
) {
  const split = { folio: t => t.rest, old: t => t.old, to: t => t.to } as const satisfies Parameters<typeof call>[2]
  return [
    step('old_order = folio_order(folio)', (s, t) => {
      t.rest = t.folio
      t.old = s.pages[t.folio].order
      t.to = t.uniform ? 0 : t.old
    }),
    when(
      t => t.uniform,
      [
        step('xas_split(xas, folio, old_order)', (s, t) => {
          for (let i = 0; i < nrPages(s, t.folio); i++) s.slots[t.folio + i].folio = t.folio
        }),
        call('__split_folio_to_order(folio, old_order, split_order)', __split_folio_to_order, split),
      ],
      [
        loop(
          t => t.old > 0,
          [
            local(t => {
              t.to = t.old - 1
            }),
            step(label, (s, t) => {
              for (let i = 0; i < nrPages(s, t.rest); i++) s.slots[t.rest + i].folio = stored(t)
            }),
            call('__split_folio_to_order(folio, old_order, split_order)', __split_folio_to_order, split),
            step('folio = page_folio(split_at)', (s, t) => {
              t.rest = folioOf(s, t.at)
              t.old = s.pages[t.rest].order
            }),
          ],
        ),
      ],
    ),
  ]
}

/** v6.19: the entries get the folio that remains to be split, which is not that of every index. */
export const __split_unmapped_folio_v6_19 = split.operation('__split_unmapped_folio', unmapped, words =>
  splitUnmapped(words, 'xas_try_split(xas, folio, old_order)', t => t.rest),
)

/** v7.0: the entries keep the folio that was split, which is frozen until the end. */
export const __split_unmapped_folio = split.operation('__split_unmapped_folio', unmapped, words =>
  splitUnmapped(words, 'xas_try_split(xas, old_folio, old_order)', t => t.folio),
)

/** Splits a folio of which the caller has a reference and the lock: to pages, or only around page `at`. */
export const __folio_split = split.operation(
  '__folio_split',
  {
    source: 'mm/huge_memory.c',
    params: { folio: Page, at: Page, uniform: bool() },
    locals: { next: int(0, PAGES), end: int(0, PAGES), pages: int(0, PAGES), ok: bool() },
  },
  ({ step, when, loop, local, call, ret }) => [
    step('folio_ref_freeze(folio, folio_cache_ref_count(folio) + 1)', (s, t) => {
      const page = s.pages[t.folio]
      t.pages = nrPages(s, t.folio)
      t.ok = page.ref === t.pages + 1
      if (t.ok) page.ref = 0
      t.end = t.folio + t.pages
    }),
    when(t => !t.ok, [ret()]),
    call('__split_unmapped_folio(folio, new_order, split_at, xas, mapping, split_type)', __split_unmapped_folio, {
      folio: t => t.folio,
      at: t => t.at,
      uniform: t => t.uniform,
    }),
    step('new_folio = folio_next(folio)', (s, t) => {
      t.next = t.folio + nrPages(s, t.folio)
      s.held[t.folio].refs = 1
    }),
    loop(
      t => t.next < t.end,
      [
        step('folio_ref_unfreeze(new_folio, folio_cache_ref_count(new_folio) + 1)', (s, t) => {
          s.pages[t.next].ref = nrPages(s, t.next) + 1
          s.held[t.next].refs = 1
        }),
        step('__xa_store(&mapping->i_pages, new_folio->index, new_folio, 0)', (s, t) => {
          t.pages = nrPages(s, t.next)
          for (let i = 0; i < t.pages; i++) s.slots[t.next + i].folio = t.next
        }),
        local(t => {
          t.next += t.pages
        }),
      ],
    ),
    step('folio_ref_unfreeze(folio, folio_cache_ref_count(folio) + 1)', (s, t) => {
      s.pages[t.folio].ref = nrPages(s, t.folio) + 1
      t.next = t.folio + nrPages(s, t.folio)
    }),
    loop(
      t => t.next < t.end,
      [
        step('folio_unlock(new_folio); free_folio_and_swap_cache(new_folio)', (s, t) => {
          t.pages = nrPages(s, t.next)
          s.pages[t.next].ref--
          s.held[t.next].refs--
        }),
        local(t => {
          t.next += t.pages
        }),
      ],
    ),
  ],
)
