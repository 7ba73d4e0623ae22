import { bool, expect, int, NONE } from 'foliocheck'
import { killOnce } from '../../../properties/pagemap.js'
import { percpu_ref_get_many, percpu_ref_put_many, percpu_ref_tryget_live, set_pgmap } from '../../machine/index.js'
import { PAGES, PgmapRef, type State, type Words, zoneDevice } from '../../machine/state.js'

/**
 * | kernel function   | steps                                    | abstracted, and why that is sound                     |
 * |-------------------|------------------------------------------|-------------------------------------------------------|
 * | memremap_pages    | reference, array, struct pages, each     | One range; checks and error paths are left out: no     |
 * |                   | page's words                             | scenario lets two pagemaps meet.                       |
 * | memunmap_pages    | kill in two steps, wait, remove the      | The hotplug lock: one teardown at a time. The RCU      |
 * |                   | struct pages, erase, RCU wait, exit      | grace period waits for every reader in its section.    |
 * | get_dev_pagemap   | load from the array, tryget_live         | The section spans both steps.                          |
 */

/** What a version of memremap_pages makes of its pages. */
interface Since {
  /** The count that a page is left with. */
  readonly count: number
  /** One reference of the pagemap per page of the range, whoever uses it. */
  readonly perPage: boolean
}

function memremap({ count, perPage }: Since) {
  return zoneDevice.operation(
    'memremap_pages',
    { source: 'mm/memremap.c', locals: { i: int(0, PAGES) } },
    ({ step, loop, local }) => {
      const common = [
        step('percpu_ref_init(&pgmap->ref)', s => {
          s.pgmap.cnt = 1
        }),
        step('xa_store_range(&pgmap_array, pgmap)', s => {
          s.pgmap.registered = true
        }),
        step('add_pages()', s => {
          s.pgmap.present = true
        }),
        loop(
          t => t.i < PAGES,
          [
            step('__init_zone_device_page(page, pgmap)', (s, t) => {
              set_pgmap(s, t.i, 0)
              s.pages[t.i].ref = count
            }),
            local(t => {
              t.i++
            }),
          ],
        ),
      ]
      const getMany = step('percpu_ref_get_many(&pgmap->ref, pfn_len())', s => {
        percpu_ref_get_many(s, 0, PAGES)
        s.pgmap.perPage = true
      })
      return perPage ? [...common, getMany] : common
    },
  )
}

/** v6.1 and later: free device-private pages have count 0, and own nothing of the pagemap. */
export const memremap_pages = memremap({ count: 0, perPage: false })
/** Before: every page starts at count 1, and the pagemap is referenced once per page. */
export const memremap_pages_v6_0 = memremap({ count: 1, perPage: true })
/** Between two commits of v6.1: count 0, and the pagemap is still referenced once per page. */
export const memremap_pages_zero_count = memremap({ count: 0, perPage: true })

/** Sets the dead mark; from here on tryget_live fails. */
function markDead(s: State): void {
  expect(killOnce, !s.pgmap.dead)
  s.pgmap.dead = true
}

/** After the grace period: atomic mode, and the initial reference goes. */
function dropInitial(s: State): void {
  s.pgmap.atomic = true
  percpu_ref_put_many(s, 0, 1)
}

function kill({ step }: Words<Record<never, never>>) {
  return [
    step('percpu_ref_kill(&pgmap->ref): dead', s => {
      markDead(s)
    }),
    step('percpu_ref_kill(&pgmap->ref): atomic, put', s => {
      dropInitial(s)
    }),
  ]
}

function waitAndRemove({ step, waitUntil }: Words<Record<never, never>>) {
  return [
    waitUntil('wait_for_completion(&pgmap->done)', s => s.pgmap.done),
    step('__remove_pages()', s => {
      s.pgmap.present = false
    }),
    step('xa_store_range(&pgmap_array, NULL)', s => {
      s.pgmap.registered = false
    }),
    waitUntil('synchronize_rcu()', s => s.pgmap.readers === 0),
    step('percpu_ref_exit(&pgmap->ref)', s => {
      s.pgmap.exited = true
    }),
  ]
}

/** v6.1 and later: waits for the pages that are in use. */
export const memunmap_pages = zoneDevice.operation('memunmap_pages', { source: 'mm/memremap.c' }, words => [
  ...kill(words),
  ...waitAndRemove(words),
])

/** Before: drops what memremap_pages took per page, whoever uses them. */
export const memunmap_pages_v6_0 = zoneDevice.operation('memunmap_pages', { source: 'mm/memremap.c' }, words => [
  ...kill(words),
  words.step('percpu_ref_put_many(&pgmap->ref, pfn_len())', s => {
    s.pgmap.perPage = false
    percpu_ref_put_many(s, 0, PAGES)
  }),
  ...waitAndRemove(words),
])

/** A live reference on the pagemap of a pfn, or NONE. */
export const get_dev_pagemap = zoneDevice.operation(
  'get_dev_pagemap',
  { source: 'mm/memremap.c', locals: { found: bool(), pgmap: PgmapRef }, returns: PgmapRef },
  ({ step, when, ret }) => [
    step('pgmap = xa_load(&pgmap_array)', (s, t) => {
      t.found = s.pgmap.registered
      if (t.found) s.pgmap.readers++
    }),
    when(t => !t.found, [ret(() => NONE)]),
    step('percpu_ref_tryget_live_rcu(&pgmap->ref)', (s, t) => {
      t.pgmap = percpu_ref_tryget_live(s, 0) ? 0 : NONE
      s.pgmap.readers--
    }),
    ret(t => t.pgmap),
  ],
)

export const put_dev_pagemap = zoneDevice.operation(
  'put_dev_pagemap',
  { source: 'include/linux/memremap.h', params: { pgmap: PgmapRef } },
  ({ step, when }) => [
    when(
      t => t.pgmap !== NONE,
      [
        step('percpu_ref_put(&pgmap->ref)', (s, t) => {
          percpu_ref_put_many(s, t.pgmap, 1)
        }),
      ],
    ),
  ],
)
