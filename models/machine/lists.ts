import { NONE } from 'foliocheck'
import { takeBlock } from './ghost.js'
import { set_zone_device_data, zone_device_data } from './page.js'
import type { State } from './state.js'

/** The free lists of test_hmm and nouveau: singly linked through zone_device_data, one per size. */

/** The list of the given size. */
export function listOf(large: boolean): 'free_folios' | 'free_pages' {
  return large ? 'free_folios' : 'free_pages'
}

/** Takes the first entry of a list for the driver, or NONE; under the driver's spinlock. */
export function pop(s: State, large: boolean, pages: number): number {
  const list = listOf(large)
  const page = s.lists[list]
  if (page === NONE) return NONE
  s.lists[list] = zone_device_data(s, page, 'link')
  takeBlock(s, page, pages)
  return page
}

/** Puts a page, or the head of a block, at the front of a list; under the driver's spinlock. */
export function push(s: State, page: number, large: boolean): void {
  const list = listOf(large)
  set_zone_device_data(s, page, 'link', s.lists[list])
  s.lists[list] = page
}
