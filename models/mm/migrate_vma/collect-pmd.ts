import { NONE } from 'foliocheck'
import { N } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import {
  clearPte,
  exchangePte,
  findFaultFolio,
  finish,
  getAndLock,
  lockTable,
  readPte,
  spec,
  splitLarge,
  type Version,
} from './collect-pmd-parts.js'
import { storeSlot } from './src.js'

/** migrate_vma_collect_pmd by version; the table is with its parts. */

function collectPmd(version: Version) {
  return pageTable.operation('migrate_vma_collect_pmd', spec, words => {
    const { step, label, loop, when, local } = words
    return [
      findFaultFolio(words),
      label('again'),
      ...lockTable(words),
      loop(
        t => t.i < N,
        [
          step('pte = ptep_get(ptep)', readPte),
          ...splitLarge(words, version),
          when(
            t => t.page !== NONE,
            [
              ...getAndLock(words),
              when(
                t => t.got,
                [...clearPte(words, version), ...exchangePte(words)],
                [
                  local(t => {
                    t.page = NONE
                  }),
                ],
              ),
            ],
          ),
          label('next'),
          step('migrate->src[migrate->npages++] = mpfn', (_s, t) => {
            storeSlot(t, t.page, t.i)
          }),
          local(t => {
            t.i++
          }),
        ],
      ),
      ...finish(words, version),
    ]
  })
}

const newest: Version = { large: 'resume', pins: true, flushesLocked: true, keepsDirty: true }

/** July 2026: a large folio is pinned before the lock of the table is dropped. */
export const migrate_vma_collect_pmd = collectPmd(newest)

/** v6.19: pinned after that. */
export const migrate_vma_collect_pmd_v6_19 = collectPmd({ ...newest, pins: false })

/** v6 and v7 of the series for v6.19: after a split the walk begins again at the start of the range. */
export const migrate_vma_collect_pmd_series = collectPmd({ ...newest, pins: false, large: 'restart' })

/** v6.0 to v6.18: PTEs of large folios are left out. */
export const migrate_vma_collect_pmd_v6_14 = collectPmd({ ...newest, pins: false, large: 'skip' })

/** Until v5.19: flushed too late, and the dirty bit goes with the PTE. */
export const migrate_vma_collect_pmd_v5_19 = collectPmd({
  large: 'skip',
  pins: false,
  flushesLocked: false,
  keepsDirty: false,
})

/** v5.19 with the flush in its place. */
export const migrate_vma_collect_pmd_flushing = collectPmd({
  large: 'skip',
  pins: false,
  flushesLocked: true,
  keepsDirty: false,
})

/** v5.19 with the dirty bit kept. */
export const migrate_vma_collect_pmd_dirtying = collectPmd({
  large: 'skip',
  pins: false,
  flushesLocked: false,
  keepsDirty: true,
})
