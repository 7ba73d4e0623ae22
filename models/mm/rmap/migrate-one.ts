import { pmd_pfn, pmd_present } from '../../machine/page-table/entry.js'
import { folio_is_device_private, is_softleaf, softleaf_to_pfn } from '../../machine/page-table/index.js'
import { pageTable } from '../../machine/page-table/state.js'
import { __split_huge_pmd } from '../huge_memory_pmd/split.js'
import { AT_PMD } from '../page_vma_mapped/walk.js'
import {
  clearPte,
  convertPmd,
  end,
  exchangePte,
  spec,
  splitFound,
  start,
  type Version,
  walk,
} from './migrate-one-parts.js'

/** try_to_migrate_one by version; the table is with its parts. */

/** One VMA's mappings of the folio become migration entries; false ends the walk over the VMAs. */
function tryToMigrateOne(version: Version) {
  return pageTable.operation('try_to_migrate_one', spec, words => {
    const { call, when } = words
    const first = when(
      t => t.split,
      [
        call('split_huge_pmd_address(vma, address, true, folio)', __split_huge_pmd, {
          va: t => t.va,
          freeze: true,
          folio: t => t.folio,
        }),
      ],
    )
    return [
      ...(version.splitsFirst ? [first] : []),
      start(words),
      ...walk(words),
      when(
        t => t.at === AT_PMD,
        version.splitsFirst
          ? convertPmd(words, version)
          : [when(t => t.split, splitFound(words, version.afterSplit), convertPmd(words, version))],
      ),
      clearPte(words, version),
      ...exchangePte(words),
      ...end(words),
    ]
  })
}

const pmdByEntry: Version['pmdPage'] = (s, t) => {
  const { pmd } = s.vmas[t.va]
  return pmd_present(pmd) ? pmd_pfn(pmd) : softleaf_to_pfn(pmd)
}

const pmdByFolio: Version['pmdPage'] = (s, t) => {
  const { pmd } = s.vmas[t.va]
  return folio_is_device_private(t.folio) ? softleaf_to_pfn(pmd) : pmd_pfn(pmd)
}

/** v7.1: after the split the walk starts again in the same VMA. */
export const try_to_migrate_one = tryToMigrateOne({
  splitsFirst: false,
  afterSplit: 'restart',
  pmdPage: pmdByEntry,
  takenForPresent: e => !is_softleaf(e),
})

/** v6.19: a split ends the walk, with what the other VMAs map left as it is. */
export const try_to_migrate_one_v6_19 = tryToMigrateOne({
  splitsFirst: false,
  afterSplit: 'stop',
  pmdPage: pmdByEntry,
  takenForPresent: e => !is_softleaf(e),
})

/** v1: the type of the folio says how the PMD is to be read. */
export const try_to_migrate_one_v1 = tryToMigrateOne({
  splitsFirst: false,
  afterSplit: 'stop',
  pmdPage: pmdByFolio,
  takenForPresent: e => !is_softleaf(e),
})

/** RFC, on v6.14. */
export const try_to_migrate_one_RFC = tryToMigrateOne({
  splitsFirst: true,
  afterSplit: 'stop',
  pmdPage: pmdByFolio,
  takenForPresent: e => e.kind !== 'device',
})

/** v6.14: a PTE that is not device-private is present. */
export const try_to_migrate_one_v6_14 = tryToMigrateOne({
  splitsFirst: true,
  afterSplit: 'stop',
  pmdPage: (s, t) => pmd_pfn(s.vmas[t.va].pmd),
  takenForPresent: e => e.kind !== 'device',
})

/** v6.14 with the rmap part of the device-exclusive series of February 2025. */
export const try_to_migrate_one_exclusive = tryToMigrateOne({
  splitsFirst: true,
  afterSplit: 'stop',
  pmdPage: (s, t) => pmd_pfn(s.vmas[t.va].pmd),
  takenForPresent: e => !is_softleaf(e),
})
