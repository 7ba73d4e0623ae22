import { svm, type Words } from '../../machine/svm/state.js'

/**
 * | kernel function | steps                                | abstracted, and why that is sound                             |
 * |-----------------|--------------------------------------|---------------------------------------------------------------|
 * | memunmap_pages  | kill; wait; remove the struct pages  | The base reference is no part of the count; RCU, the array:   |
 * |                 |                                      | see the life-cycle machine.                                   |
 */
type Plain = Words<Record<never, never>>
const source = 'mm/memremap.c'

const kill = ({ step }: Plain) =>
  step('percpu_ref_kill(&pgmap->ref)', s => {
    s.pgmap.dead = true
  })
const unmap = ({ step }: Plain) =>
  step('pageunmap_range(pgmap, i)', s => {
    s.pgmap.gone = true
  })

/** Since v6.1: waits for every page that is in use. */
export const memunmap_pages = svm.operation('memunmap_pages', { source }, words => [
  kill(words),
  words.waitUntil('wait_for_completion(&pgmap->done)', s => s.pgmap.cnt === 0),
  unmap(words),
])

/** v6.0: the references that it waits for are its own, one per page of the range. */
export const memunmap_pages_v6_0 = svm.operation('memunmap_pages', { source }, words => [kill(words), unmap(words)])
