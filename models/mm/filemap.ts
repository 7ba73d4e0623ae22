import { folio_unlocked, page_folio_held, take_folio_lock } from '../machine/index.js'
import { Pfn, zoneDevice } from '../machine/state.js'

/**
 * | kernel function | steps                        | abstracted, and why that is sound                                  |
 * |-----------------|------------------------------|--------------------------------------------------------------------|
 * | lock_page       | page_folio, then wait for    | The hashed wait queue: a waiter goes on whenever PG_locked is      |
 * |                 | PG_locked and set it         | clear, so every order of wake-ups is covered.                      |
 */

/** Locks the folio that page_folio(page) is now; it is not looked at again after the wait. */
export const lock_page = zoneDevice.operation(
  'lock_page',
  { source: 'include/linux/pagemap.h', params: { page: Pfn }, locals: { folio: Pfn } },
  ({ step, waitUntil }) => [
    step('folio = page_folio(page)', (s, t) => {
      t.folio = page_folio_held(s, t.page)
    }),
    waitUntil(
      'folio_lock(folio)',
      (s, t) => folio_unlocked(s, t.folio),
      (s, t) => {
        take_folio_lock(s, t.folio)
      },
    ),
  ],
)
