import { bool, NONE } from 'foliocheck'
import { Count, HOLE } from '../../machine/svm/sizes.js'
import { type State, svm, type Words } from '../../machine/svm/state.js'

/**
 * drivers/gpu/drm/xe/xe_svm.c: copies, and the device's own jobs on a fresh block.
 *
 * | driver function           | steps                                     | abstracted, and why that is sound                     |
 * |---------------------------|-------------------------------------------|-------------------------------------------------------|
 * | drm_pagemap_migrate_range | wait; copy; or it fails                   | A device's jobs run in the order they are queued: so  |
 * |                           |                                           | its copy comes after its clear. A peer's does not.    |
 * |                           |                                           | With the fence both wait for it.                      |
 * | xe_migrate_clear          | one                                       | The job writes at one instant, any time after it was  |
 * |                           |                                           | queued.                                               |
 */
const spec = {
  source: 'drivers/gpu/drm/xe/xe_svm.c',
  params: { start: Count, end: Count, peer: bool(), mayFail: bool() },
  locals: { copies: bool(), failed: bool() },
  returns: bool(),
}
type CopyWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>

/** Whether some slot has a page whose content has to be moved; a hole has none. */
function hasSource(s: State, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (s.src[i].pfn !== NONE && s.src[i].pfn !== HOLE) return true
  return false
}

const migrateRange = (wait: (words: CopyWords) => ReturnType<CopyWords['step']>[]) => (words: CopyWords) => {
  const { choose, when, step, ret } = words
  return [
    choose(
      'drm_pagemap_migrate_map_pages(dev, pagemap_addr, …)',
      [0, 1],
      (s, t, failed) => {
        t.failed = failed === 1
        t.copies = hasSource(s, t.start, t.end)
      },
      (_s, t, failed) => failed === 0 || t.mayFail,
    ),
    when(t => t.failed, [ret(() => false)]),
    ...wait(words),
    when(
      t => t.copies,
      [
        step('xe_svm_copy(pages, pagemap_addr, npages, dir)', (s, t) => {
          for (let i = t.start; i < t.end; i++) {
            const { pfn } = s.src[i]
            if (pfn !== NONE && pfn !== HOLE) s.pages[s.dst[i].pfn].data = s.pages[pfn].data
          }
        }),
      ],
    ),
    ret(() => true),
  ]
}

/** Only the order of a device's own jobs keeps a copy behind the clear. */
export const drm_pagemap_migrate_range_v6_18 = svm.operation(
  'drm_pagemap_migrate_range',
  spec,
  migrateRange(({ when, waitUntil }) => [
    when(
      t => t.copies && !t.peer,
      [waitUntil('dma_fence_wait(fence, false), the copy behind the clear', s => !s.bo.clearing)],
    ),
  ]),
)

/** Since 754c23238438. */
export const drm_pagemap_migrate_range = svm.operation(
  'drm_pagemap_migrate_range',
  spec,
  migrateRange(({ waitUntil }) => [
    waitUntil('dma_fence_wait(pre_migrate_fence, true)', s => !s.bo.fence || !s.bo.clearing),
  ]),
)

/** The device clears the block of a new BO. */
export const xe_migrate_clear = svm.operation(
  'xe_migrate_clear',
  { source: 'drivers/gpu/drm/xe/xe_migrate.c' },
  ({ loop, waitUntil }) => [
    loop(
      () => true,
      [
        waitUntil(
          'the job runs',
          s => s.bo.clearing,
          s => {
            s.bo.clearing = false
            for (let i = 0; i < s.bo.npages; i++) s.pages[s.bo.block + i].data = 0
          },
        ),
      ],
    ),
  ],
)
