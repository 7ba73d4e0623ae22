import { daemon, does, scenario, thread } from 'foliocheck'
import { xe_svm_handle_pagefault } from '../../drivers/svm/drm_gpusvm.js'
import { drm_pagemap_create, drm_pagemap_dev_unhold_work } from '../../drivers/svm/drm_pagemap.js'
import {
  delete_module,
  drm_pagemap_populate_mm,
  xe,
  xe_pagefault_queue_work,
  xe_pci_remove,
  xe_vma_destroy,
  xe_vma_preferred_loc,
} from '../../drivers/svm/xe.js'
import { xe_migrate_clear } from '../../drivers/svm/xe-copy.js'
import { DEVICE, PEER, type State, svm } from '../../machine/svm/index.js'
import { map, xe as setUp } from '../../machine/svm/setup.js'
import { gpu_access } from '../../mm/svm/access.js'

/** drm_pagemap: migration to the device, and who outlives whom. */

const needs = ['drm_pagemap_populate_mm']
const clear = daemon('engine', does(xe_migrate_clear, {}))
const sure = { populateMayFail: false, copyMayFail: false }

export const populateHole = scenario('devmem-populates-hole', svm, {
  about: 'The device fills a hole with a block of its memory that is still being cleared, maps it and writes to it.',
  bind: xe,
  needs,
  initial: [(s: State) => setUp(s)],
  threads: [
    thread(
      'gpu',
      does(drm_pagemap_populate_mm, { npages: 1, ...sure }),
      does(xe_svm_handle_pagefault, { first: 0, last: 0, write: true }),
      does(gpu_access, { va: 0, write: false, value: 0 }),
      does(gpu_access, { va: 0, write: true, value: 2 }),
    ),
    clear,
  ],
  exercises: ['memory-kept', 'read-sees-last-write', 'zdd-outlives-folios', 'pagemap-at-rest'],
  tags: ['drv-devmem-not-idle'],
})

export const peerCopies = scenario('devmem-filled-by-peer', svm, {
  about: 'Another device copies its page into a block that is still being cleared.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, PEER)
    },
  ],
  threads: [thread('gpu', does(drm_pagemap_populate_mm, { npages: 1, ...sure })), clear],
  exercises: ['memory-kept', 'nothing-left-over'],
  tags: ['drv-devmem-not-idle'],
})

export const populateFails = scenario('devmem-populate-fails', svm, {
  about: 'A migration of two pages to the device, whose pfns the driver cannot all give.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, 0)
      map(s, 1, 1)
    },
  ],
  threads: [
    thread('gpu', does(drm_pagemap_populate_mm, { npages: 2, populateMayFail: true, copyMayFail: false })),
    clear,
  ],
  exercises: ['dst-holds-migrate-pfns', 'unlock-by-holder', 'nothing-left-over', 'pagemap-at-rest'],
  tags: ['drv-pagemap-error-path-unlock'],
})

export const copyFails = scenario('devmem-copy-fails', svm, {
  about: 'A migration of two pages of RAM to the device, whose one copy fails.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, 0)
      map(s, 1, 1)
    },
  ],
  threads: [
    thread('gpu', does(drm_pagemap_populate_mm, { npages: 2, populateMayFail: false, copyMayFail: true })),
    clear,
  ],
  exercises: ['dst-holds-migrate-pfns', 'kref-is-sane', 'nothing-left-over'],
})

const mixed = {
  bind: xe,
  needs,
  threads: [
    thread('gpu', does(drm_pagemap_populate_mm, { npages: 3, populateMayFail: false, copyMayFail: true })),
    clear,
  ],
  exercises: ['dst-holds-migrate-pfns'],
  tags: ['drv-pagemap-error-path-unlock'],
}
const mixedRange = (block: number) => (s: State) => {
  setUp(s, block)
  map(s, 0, 0)
  map(s, 1, PEER)
  map(s, 2, 1)
}

export const mixedCopyFails = scenario('devmem-mixed-copy-fails', svm, {
  ...mixed,
  about: 'A migration of RAM, another device’s memory and RAM again, whose copies may fail one by one.',
  initial: [mixedRange(DEVICE)],
})

export const mixedCopyFailsOdd = scenario('devmem-mixed-copy-fails-odd-pfn', svm, {
  ...mixed,
  about: 'The same, the last page’s pfn being one that looks like a migrate pfn.',
  initial: [mixedRange(DEVICE + 1)],
})

export const foreignRacesUnbind = scenario('foreign-vma-races-unbind', svm, {
  about: 'A VMA of another device prefers this one’s memory and asks for it while the driver is unbound and unloaded.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, 0)
    },
  ],
  setup: [does(drm_pagemap_create, {}), does(xe_vma_preferred_loc, {})],
  operations: [drm_pagemap_dev_unhold_work],
  threads: [
    thread('foreign', does(drm_pagemap_populate_mm, { npages: 1, ...sure }), does(xe_vma_destroy, {})),
    thread('rmmod', does(xe_pci_remove, {}), does(delete_module, {})),
    daemon('kworker', does(drm_pagemap_dev_unhold_work, {})),
    clear,
  ],
  exercises: ['provider-is-alive', 'kref-is-sane', 'pagemap-at-rest', 'no-deadlock'],
  tags: ['drv-pagemap-provider-lifetime'],
})

/** The middle page is another device’s and mapped twice; the first is in a per-CPU batch, and must be drained. */
const twice = (huge: boolean) => (s: State) => {
  setUp(s)
  map(s, 0, 0, { batched: true })
  map(s, 1, PEER, { huge })
  map(s, 2, PEER, { huge })
}
const hang = {
  bind: xe,
  needs,
  threads: [
    thread('migrate', does(drm_pagemap_populate_mm, { npages: 2, ...sure })),
    thread('gpu fault', does(xe_pagefault_queue_work, { first: 2, last: 2, write: false })),
    clear,
  ],
  exercises: ['no-deadlock', 'nothing-left-over'],
}

export const faultMeetsLockedPage = scenario('gpu-fault-meets-locked-device-page', svm, {
  ...hang,
  about: 'A device faults on another device’s page while a migration has it locked and drains every CPU’s batches.',
  initial: [twice(false)],
  tags: ['drv-device-to-device-folio-lock-hang', 'dp-trylock-spin-starvation'],
})

export const faultMeetsLockedFolio = scenario('gpu-fault-meets-locked-large-folio', svm, {
  ...hang,
  about: 'The same with a large folio, which PMDs map.',
  initial: [twice(true)],
  tags: ['drv-device-to-device-folio-lock-hang', 'dp-trylock-spin-starvation'],
})
