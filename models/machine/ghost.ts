import { expect, NONE } from 'foliocheck'
import { handedOverClean } from '../../properties/ownership.js'
import { LIVES, PAGES, type State } from './state.js'

/** What the specification knows of a page beyond its words. No operation branches on any of it. */

/** The allocator gives `count` pages from `start` on to the driver that asked. */
export function takeBlock(s: State, start: number, count: number): void {
  for (let p = start; p < start + count; p++) s.pages[p].owner = 'driver'
}

/** mm gets `count` pages from `head` on. As long as it is building, the folio is its head alone. */
export function beginUse(s: State, head: number, count: number, building = count > 1): void {
  for (let p = head; p < head + count && p < PAGES; p++) s.pages[p].owner = 'mm'
  s.pages[head].folio = head
  s.pages[head].owned = 1
  s.pages[head].building = building
}

/** The pages from `head` on are one folio. */
export function isFolio(s: State, head: number, count: number): void {
  for (let p = head; p < head + count && p < PAGES; p++) s.pages[p].folio = head
  s.pages[head].building = false
}

/** mm gives the pages of the folio back: from here on whoever frees it may touch none of them. */
export function endUse(s: State, head: number, to: 'pool' | 'driver'): void {
  for (let p = 0; p < PAGES; p++) {
    const page = s.pages[p]
    if (page.folio !== head) continue
    expect(handedOverClean, !page.anonExclusive, `p${p} is still PG_anon_exclusive`)
    expect(handedOverClean, page.mapping !== 'anon', `p${p} still has a mapping`)
    expect(handedOverClean, page.w7.tag !== 'memcg', `p${p} is still charged`)
    page.owner = to
    page.folio = NONE
    page.life = (page.life + 1) % LIVES
    page.owned = 0
    page.building = false
    page.fresh = false
  }
}
