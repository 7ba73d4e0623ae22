import { bool, expect, NONE } from 'foliocheck'
import { blockUnused, krefPositive } from '../../properties/drivers.js'
import { takeBlock } from '../machine/index.js'
import { BOS, Bo, Order, PAGES, type State, zoneDevice } from '../machine/state.js'

/**
 * xe: buffer objects, and the buddy allocator below them.
 *
 * | driver function     | steps                  | abstracted, and why that is sound                                       |
 * |---------------------|------------------------|-------------------------------------------------------------------------|
 * | xe_bo_create_locked | one choice             | The buddy allocator returns any aligned free block of the order: more   |
 * |                     |                        | than it ever would. The zdd of the one migration is made with the BO.   |
 * | xe_bo_put, _async   | the decrement          | A final put that may not sleep leaves the BO to the worker.             |
 * | xe_ttm_bo_destroy   | one                    | Fences: the BO is idle when it gets here.                               |
 */
const source = 'drivers/gpu/drm/xe/xe_bo.c'

const STARTS = Array.from({ length: PAGES }, (_, p) => p)

/** The BO slot that the next creation takes, or NONE. */
function freeBo(s: State): number {
  for (let bo = 0; bo < BOS; bo++) if (s.bos[bo].pages === 0) return bo
  return NONE
}

/** Whether `start` begins an aligned block of `nr` free pages. */
function isFreeBlock(s: State, start: number, nr: number): boolean {
  if (start % nr !== 0) return false
  for (let p = start; p < start + nr; p++) if (s.pages[p].owner !== 'pool') return false
  return true
}

/** What buddy could hand out for an order; NONE, a failed allocation, when it has nothing. */
function couldReturn(s: State, start: number, order: number): boolean {
  const nr = 1 << order
  if (start !== NONE) return freeBo(s) !== NONE && isFreeBlock(s, start, nr)
  return freeBo(s) === NONE || !STARTS.some(p => isFreeBlock(s, p, nr))
}

/** Makes a BO with its memory, reserved, referenced by its creator and by the zdd; NONE when the device is full. */
export const xe_bo_create_locked = zoneDevice.operation(
  'xe_bo_create_locked',
  { source, params: { order: Order }, locals: { bo: Bo }, returns: Bo },
  ({ choose, ret }) => [
    choose(
      'block = drm_buddy_alloc_blocks(order)',
      [NONE, ...STARTS],
      (s, t, start) => {
        if (start === NONE) return
        const pages = 1 << t.order
        t.bo = freeBo(s)
        Object.assign(s.bos[t.bo], { block: start, pages, refs: 2, kref: 1, reserved: true })
        takeBlock(s, start, pages)
      },
      (s, t, start) => couldReturn(s, start, t.order),
    ),
    ret(t => t.bo),
  ],
)

/** The pages of a BO go back to the buddy allocator. */
function destroy(s: State, bo: number): void {
  const { block, pages, detached } = s.bos[bo]
  expect(blockUnused, detached, `bo${bo} is not detached`)
  for (let p = block; p < block + pages; p++) {
    const { owner, ref } = s.pages[p]
    expect(blockUnused, owner === 'driver' && ref === 0, `p${p} belongs to ${owner}, its count is ${ref}`)
    s.pages[p].owner = 'pool'
  }
  Object.assign(s.bos[bo], {
    block: NONE,
    pages: 0,
    refs: 0,
    reserved: false,
    queued: false,
    kref: 0,
    detached: false,
  })
}

/** Drops a reference; true when it was the last. */
function put(s: State, bo: number): boolean {
  const { refs } = s.bos[bo]
  if (!expect(krefPositive, refs > 0, `bo${bo}`)) return false
  s.bos[bo].refs = refs - 1
  return refs === 1
}

/** A put in process context. */
export const xe_bo_put = zoneDevice.operation(
  'xe_bo_put',
  { source, params: { bo: Bo }, locals: { last: bool() } },
  ({ step, when }) => [
    step('kref_put(&bo->refcount)', (s, t) => {
      t.last = put(s, t.bo)
    }),
    when(
      t => t.last,
      [
        step('xe_ttm_bo_destroy(bo)', (s, t) => {
          destroy(s, t.bo)
        }),
      ],
    ),
  ],
)

/** A put where nobody may sleep. */
export const xe_bo_put_async = zoneDevice.operation('xe_bo_put_async', { source, params: { bo: Bo } }, ({ step }) => [
  step('kref_put(&bo->refcount), or schedule_work()', (s, t) => {
    if (put(s, t.bo)) s.bos[t.bo].queued = true
  }),
])

const destroyQueued = ({ choose }: Parameters<Parameters<typeof zoneDevice.operation>[2]>[0]) =>
  choose(
    'xe_ttm_bo_destroy(bo)',
    Array.from({ length: BOS }, (_, bo) => bo),
    (s, _t, bo) => {
      destroy(s, bo)
    },
    (s, _t, bo) => s.bos[bo].queued,
  )

/** The worker that destroys queued BOs. */
export const xe_bo_dev_work_func = zoneDevice.operation('xe_bo_dev_work_func', { source }, words => [
  words.loop(() => true, [destroyQueued(words)]),
])

/** One run of that worker, for setups. */
export const xe_bo_dev_work_once = zoneDevice.operation('xe_bo_dev_work_once', { source }, words => [
  destroyQueued(words),
])
