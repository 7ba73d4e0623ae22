import {
  applyPatch,
  checksOf,
  compile,
  createTreeStore,
  type Exploration,
  explore,
  insertBefore,
  type Kernel,
  named,
  on,
  PackedSystem,
  type Patch,
  patch,
  remove,
  type Scenario,
} from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { readIndex, Trials, type Variant } from '../test/trial.js'
import project from './index.js'
import { clear_compound_head } from './machine/index.js'
import { zoneDevice } from './machine/state.js'
import { __folio_freeze_and_split_unmapped, __split_folio_to_order } from './mm/huge_memory.js'
import { memunmap_pages } from './mm/memremap/teardown.js'

const index = readIndex('index')
const trials = new Trials(project)
const { newest } = trials
const kernelOf = (variant: Variant) => trials.kernelOf(variant)

function scenarioOf(name: string): Scenario {
  return named('scenario', project.scenarios, name)
}

function applies(kernel: Kernel, scenario: Scenario): boolean {
  return scenario.needs.every(name => kernel.operations.has(name))
}

function run(kernel: Kernel, scenario: Scenario, states = 1_000_000): Exploration {
  const program = compile(kernel, scenario)
  const system = new PackedSystem(program)
  const store = createTreeStore(system.words, {})
  return explore(system, checksOf(project.properties, system.shared, program), store, { limits: { states } })
}

/** Names of what is violated, sorted. */
function violated(result: Exploration): string[] {
  const situations = new Set(project.properties.filter(({ kind }) => kind === 'reachable').map(({ name }) => name))
  return [...result.found.keys()].filter(name => !situations.has(name)).sort()
}

/** Steps of the shortest violation, without those of the setup, which is thread 0 of every scenario here. */
function stepsTo(result: Exploration, property: string): number | undefined {
  return result.found.get(property)?.run.ordinals.filter(ordinal => ordinal >= 256).length
}

/** Steps of the shortest violation before the fix. */
const STEPS: Readonly<Record<string, number>> = {
  'zd-pgmap-read-after-folio-free': 34,
  'zd-mapping-store-after-page-free': 24,
  'zd-set-count-after-page-free': 20,
  'zd-stale-order-is-pg-locked': 9,
  'zd-stale-head-on-realloc': 29,
  'zd-order1-init-imbalance': 32,
  'zd-memunmap-before-pages-freed': 6,
  'zd-split-pgmap-ref-drift': 49,
  'zd-split-page-on-freed-folio': 6,
  'zd-reinit-subset-race': 18,
  'zd-alloc-after-kill-undetected': 9,
  'dp-split-unmapped-extra-pin': 13,
  'drv-nouveau-split-uncounted': 107,
  'zd-pgmap-read-races-init': 19,
  'zd-reinit-subset-data-race': 10,
}

describe('every bug is found before its fix and proved gone after it', () => {
  test.each(index.bugs)('$id', ({ id, scenario, property, before, after }) => {
    const was = run(kernelOf(before), scenarioOf(scenario))
    expect(stepsTo(was, property)).toBe(STEPS[id])
    const is = run(kernelOf(after), scenarioOf(scenario))
    expect(violated(is)).not.toContain(property)
    expect({ stopped: is.stopped, lost: is.lost, tested: is.tested.has(property) }).toEqual({
      stopped: undefined,
      lost: 0,
      tested: true,
    })
  })

  test('with one number of steps per bug', () => {
    expect(Object.keys(STEPS).sort()).toEqual(index.bugs.map(bug => bug.id).sort())
  })
})

describe('every scenario runs on every kernel that it applies to, the newest to its end', () => {
  const all = project.kernels.flatMap(kernel =>
    project.scenarios.filter(scenario => applies(kernel, scenario)).map(scenario => ({ kernel, scenario })),
  )
  test.each(all)('$scenario.name on $kernel.name', ({ kernel, scenario }) => {
    const result = run(kernel, scenario, kernel === newest ? undefined : 20_000)
    expect(scenario.exercises.filter(name => !result.tested.has(name) && !result.found.has(name))).toEqual([])
    if (kernel !== newest) return
    expect(result.stopped).toBeUndefined()
    const known = index.known.filter(known => known.scenario === scenario.name).map(known => known.property)
    expect(violated(result)).toEqual(known.sort())
  })
})

describe('history is retold', () => {
  const on619 = (scenario: string, ...patches: string[]) =>
    violated(run(kernelOf({ kernel: 'v6.19', patches }), scenarioOf(scenario)))
  const late = ['no-access-after-handover']
  const wild = ['no-access-after-handover', 'no-data-race', 'pgmap-word-holds-pgmap']

  test('to prepare on free cures the stale compound page, not the read after the callback', () => {
    expect(on619('realloc-smaller')).toContain('standalone-layout')
    expect(on619('realloc-smaller', 'free-zone-device-folio-prepare')).toEqual(late)
    expect(on619('free-races-reuse', 'free-zone-device-folio-prepare')).toEqual(wild)
  })

  test('to re-initialise on allocation likewise', () => {
    expect(on619('realloc-smaller', 'reinit-large-zone-device-folios')).toEqual(late)
    expect(on619('free-races-reuse', 'reinit-large-zone-device-folios')).toEqual(wild)
  })

  test('the patch of April 2026 cures that read', () => {
    const both = ['reinit-large-zone-device-folios', 'do-not-touch-device-folio-after-folio-free']
    expect(on619('realloc-smaller', ...both)).toEqual([])
    expect(on619('free-races-reuse', ...both)).toEqual([])
  })

  test('to split a free page is seen to be no folio’s business', () => {
    expect(on619('realloc-smaller', 'migrate-device-split-page')).toContain('split-only-frozen')
  })

  test('the isolated split must not be taken for done', () => {
    const posted = ['migrate-vma-split-pages']
    for (const pins of ['split-races-evict', 'split-races-walker']) {
      expect(on619(pins, ...posted)).toEqual(expect.arrayContaining(['unlock-by-owner', 'no-refcount-underflow']))
      expect(on619(pins, ...posted, 'split-result-is-checked')).toEqual(late)
    }
    for (const quiet of ['split-then-free', 'split-races-fault', 'split-races-munmap']) {
      expect(on619(quiet, ...posted)).toEqual(late)
    }
  })

  test('the review of v6 sketched the order that nobody can see half a folio in', () => {
    const { name } = newest
    const sizes = (...patches: string[]) =>
      violated(run(kernelOf({ kernel: name, patches }), scenarioOf('walker-races-init')))
    expect(sizes()).toEqual(['folio-size-is-right'])
    expect(sizes('prep-before-page-count')).toEqual([])
  })
})

describe('mutants of the catalogue are caught', () => {
  const { step } = zoneDevice.words(memunmap_pages)
  const split = zoneDevice.words(__split_folio_to_order)
  const info = { subject: 'a mutant', date: '2026-07-31', status: 'a mutant' }
  const mutants: { why: string; change: Patch; scenario: string; property: string }[] = [
    {
      why: 'pieces are unfrozen before the split callback restores their pgmap',
      change: patch(
        'unfreeze-before-callback',
        info,
        on(__folio_freeze_and_split_unmapped, remove('zone_device_private_split_cb(folio, new_folio)')),
      ),
      scenario: 'split-races-walker',
      property: 'referenced-page-has-pgmap',
    },
    {
      why: 'the split clears the head pointer before it copies the flags',
      change: patch(
        'head-before-flags',
        info,
        on(
          __split_folio_to_order,
          remove('clear_compound_head(new_head)'),
          insertBefore(
            'new_folio->flags &= ~PAGE_FLAGS_CHECK_AT_PREP',
            split.step('clear_compound_head(new_head), early', (s, t) => {
              clear_compound_head(s, t.folio + t.i)
            }),
          ),
        ),
      ),
      scenario: 'split-races-fault',
      property: 'migration-entry-means-locked',
    },
    {
      why: 'the reference storage is freed before the array entry is erased',
      change: patch(
        'exit-before-erase',
        info,
        on(
          memunmap_pages,
          remove('percpu_ref_exit(&pgmap->ref)'),
          insertBefore(
            'xa_store_range(&pgmap_array, NULL)',
            step('percpu_ref_exit(&pgmap->ref), early', s => {
              s.pgmap.exited = true
            }),
          ),
        ),
      ),
      scenario: 'unbind-races-walker',
      property: 'pgmap-ref-storage-present',
    },
    {
      why: 'teardown does not wait for readers of the array',
      change: patch('no-rcu-wait', info, on(memunmap_pages, remove('synchronize_rcu()'))),
      scenario: 'unbind-races-walker',
      property: 'pgmap-ref-storage-present',
    },
    {
      why: 'teardown does not wait for pages in use',
      change: patch('no-wait', info, on(memunmap_pages, remove('wait_for_completion(&pgmap->done)'))),
      scenario: 'unbind-while-mapped',
      property: 'struct-pages-present',
    },
  ]
  test.each(mutants)('$why', ({ change, scenario, property }) => {
    expect(violated(run(applyPatch(newest, change), scenarioOf(scenario)))).toContain(property)
  })
})
