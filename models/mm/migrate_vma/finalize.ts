import { bool, int } from 'foliocheck'
import { folio_is_device_private, folio_unlock } from '../../machine/page-table/index.js'
import { Pfn } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { remove_migration_ptes } from '../migrate_entries/remove.js'
import { unmapAndCopy } from '../migrate_folio/migrate.js'
import { folio_add_lru } from './lru.js'

/**
 * | kernel function           | steps                                       | abstracted, and why that is sound                |
 * |---------------------------|---------------------------------------------|--------------------------------------------------|
 * | migrate_vma_page          | unmap, destination, mapping, copy; finalize | The phases of one src[] slot, which the kernel   |
 * |                           |                                             | and the driver go through for the whole range    |
 * |                           |                                             | at a time: slots share no folio, and nobody can  |
 * |                           |                                             | see how far another slot has come.               |
 * | __migrate_device_finalize | LRU; entries; unlock and put source; unlock | –                                                |
 * |                           | and put destination                         |                                                  |
 */

const finalize = {
  source: 'mm/migrate_device.c',
  params: { src: Pfn, dst: Pfn, migrated: bool(), faultFolio: bool() },
  locals: { to: Pfn },
}
type FinalizeWords = Words<typeof finalize.params, typeof finalize.locals>

function unlockSource({ when, step }: FinalizeWords) {
  return when(
    t => !t.faultFolio,
    [
      step('folio_unlock(src)', (s, t) => {
        folio_unlock(s, t.src)
      }),
    ],
  )
}

/** A destination that is not used is let go first; after that it is the source. */
function chooseTarget({ when, step, call, local }: FinalizeWords) {
  return [
    when(
      t => t.dst >= 0 && !t.migrated,
      [
        step('folio_unlock(dst), unused', (s, t) => {
          folio_unlock(s, t.dst)
        }),
        call('folio_put(dst), unused', folio_put, { folio: t => t.dst }),
      ],
    ),
    local(t => {
      t.to = t.migrated ? t.dst : t.src
    }),
  ]
}

function removeEntries({ call }: FinalizeWords) {
  return call('remove_migration_ptes(src, dst, 0)', remove_migration_ptes, {
    src: t => t.src,
    dst: t => t.to,
    rmapLocked: false,
  })
}

function addToLru({ when, call }: FinalizeWords, name: string, folio: (t: { src: number; to: number }) => number) {
  return when(t => !folio_is_device_private(folio(t)), [call(`folio_add_lru(${name})`, folio_add_lru, { folio })])
}

/** v6.14: only what survives goes to the LRU, before it can be reached. */
export const __migrate_device_finalize = pageTable.operation('__migrate_device_finalize', finalize, words => {
  const { step, when, call } = words
  return [
    ...chooseTarget(words),
    addToLru(words, 'dst', t => t.to),
    removeEntries(words),
    unlockSource(words),
    call('folio_put(src)', folio_put, { folio: t => t.src }),
    when(
      t => t.migrated,
      [
        step('folio_unlock(dst)', (s, t) => {
          folio_unlock(s, t.dst)
        }),
        call('folio_put(dst)', folio_put, { folio: t => t.dst }),
      ],
    ),
  ]
})

/** Until v6.13: both folios are put back to the LRU, the one that nobody needs any more among them. */
export const __migrate_device_finalize_v6_0 = pageTable.operation('__migrate_device_finalize', finalize, words => {
  const { step, when, call } = words
  return [
    ...chooseTarget(words),
    removeEntries(words),
    unlockSource(words),
    addToLru(words, 'src', t => t.src),
    call('folio_put(src)', folio_put, { folio: t => t.src }),
    when(
      t => t.migrated,
      [
        step('folio_unlock(dst)', (s, t) => {
          folio_unlock(s, t.dst)
        }),
        addToLru(words, 'dst', t => t.to),
        call('folio_put(dst)', folio_put, { folio: t => t.dst }),
      ],
    ),
  ]
})

/** From a collected small folio, locked and with `own` references of the caller's, to the end of its migration. */
export const migrate_vma_page = pageTable.operation(
  'migrate_vma_page',
  {
    source: 'mm/migrate_device.c',
    params: { folio: Pfn, toDevice: bool(), own: int(0, 2), faultFolio: bool() },
    locals: { dst: Pfn, ok: bool() },
  },
  words => [
    ...unmapAndCopy(words),
    words.call('migrate_vma_finalize(migrate)', __migrate_device_finalize, {
      src: t => t.folio,
      dst: t => t.dst,
      migrated: t => t.ok,
      faultFolio: t => t.faultFolio,
    }),
  ],
)
