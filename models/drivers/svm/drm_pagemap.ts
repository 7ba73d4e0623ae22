import { bool, demand, expect } from 'foliocheck'
import { krefSane, providerAlive } from '../../../properties/svm/pagemap.js'
import { free_page, pageAt } from '../../machine/svm/index.js'
import { Pfn, Va } from '../../machine/svm/sizes.js'
import { type State, svm } from '../../machine/svm/state.js'
import { migrate_vma_to_ram } from './to_ram.js'

/**
 * drivers/gpu/drm/drm_pagemap.c: the chain page → zdd → drm_pagemap → drm_device → module.
 *
 * | driver function             | steps                               | abstracted, and why that is sound                  |
 * |-----------------------------|-------------------------------------|----------------------------------------------------|
 * | drm_pagemap_folio_free      | zdd of the folio; zdd_put           | The zdd of another device’s page is not modelled.  |
 * | drm_pagemap_zdd_put         | kref; devmem_release; drm_pagemap   | The BO is idle when its last reference goes.       |
 * | drm_pagemap_put             | kref; release                       | Cache and shrinker.                                |
 * | drm_pagemap_dev_unhold_work | drm_dev_put; module_put             | –                                                  |
 */
const source = 'drivers/gpu/drm/drm_pagemap.c'

/** A call through the ops of the drm_pagemap: it, its device and their code must be there. */
export function callProvider(s: State, what: string): void {
  demand(providerAlive, s.dpagemap.there, `${what} is called through a drm_pagemap that is freed`)
  demand(providerAlive, s.provider.there, `${what} is called for a drm_device that is freed`)
  demand(providerAlive, s.provider.loaded, `${what} is code of a module that is gone`)
}

/* drm_pagemap. Until v6.19 it is a part of the driver's own structures, and nobody counts. */

export const drm_pagemap_get_v6_19 = svm.operation('drm_pagemap_get', { source }, () => [])
export const drm_pagemap_put_v6_19 = svm.operation('drm_pagemap_put', { source }, () => [])

export const drm_pagemap_get = svm.operation('drm_pagemap_get', { source }, ({ step }) => [
  step('kref_get(&dpagemap->ref)', s => {
    demand(providerAlive, s.dpagemap.there, 'drm_pagemap_get() of what is freed')
    s.dpagemap.ref++
  }),
])

/** When it was counted, and held nobody. */
export const drm_pagemap_release_counted = svm.operation('drm_pagemap_release', { source }, ({ step }) => [
  step('kfree(dpagemap)', s => {
    s.dpagemap.there = false
  }),
])

/** It gives its provider away from a worker: what runs here may be code of the provider’s own. */
export const drm_pagemap_release = svm.operation('drm_pagemap_release', { source }, ({ step }) => [
  step('drm_pagemap_shrinker_add(dpagemap)', s => {
    s.dpagemap.there = false
  }),
  step('llist_add(&dev_hold->link, &drm_pagemap_unhold_list); schedule_work()', s => {
    s.provider.unhold++
  }),
])

export const drm_pagemap_put = svm.operation(
  'drm_pagemap_put',
  { source, locals: { last: bool() } },
  ({ step, when, call }) => [
    step('kref_put(&dpagemap->ref, drm_pagemap_release)', (s, t) => {
      demand(providerAlive, s.dpagemap.there, 'drm_pagemap_put() of what is freed')
      demand(krefSane, s.dpagemap.ref > 0, 'drm_pagemap_put() at 0')
      s.dpagemap.ref--
      t.last = s.dpagemap.ref === 0
    }),
    when(t => t.last, [call('drm_pagemap_release(ref)', drm_pagemap_release, {})]),
  ],
)

/** Before it held its provider. */
export const drm_pagemap_create_v6_19 = svm.operation('drm_pagemap_create', { source }, () => [])

export const drm_pagemap_create = svm.operation('drm_pagemap_create', { source }, ({ step }) => [
  step('drm_pagemap_dev_hold(dpagemap)', s => {
    s.provider.drm++
    s.provider.module++
  }),
])

/** drm_dev_put; the last one runs the driver's release. */
export const drm_dev_put = svm.operation('drm_dev_put', { source: 'drivers/gpu/drm/drm_drv.c' }, ({ step }) => [
  step('kref_put(&dev->ref, drm_dev_release)', s => {
    demand(krefSane, s.provider.drm > 0, 'drm_dev_put() at 0')
    s.provider.drm--
    if (s.provider.drm > 0) return
    demand(providerAlive, s.provider.loaded, 'dev->driver->release() is code of a module that is gone')
    s.provider.there = false
  }),
])

/** The worker that lets go of providers. */
export const drm_pagemap_dev_unhold_work = svm.operation(
  'drm_pagemap_dev_unhold_work',
  { source },
  ({ loop, waitUntil, call, step }) => [
    loop(
      () => true,
      [
        waitUntil(
          'llist_del_all(&drm_pagemap_unhold_list)',
          s => s.provider.unhold > 0,
          s => {
            s.provider.unhold--
          },
        ),
        call('drm_dev_put(drm)', drm_dev_put, {}),
        step('module_put(module)', s => {
          demand(krefSane, s.provider.module > 0, 'module_put() at 0')
          s.provider.module--
        }),
      ],
    ),
  ],
)

/* zdd. */

export const drm_pagemap_zdd_alloc_v6_19 = svm.operation('drm_pagemap_zdd_alloc', { source }, ({ step }) => [
  step('kref_init(&zdd->refcount)', s => {
    s.zdd.kref = 1
  }),
])

/** Refers to the drm_pagemap. */
export const drm_pagemap_zdd_alloc = svm.operation('drm_pagemap_zdd_alloc', { source }, ({ step, call }) => [
  step('kref_init(&zdd->refcount)', s => {
    s.zdd.kref = 1
    s.zdd.dpagemap = true
  }),
  call('zdd->dpagemap = drm_pagemap_get(dpagemap)', drm_pagemap_get, {}),
])

export const drm_pagemap_zdd_put = svm.operation(
  'drm_pagemap_zdd_put',
  { source, locals: { last: bool(), counted: bool() } },
  ({ step, when, call }) => [
    step('kref_put(&zdd->refcount, drm_pagemap_zdd_destroy)', (s, t) => {
      demand(krefSane, s.zdd.kref > 0, 'drm_pagemap_zdd_put() at 0')
      s.zdd.kref--
      t.last = s.zdd.kref === 0
    }),
    when(
      t => t.last,
      [
        step('devmem->ops->devmem_release(devmem)', (s, t) => {
          demand(providerAlive, s.provider.loaded, 'devmem_release() is code of a module that is gone')
          s.bo.fence = false
          putBo(s)
          t.counted = s.zdd.dpagemap
          s.zdd.dpagemap = false
        }),
        when(t => t.counted, [call('drm_pagemap_put(dpagemap)', drm_pagemap_put, {})]),
      ],
    ),
  ],
)

/** xe_bo_put; the pages go back with the last. */
export function putBo(s: State): void {
  if (!expect(krefSane, s.bo.refs > 0, 'xe_bo_put() at 0')) return
  s.bo.refs--
  if (s.bo.refs === 0) s.bo.npages = 0
}

/* dev_pagemap_ops. */

export const drm_pagemap_folio_free = svm.operation(
  'drm_pagemap_folio_free',
  { source, params: { page: Pfn }, locals: { zdd: bool() } },
  ({ step, when, call }) => [
    step('zdd = folio->page.zone_device_data', (s, t) => {
      t.zdd = pageAt(s, t.page).zdd
      free_page(s, t.page)
    }),
    when(t => t.zdd, [call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, {})]),
  ],
)

export const drm_pagemap_migrate_to_ram = svm.operation(
  'drm_pagemap_migrate_to_ram',
  { source, params: { va: Va, page: Pfn } },
  ({ step, call }) => [
    step('ops = zdd->devmem_allocation->ops', (s, t) => {
      if (pageAt(s, t.page).zdd) callProvider(s, 'copy_to_ram()')
    }),
    call('__drm_pagemap_migrate_to_ram(vmf->vma, page, …)', migrate_vma_to_ram, { va: t => t.va, fault: t => t.page }),
  ],
)
