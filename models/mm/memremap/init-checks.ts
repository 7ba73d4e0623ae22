import { expect } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { initOwnsBlock } from '../../../properties/ownership.js'
import { initAfterKillNoticed, noInitAfterKill } from '../../../properties/pagemap.js'
import { beginUse, pageAt } from '../../machine/index.js'
import type { State } from '../../machine/state.js'

/** What the specification has to say inside every version of zone_device_page_init. */

/** `page` begins an aligned block that the caller took from the allocator, with nobody in it. */
export function checkBlock(s: State, page: number, order: number): void {
  const nr = 1 << order
  expect(initOwnsBlock, page % nr === 0, `p${page} is not aligned to order ${order}`)
  for (let p = page; p < page + nr && p < s.pages.length; p++) {
    const { owner, ref } = s.pages[p]
    expect(initOwnsBlock, owner === 'driver' && ref === 0, `p${p} belongs to ${owner}, its count is ${ref}`)
  }
}

/** The warning on a tryget that failed, and whether it says what it should. */
export function checkTryget(s: State, got: boolean, warning: string): void {
  expect(noInitAfterKill, !s.pgmap.dead, 'the pagemap is dead')
  expect(initAfterKillNoticed, !s.pgmap.dead || !got, `the pagemap is dead, ${warning} says nothing`)
  expect(noWarning, got, warning)
}

/** set_page_count(page, 1): from here on the page can be pinned by whoever meets it. */
export function publish(s: State, page: number, order: number, building = order > 0): void {
  pageAt(s, page).ref = 1
  beginUse(s, page, 1 << order, building)
}
