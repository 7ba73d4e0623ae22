import { applyPatch, insertAfter, insertBefore, nth, type Operation, on, patch, remove, replace } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { Trials } from '../test/trial.js'
import {
  svm_migrate_page_free,
  svm_migrate_to_ram,
  svm_range_restore_pages,
  svm_range_validate_and_map,
} from './drivers/svm/amdkfd.js'
import { drm_pagemap_migrate_to_devmem } from './drivers/svm/devmem.js'
import {
  drm_gpusvm_get_pages,
  drm_gpusvm_notifier_invalidate,
  xe_svm_handle_pagefault,
} from './drivers/svm/drm_gpusvm.js'
import { nouveau_dmem_migrate_to_ram, nouveau_svm_range_invalidate } from './drivers/svm/nouveau.js'
import { xe_vma_preferred_loc } from './drivers/svm/xe.js'
import { drm_pagemap_migrate_range } from './drivers/svm/xe-copy.js'
import { can_lock, folio_trylock, mutex_unlock, take_mutex } from './machine/svm/index.js'
import { svm } from './machine/svm/state.js'
import { do_swap_page } from './mm/svm/fault.js'
import { memunmap_pages } from './mm/svm/memunmap.js'
import { migrate_vma_finalize, migrate_vma_setup, try_to_migrate } from './mm/svm/migrate.js'
import { mmu_interval_read_begin, mmu_notifier_invalidate_range_end } from './mm/svm/notifier.js'
import { madvise_dontneed } from './mm/svm/zap.js'
import project from './svm.js'

const trials = new Trials(project)
const { newest } = trials
const info = { subject: 'a mutant', date: '2026-11-20', status: 'a mutant' }

interface Mutant {
  readonly why: string
  readonly operation: Operation
  readonly hunks: readonly Parameters<typeof on>[1][]
  readonly scenario: string
  readonly properties: readonly string[]
}

const pages = svm.words(drm_gpusvm_get_pages)
const bind = svm.words(xe_svm_handle_pagefault)
const swap = svm.words(do_swap_page)
const end = svm.words(mmu_notifier_invalidate_range_end)
const devmem = svm.words(drm_pagemap_migrate_to_devmem)

const free = svm.words(svm_migrate_page_free)
const lockRange = free.waitUntil(
  'svm_range_lock(prange), early',
  s => can_lock(s, 'notifierLock'),
  s => {
    take_mutex(s, 'notifierLock')
  },
)

const noRetry = replace(
  'mmu_interval_read_retry(notifier, hmm_range.notifier_seq)',
  pages.step('no mmu_interval_read_retry()', (_s, t) => {
    t.ok = true
  }),
)

const mutants: readonly Mutant[] = [
  {
    why: 'what hmm_range_fault has read is used without asking for the sequence',
    operation: drm_gpusvm_get_pages,
    hunks: [noRetry],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['device-entry-is-never-stale', 'device-reaches-pages-in-use'],
  },
  {
    why: 'the same, seen when the page has moved to RAM',
    operation: drm_gpusvm_get_pages,
    hunks: [noRetry],
    scenario: 'gpu-fault-races-cpu-fault',
    properties: ['device-entry-is-never-stale'],
  },
  {
    why: 'the same, seen by mprotect',
    operation: drm_gpusvm_get_pages,
    hunks: [noRetry],
    scenario: 'gpu-fault-races-mprotect',
    properties: ['device-entry-is-never-stale'],
  },
  {
    why: 'a range is bound though its pages were invalidated after they were looked up',
    operation: xe_svm_handle_pagefault,
    hunks: [
      replace(
        'drm_gpusvm_range_pages_valid(&vm->svm.gpusvm, range)',
        bind.step('not asked', (_s, t) => {
          t.ok = true
        }),
      ),
    ],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['device-entry-is-never-stale'],
  },
  {
    why: 'the callback does not set the sequence',
    operation: drm_gpusvm_notifier_invalidate,
    hunks: [remove('mmu_interval_set_seq(mni, cur_seq)')],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['device-entry-is-never-stale'],
  },
  {
    why: 'MADV_DONTNEED does not tell the device',
    operation: madvise_dontneed,
    hunks: [remove('mmu_notifier_invalidate_range_start(&range)'), remove('mmu_notifier_invalidate_range_end(&range)')],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['entry-weakened-inside-notifier', 'device-entry-is-never-stale', 'memory-kept'],
  },
  {
    why: 'migration does not tell the device',
    operation: migrate_vma_setup,
    hunks: [remove('mmu_notifier_invalidate_range_start(&range)'), remove('mmu_notifier_invalidate_range_end(&range)')],
    scenario: 'gpu-fault-races-cpu-fault',
    properties: ['entry-weakened-inside-notifier'],
  },
  {
    why: 'amdkfd takes its locks whoever faults',
    operation: svm_migrate_to_ram,
    hunks: [remove('READ_ONCE(p->svms.faulting_task) == current')],
    scenario: 'kfd-maps-mixed-range',
    properties: ['no-lock-recursion'],
  },
  {
    why: 'the callback keeps the notifier lock',
    operation: drm_gpusvm_notifier_invalidate,
    hunks: [remove('up_write(&gpusvm->notifier_lock)')],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['no-deadlock'],
  },
  {
    why: 'the fault takes no reference to the page that it puts',
    operation: do_swap_page,
    hunks: [
      replace(
        'trylock_page(vmf->page); get_page(vmf->page)',
        swap.step('trylock_page(vmf->page)', (s, t) => {
          t.found = folio_trylock(s, t.page) ? 'mine' : 'busy'
        }),
      ),
    ],
    scenario: 'kfd-migration-races-cpu-fault',
    properties: ['refcount-is-sane'],
  },
  {
    why: 'teardown does not wait for pages in use',
    operation: memunmap_pages,
    hunks: [remove('wait_for_completion(&pgmap->done)')],
    scenario: 'nouveau-unbind-races-cpu-fault',
    properties: ['device-memory-present'],
  },
  {
    why: 'a migration leaves its source locked',
    operation: migrate_vma_finalize,
    hunks: [remove('folio_unlock(src)')],
    scenario: 'devmem-copy-fails',
    properties: ['unlock-by-holder', 'nothing-left-over'],
  },
  {
    why: 'a migration keeps its reference to the destination',
    operation: migrate_vma_finalize,
    hunks: [remove('folio_put(dst)')],
    scenario: 'devmem-copy-fails',
    properties: ['nothing-left-over'],
  },
  {
    why: 'the destination stays a bare pfn',
    operation: drm_pagemap_migrate_to_devmem,
    hunks: [
      replace(
        'migrate.dst[i] = migrate_pfn(migrate.dst[i])',
        devmem.step('no migrate_pfn()', (s, t) => {
          t.dst = s.dst[t.i].pfn
        }),
      ),
    ],
    scenario: 'devmem-copy-fails',
    properties: ['dst-holds-migrate-pfns'],
  },
  {
    why: 'a page names the zdd and does not count',
    operation: drm_pagemap_migrate_to_devmem,
    hunks: [
      replace(
        'page->zone_device_data = drm_pagemap_zdd_get(zdd)',
        devmem.step('page->zone_device_data = zdd', (s, t) => {
          s.pages[t.dst].zdd = true
        }),
      ),
    ],
    scenario: 'devmem-copy-fails',
    properties: ['zdd-outlives-folios', 'kref-is-sane'],
  },
  {
    why: 'the creator keeps the zdd',
    operation: drm_pagemap_migrate_to_devmem,
    hunks: [remove('drm_pagemap_zdd_put(zdd)')],
    scenario: 'devmem-copy-fails',
    properties: ['pagemap-at-rest'],
  },
  {
    why: 'nobody waits until the block is clear',
    operation: drm_pagemap_migrate_range,
    hunks: [remove('dma_fence_wait(pre_migrate_fence, true)')],
    scenario: 'devmem-populates-hole',
    properties: ['memory-kept', 'read-sees-last-write'],
  },
  {
    why: 'the same, with another device that copies',
    operation: drm_pagemap_migrate_range,
    hunks: [remove('dma_fence_wait(pre_migrate_fence, true)')],
    scenario: 'devmem-filled-by-peer',
    properties: ['memory-kept'],
  },
  {
    why: 'the first of two ranges that ends lets readers go on',
    operation: mmu_notifier_invalidate_range_end,
    hunks: [
      replace(
        'mn_itree_inv_end(subscriptions)',
        end.step('seq++, whoever is active', s => {
          s.notifier.active--
          if (s.notifier.seq % 2 === 1) s.notifier.seq++
        }),
      ),
    ],
    scenario: 'gpu-fault-races-two-ranges',
    properties: ['device-entry-is-never-stale'],
  },
  {
    why: 'the reader does not wait for a range that is open',
    operation: mmu_interval_read_begin,
    hunks: [remove('wait_event(subscriptions->wq, READ_ONCE(subscriptions->invalidate_seq) != seq)')],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['device-entry-is-never-stale'],
  },
  {
    why: 'nouveau’s interval notifier ignores own migrations as its other one does',
    operation: nouveau_svm_range_invalidate,
    hunks: [
      nth(1, remove('mutex_lock(&svmm->mutex)')),
      remove('mmu_interval_set_seq(mni, cur_seq)'),
      nth(1, remove('mutex_unlock(&svmm->mutex)')),
    ],
    scenario: 'nouveau-gpu-fault-races-cpu-fault',
    properties: ['device-entry-is-never-stale', 'device-reaches-pages-in-use', 'memory-kept'],
  },
  {
    why: 'nouveau leaves its entry to nobody',
    operation: nouveau_dmem_migrate_to_ram,
    hunks: [remove('nouveau_svmm_invalidate(svmm, args.start, args.end)')],
    scenario: 'nouveau-gpu-fault-races-cpu-fault',
    properties: ['device-entry-is-never-stale', 'memory-kept'],
  },
  {
    why: 'an eviction does not tell the device',
    operation: try_to_migrate,
    hunks: [remove('mmu_notifier_invalidate_range_start(&range)'), remove('mmu_notifier_invalidate_range_end(&range)')],
    scenario: 'gpu-fault-races-eviction',
    properties: ['entry-weakened-inside-notifier', 'device-entry-is-never-stale'],
  },
  {
    why: 'nothing is copied',
    operation: drm_pagemap_migrate_range,
    hunks: [remove('xe_svm_copy(pages, pagemap_addr, npages, dir)')],
    scenario: 'devmem-filled-by-peer',
    properties: ['memory-kept'],
  },
  {
    why: 'a VMA keeps the address of a drm_pagemap, and no reference',
    operation: xe_vma_preferred_loc,
    hunks: [remove('drm_pagemap_get(dpagemap)')],
    scenario: 'foreign-vma-races-unbind',
    properties: ['provider-is-alive'],
  },
  {
    why: 'amdkfd waits for a callback to end under the lock that the callback takes',
    operation: svm_range_validate_and_map,
    hunks: [insertBefore('mmu_interval_read_begin(notifier)', lockRange), remove('svm_range_lock(prange)')],
    scenario: 'kfd-last-page-is-zapped',
    properties: ['lock-order'],
  },
  {
    why: 'the device’s pages are looked up again whatever the sequence says',
    operation: drm_gpusvm_get_pages,
    hunks: [
      replace(
        'mmu_interval_read_retry(notifier, hmm_range.notifier_seq)',
        pages.step('retry in any case', (_s, t) => {
          t.ok = false
        }),
      ),
    ],
    scenario: 'gpu-fault-races-dontneed',
    properties: ['no-livelock'],
  },
  {
    why: 'a fault of the device forgets svms.lock',
    operation: svm_range_restore_pages,
    hunks: [remove('mutex_unlock(&svms->lock)')],
    scenario: 'kfd-last-page-is-zapped',
    properties: ['no-lock-at-exit'],
  },
  {
    why: 'amdkfd takes a mutex where it frees a page',
    operation: svm_migrate_page_free,
    hunks: [
      insertBefore('svm_range_bo_unref_async(svm_bo)', lockRange),
      insertAfter(
        'svm_range_bo_unref_async(svm_bo)',
        free.step('svm_range_unlock(prange)', s => {
          mutex_unlock(s, 'notifierLock')
        }),
      ),
    ],
    scenario: 'kfd-last-page-is-zapped',
    properties: ['no-sleep-under-spinlock'],
  },
]

describe('a mutant of the newest kernel is caught by the properties that are about it', () => {
  test.each(mutants)('$why ($properties)', ({ operation, hunks, scenario, properties }) => {
    expect(trials.run(newest, scenario).violated).toEqual([])
    const mutant = applyPatch(newest, patch('mutant', info, on(operation, ...hunks)))
    const found = trials.run(mutant, scenario).violated
    expect(properties.filter(property => !found.includes(property))).toEqual([])
  })

  test('and every property has one', () => {
    const caught = mutants.flatMap(({ properties }) => properties)
    expect(project.properties.map(property => property.name).filter(name => !caught.includes(name))).toEqual([])
  })
})
