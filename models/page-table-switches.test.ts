import { applyPatch, type Kernel, named } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { Trials } from '../test/trial.js'
import project from './page-table.js'

const trials = new Trials(project)
// Some mutants change the very step that this proposal replaces.
const replaced = 'collect-tries-folio-lock-to-split'
const proposals = project.patches.filter(({ name, status }) => status.startsWith('a proposal') && name !== replaced)
const clean: Kernel = proposals.reduce(applyPatch, trials.newest)

/** Each decision that can be turned round, the scenario that shows it, and the property that says so. */
const switches: readonly (readonly [string, string, string])[] = [
  ['mutant-collect-restarts-at-range-start', 'collect-meets-part-of-large-folio', 'no-migration-entry-left'],
  ['mutant-collect-restarts-at-range-start', 'collect-meets-part-of-large-folio', 'slot-is-that-of-the-address'],
  ['mutant-collect-flushes-after-unlock', 'collect-races-dontneed', 'stale-translation-has-flush-pending'],
  ['mutant-collect-flushes-after-unlock', 'collect-races-dontneed', 'read-sees-last-write'],
  ['mutant-collect-forgets-dirty-bit', 'collect-of-referenced-page', 'clean-folio-is-saved'],
  ['mutant-collect-reads-dirty-bit-early', 'collect-of-referenced-page', 'clean-folio-is-saved'],
  ['mutant-split-leaves-head-locked', 'fault-splits-its-folio', 'unlock-by-holder'],
  ['mutant-collect-pins-after-unlock', 'collect-split-races-dontneed', 'refcount-is-sane'],
  ['mutant-collect-splits-unlocked', 'collect-meets-part-of-large-folio', 'unlock-by-holder'],
  ['mutant-collect-waits-for-migration-first', 'collect-meets-migration-pmd', 'unlock-by-holder'],
  ['mutant-insert-huge-keeps-lock', 'populate-races-fault', 'no-lock-left'],
  ['mutant-insert-huge-keeps-table', 'populate-races-fault', 'allocated-table-is-used-or-freed'],
  ['mutant-split-pmd-by-migration-kind', 'partial-dontneed-device-pmd', 'pmd-split-keeps-the-entry'],
  ['mutant-set-pmd-migration-present-accessors', 'write-to-shared-device-pmd', 'exclusive-means-mapped-once'],
  ['mutant-remove-migration-pmd-reuses-entry', 'evict-races-shared-fault', 'exclusive-means-mapped-once'],
  ['mutant-zap-tests-cleared-pmd', 'migrate-races-dontneed', 'asserted-entry-kind-is-right'],
  ['mutant-zap-puts-before-unmapping', 'evict-races-dontneed', 'free-only-unmapped-folio'],
  ['mutant-change-pmd-encodes-first', 'mprotect-device-pmd', 'writable-only-where-vma-allows'],
  ['mutant-change-pmd-drops-uffd', 'mprotect-uffd-device-pmd', 'uffd-protection-is-kept'],
  ['mutant-pvmw-takes-any-device-private-pmd', 'migrate-meets-other-device-pmd', 'migration-entry-means-locked'],
  ['mutant-no-get-before-frozen-split', 'migrate-to-small-pages', 'free-only-unmapped-folio'],
  ['mutant-frozen-split-keeps-reference', 'split-shared-folio', 'split-fails-only-for-a-reason'],
  ['mutant-frozen-split-puts-twice', 'migrate-to-small-pages', 'free-only-unmapped-folio'],
  ['mutant-pmd-fault-without-reference', 'fault-migrates-large-folio', 'fault-owns-its-page'],
  ['mutant-pte-fault-without-reference', 'two-faults-one-device-page', 'fault-owns-its-page'],
  ['mutant-gup-fast-without-barrier', 'migrate-races-pin', 'pinned-page-stays-exclusive'],
]

describe('a decision turned round is noticed', () => {
  test.each(switches)('%s in %s: %s', (name, scenario, property) => {
    expect(trials.run(clean, scenario).violated).not.toContain(property)
    const mutant = applyPatch(clean, named('patch', project.patches, name))
    expect(trials.run(mutant, scenario).violated).toContain(property)
  })

  test('every mutant is in the table', () => {
    const mutants = project.patches.map(patch => patch.name).filter(name => name.startsWith('mutant-'))
    expect([...new Set(switches.map(([name]) => name))].sort()).toEqual(mutants.sort())
  })
})

describe('the branch of migrate_vma_collect_huge_pmd that waits for a migration entry', () => {
  const waits = 'migrate_vma_collect_huge_pmd: softleaf_entry_wait_on_locked(entry, ptl)'
  const v6_19 = named('kernel', project.kernels, 'v6.19')

  test.each([
    'collect-meets-migration-pmd',
    'mbind-device-pmd',
    'migrate-to-small-races-refault',
    'migrate-to-small-pages',
  ])('never runs in %s', name => {
    const { ran } = trials.run(v6_19, name)
    expect(ran).not.toContain(waits)
    expect(ran).toContain('migrate_vma_collect_huge_pmd: ptl = pmd_lock(mm, pmdp)')
  })

  test('runs, and unlocks twice, when its test comes first', () => {
    const mutant = applyPatch(v6_19, named('patch', project.patches, 'mutant-collect-waits-for-migration-first'))
    const { ran, violated } = trials.run(mutant, 'collect-meets-migration-pmd')
    expect(ran).toContain(waits)
    expect(violated).toContain('unlock-by-holder')
  })
})
