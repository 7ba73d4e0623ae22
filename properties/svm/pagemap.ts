import { assertion, invariant } from 'foliocheck'
import { type State, svm } from '../../models/machine/svm/state.js'

/** The chain page → zdd → drm_pagemap → drm_device → module. */

/** I3, I-DRV-2. */
export const providerAlive = assertion(
  'provider-is-alive',
  'a drm_pagemap, its drm_device and the code of its module are used only while they exist',
)

/** I-DRV-1. */
export const krefSane = assertion('kref-is-sane', 'a zdd, BO, drm_pagemap or drm_device is put only by who holds it')

function folios(s: State): number {
  let count = 0
  for (const page of s.pages) if (page.used && page.zdd) count++
  return count
}

/** I-DRV-1. */
export const zddOutlivesFolios = invariant(svm, 'zdd-outlives-folios', {
  claim: 'a zdd has a reference for each folio that names it, and its BO lives as long as it does',
  premise: s => folios(s) > 0,
  clauses: {
    'kref >= folios': s => s.zdd.kref >= folios(s),
    'zdd => BO': s => folios(s) === 0 || s.bo.refs > 0,
  },
})

/** I12. */
export const pagemapAtRest = invariant(svm, 'pagemap-at-rest', {
  claim: 'when nothing runs, zdd, BO and provider are held by what is there to hold them, and by nothing else',
  when: 'quiescent',
  premise: s => s.provider.loaded || s.provider.unplugged,
  clauses: {
    'kref(zdd) = folios': s => s.zdd.kref === folios(s),
    'refs(bo) = 1 while there are folios': s => s.bo.refs === (folios(s) > 0 ? 1 : 0),
    'nobody is inside drm_dev_enter': s => s.provider.entered === 0,
    'unplugged => the drm_device is gone': s => !s.provider.unplugged || !s.provider.there,
  },
})
