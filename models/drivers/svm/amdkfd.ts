import { bool, current, NONE } from 'foliocheck'
import {
  can_lock,
  free_device_page,
  free_page,
  isDeviceFrame,
  mutex_unlock,
  take_mutex,
} from '../../machine/svm/index.js'
import { Pfn, Seq, Src, Va } from '../../machine/svm/sizes.js'
import { svm, type Words } from '../../machine/svm/state.js'
import { hmm_range_fault } from '../../mm/svm/hmm.js'
import { migrate_vma_finalize, migrate_vma_pages, migrate_vma_setup } from '../../mm/svm/migrate.js'
import { mmu_interval_read_begin } from '../../mm/svm/notifier.js'
import { zone_device_page_init } from '../../mm/svm/put.js'
import { program, tearDown } from './device-table.js'
import { migrate_vma_to_ram } from './to_ram.js'

/**
 * drivers/gpu/drm/amd/amdkfd: kfd_svm.c and kfd_migrate.c.
 *
 * | driver function                     | steps                                    | abstracted, and why that is sound       |
 * |-------------------------------------|------------------------------------------|-----------------------------------------|
 * | svm_range_restore_pages             | svms.lock; migrate_mutex; migrate;       | One range.                              |
 * |                                     | validate; unlock                         |                                         |
 * | svm_range_validate_and_map          | begin; fault; prange->lock; retry; map   | BOs reserved, page tables of other GPUs.|
 * | svm_migrate_ram_to_vram             | setup; page; copy; pages; finalize       | One page.                               |
 * | svm_migrate_to_ram                  | faulting_task; svms.lock; migrate_mutex; | The svm_bo: the life-cycle machine's    |
 * |                                     | migrate                                  | BOs are alike.                          |
 * | svm_range_cpu_invalidate_pagetables | prange->lock; seq; unmap                 | Ranges that XNACK leaves mapped.        |
 * | svm_range_bo_release                | prange->lock, when it is the last page   | The range has dropped its own reference |
 * |                                     |                                          | before; the fence of an eviction.       |
 */
const source = 'drivers/gpu/drm/amd/amdkfd/kfd_svm.c'
const migration = 'drivers/gpu/drm/amd/amdkfd/kfd_migrate.c'

type Waits = Pick<Words<Record<never, never>>, 'waitUntil'>['waitUntil']

const lockSvms = (waitUntil: Waits) =>
  waitUntil(
    'mutex_lock(&p->svms.lock)',
    s => can_lock(s, 'svmsLock'),
    s => {
      take_mutex(s, 'svmsLock')
    },
  )
const lockMigration = (waitUntil: Waits) =>
  waitUntil(
    'mutex_lock(&prange->migrate_mutex)',
    s => can_lock(s, 'migrateMutex'),
    s => {
      take_mutex(s, 'migrateMutex')
    },
  )

const validate = {
  source,
  params: { first: Va, last: Va, write: bool() },
  locals: { seq: Seq, ok: bool() },
}

/** `named`: says which thread it is, so that the fault handler knows it. */
const validateAndMap =
  (named: boolean) =>
  ({ step, waitUntil, call, when, label, goto }: Words<typeof validate.params, typeof validate.locals>) => {
    const name = step('WRITE_ONCE(p->svms.faulting_task, current)', s => {
      s.faultingTask = current()
    })
    const forget = step('WRITE_ONCE(p->svms.faulting_task, NULL)', s => {
      s.faultingTask = NONE
    })
    return [
      label('again'),
      call('mmu_interval_read_begin(notifier)', mmu_interval_read_begin, {}, (t, seq) => {
        t.seq = seq
      }),
      ...(named ? [name] : []),
      call(
        'amdgpu_hmm_range_get_pages(&prange->notifier, addr, npages, …)',
        hmm_range_fault,
        { first: t => t.first, last: t => t.last, write: t => t.write, seq: t => t.seq },
        (t, ok) => {
          t.ok = ok
        },
      ),
      ...(named ? [forget] : []),
      when(t => !t.ok, [goto('again')]),
      waitUntil(
        'svm_range_lock(prange)',
        s => can_lock(s, 'notifierLock'),
        s => {
          take_mutex(s, 'notifierLock')
        },
      ),
      step('amdgpu_hmm_range_valid(range)', (s, t) => {
        t.ok = s.notifier.interval === t.seq
      }),
      when(
        t => t.ok,
        [
          step('svm_range_map_to_gpus(prange, …)', (s, t) => {
            program(s, t.first, t.last)
          }),
        ],
      ),
      step('svm_range_unlock(prange)', s => {
        mutex_unlock(s, 'notifierLock')
      }),
      when(t => !t.ok, [goto('again')]),
    ]
  }

/** Since v5.16. */
export const svm_range_validate_and_map = svm.operation('svm_range_validate_and_map', validate, validateAndMap(true))
export const svm_range_validate_and_map_v5_15 = svm.operation(
  'svm_range_validate_and_map',
  validate,
  validateAndMap(false),
)

const toRam = { source: migration, params: { va: Va, page: Pfn }, locals: { mine: bool(), busy: bool() } }

/** `declines`: does nothing for the thread that validates. `tries`: waits for no lock under that of the folio. */
const migrateToRam =
  ({ declines, tries = false }: { readonly declines: boolean; readonly tries?: boolean }) =>
  ({ step, waitUntil, when, ret, call }: Words<typeof toRam.params, typeof toRam.locals>) => [
    ...(declines
      ? [
          step('READ_ONCE(p->svms.faulting_task) == current', (s, t) => {
            t.mine = s.faultingTask === current()
          }),
          when(t => t.mine, [ret()]),
        ]
      : []),
    ...(tries
      ? [
          step('mutex_trylock(&p->svms.lock)', (s, t) => {
            t.busy = s.svmsLock !== NONE
            if (!t.busy) take_mutex(s, 'svmsLock')
          }),
          when(t => t.busy, [ret()]),
          step('mutex_trylock(&prange->migrate_mutex)', (s, t) => {
            t.busy = s.migrateMutex !== NONE
            if (!t.busy) take_mutex(s, 'migrateMutex')
            else mutex_unlock(s, 'svmsLock')
          }),
          when(t => t.busy, [ret()]),
        ]
      : [lockSvms(waitUntil), lockMigration(waitUntil)]),
    call('svm_migrate_vram_to_ram(prange, vmf->vma->vm_mm, …)', migrate_vma_to_ram, {
      va: t => t.va,
      fault: t => t.page,
    }),
    step('mutex_unlock(&prange->migrate_mutex)', s => {
      mutex_unlock(s, 'migrateMutex')
    }),
    step('mutex_unlock(&p->svms.lock)', s => {
      mutex_unlock(s, 'svmsLock')
    }),
  ]

/** Since v5.16. */
export const svm_migrate_to_ram = svm.operation('svm_migrate_to_ram', toRam, migrateToRam({ declines: true }))
/** Takes the locks, whoever faults. */
export const svm_migrate_to_ram_v5_15 = svm.operation('svm_migrate_to_ram', toRam, migrateToRam({ declines: false }))
/** As proposed: a CPU whose fault meets a lock taken faults again. */
export const svm_migrate_to_ram_tries = svm.operation(
  'svm_migrate_to_ram',
  toRam,
  migrateToRam({ declines: true, tries: true }),
)

/** Moves what is at `va` to the device; nothing happens when it is there, or somebody has it locked. */
export const svm_migrate_ram_to_vram = svm.operation(
  'svm_migrate_ram_to_vram',
  { source: migration, params: { va: Va }, locals: { src: Src, dst: Pfn, ok: bool() } },
  ({ step, when, call, ret }) => [
    call(
      'migrate_vma_setup(&migrate)',
      migrate_vma_setup,
      { va: t => t.va, fault: NONE, system: true, device: false },
      (t, src) => {
        t.src = src
      },
    ),
    when(t => t.src === NONE, [ret()]),
    step('svm_migrate_copy_to_vram(): dst = svm_migrate_addr_to_pfn()', (s, t) => {
      t.dst = free_device_page(s)
    }),
    when(
      t => t.dst !== NONE,
      [
        call('svm_migrate_get_vram_page(prange, dst)', zone_device_page_init, { page: t => t.dst }),
        step('svm_migrate_copy_memory_gart(adev, src, dst, …)', (s, t) => {
          s.pages[t.dst].data = t.src < s.pages.length ? s.pages[t.src].data : 0
        }),
        call(
          'migrate_vma_pages(&migrate)',
          migrate_vma_pages,
          { va: t => t.va, src: t => t.src, dst: t => t.dst, fault: NONE },
          (t, ok) => {
            t.ok = ok
          },
        ),
      ],
    ),
    call('migrate_vma_finalize(&migrate)', migrate_vma_finalize, {
      src: t => t.src,
      dst: t => t.dst,
      ok: t => t.ok,
      fault: NONE,
    }),
  ],
)

const restore = { source, params: { first: Va, last: Va, write: bool(), migrate: Va } }

/** A fault of the device: moves the page at `migrate` to the device, unless there is none, and maps the range. */
export const svm_range_restore_pages = svm.operation(
  'svm_range_restore_pages',
  restore,
  ({ step, waitUntil, when, call }) => [
    lockSvms(waitUntil),
    lockMigration(waitUntil),
    when(
      t => t.migrate !== NONE,
      [call('svm_migrate_to_vram(prange, best_loc, mm)', svm_migrate_ram_to_vram, { va: t => t.migrate })],
    ),
    call('svm_range_validate_and_map(mm, prange, …)', svm_range_validate_and_map, {
      first: t => t.first,
      last: t => t.last,
      write: t => t.write,
    }),
    step('mutex_unlock(&prange->migrate_mutex)', s => {
      mutex_unlock(s, 'migrateMutex')
    }),
    step('mutex_unlock(&svms->lock)', s => {
      mutex_unlock(s, 'svmsLock')
    }),
  ],
)

export const svm_range_cpu_invalidate_pagetables = svm.operation(
  'svm_range_cpu_invalidate_pagetables',
  { source, params: { seq: Seq, migrate: bool() } },
  ({ step, waitUntil }) => [
    waitUntil(
      'svm_range_lock(prange)',
      s => can_lock(s, 'notifierLock'),
      (s, t) => {
        take_mutex(s, 'notifierLock')
        s.notifier.interval = t.seq
      },
    ),
    step('svm_range_unmap_from_gpus(prange, start, last)', s => {
      tearDown(s)
    }),
    step('svm_range_unlock(prange)', s => {
      mutex_unlock(s, 'notifierLock')
    }),
  ],
)

/** dev_pagemap_ops.page_free, since v5.17: whatever the release waits for, a worker does. */
export const svm_migrate_page_free = svm.operation(
  'svm_migrate_page_free',
  { source: migration, params: { page: Pfn } },
  ({ step }) => [
    step('svm_range_bo_unref_async(svm_bo)', (s, t) => {
      free_page(s, t.page)
    }),
  ],
)

/** The range forgets its BO, under its lock. */
export const svm_range_bo_release = svm.operation('svm_range_bo_release', { source }, ({ step, waitUntil }) => [
  waitUntil(
    'mutex_lock(&prange->lock)',
    s => can_lock(s, 'notifierLock'),
    s => {
      take_mutex(s, 'notifierLock')
    },
  ),
  step('prange->svm_bo = NULL; mutex_unlock(&prange->lock)', s => {
    mutex_unlock(s, 'notifierLock')
  }),
])

/** Until v5.16: the last page of the BO releases it. */
export const svm_migrate_page_free_v5_16 = svm.operation(
  'svm_migrate_page_free',
  { source: migration, params: { page: Pfn }, locals: { last: bool() } },
  ({ step, when, call }) => [
    step('svm_range_bo_unref(svm_bo)', (s, t) => {
      free_page(s, t.page)
      t.last = s.pages.every((page, p) => !page.used || !isDeviceFrame(p))
    }),
    when(t => t.last, [call('svm_range_bo_release(&svm_bo->kref)', svm_range_bo_release, {})]),
  ],
)

/** What a scenario binds. */
export const kfd = {
  migrate_to_ram: svm_migrate_to_ram,
  invalidate: svm_range_cpu_invalidate_pagetables,
  folio_free: svm_migrate_page_free,
}
