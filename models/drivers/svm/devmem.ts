import { bool, demand, expect, NONE } from 'foliocheck'
import { mpfnDecoded } from '../../../properties/svm/folios.js'
import { folio_unlock, pageAt } from '../../machine/svm/index.js'
import { Count, HOLE, isDeviceFrame, PAGES, PEER, Pfn, Src, STRAY } from '../../machine/svm/sizes.js'
import { type State, svm } from '../../machine/svm/state.js'
import {
  lru_add_drain_all,
  migrate_vma_finalize,
  migrate_vma_pages,
  migrate_vma_setup,
  try_to_migrate,
} from '../../mm/svm/migrate.js'
import { folio_put, zone_device_page_init } from '../../mm/svm/put.js'
import { drm_pagemap_zdd_alloc, drm_pagemap_zdd_put } from './drm_pagemap.js'
import { drm_pagemap_migrate_range } from './xe-copy.js'

/**
 * drivers/gpu/drm/drm_pagemap.c: migration to the device.
 *
 * | driver function               | steps                                      | abstracted, and why that is sound                |
 * |-------------------------------|--------------------------------------------|--------------------------------------------------|
 * | drm_pagemap_migrate_to_devmem | setup; populate; per page init; copies     | migrate_device_unmap is per page, with the       |
 * |                               | where the source changes; pages; finalize  | drain, as in mm. All or nothing, as in the       |
 * |                               |                                            | driver. Pages of this device are no source.      |
 * | populate_devmem_pfn           | one choice                                 | May fail after any page.                         |
 * | …migration_unlock_put_pages   | per page: unlock; put                      | –                                                |
 */
const source = 'drivers/gpu/drm/drm_pagemap.c'

/**
 * migrate_pfn_to_page(dst[i]). A bare pfn is read as if it were a migrate pfn: bit 0 is its MIGRATE_PFN_VALID, and the
 * page is the one whose number is what MIGRATE_PFN_SHIFT leaves.
 */
function dstPage(s: State, i: number): number {
  const { kind, pfn } = s.dst[i]
  if (kind === 'mpfn') return pfn
  return kind === 'pfn' && pfn % 2 === 1 ? STRAY : NONE
}

/** What the cleanup makes of a slot that is not zero. */
export const drm_pagemap_migration_unlock_put_page = svm.operation(
  'drm_pagemap_migration_unlock_put_page',
  { source, params: { i: Count }, locals: { page: Pfn } },
  ({ step, when, call, ret }) => [
    step('page = migrate_pfn_to_page(migrate_pfn[i])', (s, t) => {
      if (s.dst[t.i].kind === 'zero') return
      expect(mpfnDecoded, s.dst[t.i].kind === 'mpfn', `dst[${t.i}] is the pfn p${s.dst[t.i].pfn}`)
      t.page = dstPage(s, t.i)
      demand(mpfnDecoded, t.page !== NONE, 'unlock_page(NULL)')
      s.dst[t.i].kind = 'zero'
    }),
    when(t => t.page === NONE, [ret()]),
    step('unlock_page(page)', (s, t) => {
      folio_unlock(s, t.page)
    }),
    call('put_page(page)', folio_put, { page: t => t.page }),
  ],
)

/** Who reads and copies the page at slot `i`: another device, or this one. */
function isPeer(s: State, i: number): boolean {
  return s.src[i].pfn === PEER
}

const params = { npages: Count, populateMayFail: bool(), copyMayFail: bool() }
const locals = {
  i: Count,
  n: Count,
  start: Count,
  got: Src,
  dst: Pfn,
  err: bool(),
  peer: bool(),
  last: bool(),
  ok: bool(),
}

interface Since {
  /** The error paths clean up what they have made, and nothing else. */
  readonly scoped: boolean
  /** Pages of other devices are a source too. */
  readonly peers: boolean
  /** The error paths clear what they do not clean up. */
  readonly zeroed?: boolean
}

function migrateToDevmem({ scoped, peers, zeroed = false }: Since) {
  return svm.operation(
    'drm_pagemap_migrate_to_devmem',
    { source, params, locals },
    ({ step, choose, when, loop, local, call, label, goto }) => {
      const next = local(t => {
        t.i++
      })
      const copy = call(
        'drm_pagemap_migrate_range(devmem, src, dst, pages, pagemap_addr, &last, &cur)',
        drm_pagemap_migrate_range,
        { start: t => t.start, end: t => t.i, peer: t => t.last, mayFail: t => t.copyMayFail },
        (t, ok) => {
          t.err = !ok
        },
      )
      return [
        call('zdd = drm_pagemap_zdd_alloc(dpagemap)', drm_pagemap_zdd_alloc, {}),
        loop(
          t => t.i < t.npages,
          [
            call(
              'migrate_vma_setup(&migrate)',
              migrate_vma_setup,
              { va: t => t.i, fault: NONE, system: true, device: peers },
              (t, src) => {
                t.got = src
              },
            ),
            step('migrate.src[i]', (s, t) => {
              s.src[t.i].pfn = t.got
              s.dst[t.i].kind = 'zero'
              if (t.got === NONE) t.err = true
            }),
            next,
          ],
        ),
        local(t => {
          t.i = 0
        }),
        loop(
          t => t.i < t.npages,
          [
            step('folio_test_lru(folio)', (s, t) => {
              const { pfn } = s.src[t.i]
              t.got = pfn === HOLE ? NONE : pfn
              t.ok = t.got === NONE || isDeviceFrame(pfn) || pageAt(s, pfn).lru
            }),
            when(t => !t.ok, [call('lru_add_drain_all()', lru_add_drain_all, {})]),
            when(t => t.got !== NONE, [call('try_to_migrate(folio, 0)', try_to_migrate, { page: t => t.got })]),
            next,
          ],
        ),
        when(t => t.err, [goto('err_aborted_migration')]),
        choose(
          'ops->populate_devmem_pfn(devmem_allocation, npages, migrate.dst)',
          Array.from({ length: PAGES + 1 }, (_, n) => n),
          (s, t, filled) => {
            for (let i = 0; i < filled; i++) {
              s.dst[i].kind = 'pfn'
              s.dst[i].pfn = s.bo.block + i
            }
            t.err = filled < t.npages
            t.i = 0
            t.n = zeroed && t.err ? 0 : t.npages
          },
          (_s, t, filled) => filled === t.npages || (t.populateMayFail && filled < t.npages),
        ),
        when(t => t.err, [goto(scoped && !zeroed ? 'err_aborted_migration' : 'err_finalize')]),
        loop(
          t => t.i < t.npages && !t.err,
          [
            step('migrate.dst[i] = migrate_pfn(migrate.dst[i])', (s, t) => {
              s.dst[t.i].kind = 'mpfn'
              t.dst = s.dst[t.i].pfn
              t.peer = isPeer(s, t.i)
              if (t.i === 0) t.last = t.peer
            }),
            call('drm_pagemap_get_devmem_page(page, zdd)', zone_device_page_init, { page: t => t.dst }),
            step('page->zone_device_data = drm_pagemap_zdd_get(zdd)', (s, t) => {
              s.pages[t.dst].zdd = true
              s.zdd.kref++
            }),
            when(
              t => t.peer !== t.last,
              [
                copy,
                local(t => {
                  t.start = t.i
                  t.last = t.peer
                }),
              ],
            ),
            ...(scoped
              ? [
                  when(
                    t => t.err,
                    [
                      local(t => {
                        t.n = t.i + 1
                      }),
                    ],
                  ),
                ]
              : []),
            next,
          ],
        ),
        when(t => !t.err, [copy]),
        label('err_finalize'),
        local(t => {
          t.i = 0
        }),
        loop(
          t => t.err && t.i < t.n,
          [
            call('drm_pagemap_migration_unlock_put_pages(npages, migrate.dst)', drm_pagemap_migration_unlock_put_page, {
              i: t => t.i,
            }),
            next,
          ],
        ),
        ...(zeroed
          ? [
              when(
                t => t.err,
                [
                  step('migrate.dst[i] = 0, from npages on', (s, t) => {
                    for (let i = t.n; i < t.npages; i++) s.dst[i].kind = 'zero'
                  }),
                ],
              ),
            ]
          : []),
        label('err_aborted_migration'),
        local(t => {
          t.i = 0
        }),
        loop(
          t => t.i < t.npages,
          [
            step('newpage = migrate_pfn_to_page(dst_pfns[i])', (s, t) => {
              t.got = s.src[t.i].pfn
              t.dst = dstPage(s, t.i)
              const bare = s.dst[t.i].kind === 'pfn' && t.dst !== NONE
              demand(mpfnDecoded, !bare, `dst[${t.i}], the pfn p${s.dst[t.i].pfn}, is read as p${t.dst}`)
              t.ok = false
            }),
            when(
              t => t.got !== NONE && t.dst !== NONE,
              [
                call(
                  'migrate_vma_pages(&migrate)',
                  migrate_vma_pages,
                  { va: t => t.i, src: t => t.got, dst: t => t.dst, fault: NONE },
                  (t, ok) => {
                    t.ok = ok
                  },
                ),
              ],
            ),
            when(
              t => t.got !== NONE,
              [
                call('migrate_vma_finalize(&migrate)', migrate_vma_finalize, {
                  src: t => t.got,
                  dst: t => t.dst,
                  ok: t => t.ok,
                  fault: NONE,
                }),
              ],
            ),
            next,
          ],
        ),
        call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, {}),
      ]
    },
  )
}

export const drm_pagemap_migrate_to_devmem = migrateToDevmem({ scoped: true, peers: true, zeroed: true })
/** v7.0. */
export const drm_pagemap_migrate_to_devmem_v7_0 = migrateToDevmem({ scoped: true, peers: true })
/** From December 2025 to January 2026. */
export const drm_pagemap_migrate_to_devmem_2026_01 = migrateToDevmem({ scoped: false, peers: true })
/** Until v6.19. */
export const drm_pagemap_migrate_to_devmem_v6_19 = migrateToDevmem({ scoped: false, peers: false })
