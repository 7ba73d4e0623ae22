import { bool, NONE } from 'foliocheck'
import { folio_get, folio_unlock, folio_unlocked, page_folio, take_folio_lock } from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Pfn } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { __folio_split } from '../huge_memory_split/split-folio.js'

/**
 * | kernel function         | steps (cp8, cp9)                               | abstracted, and why that is sound               |
 * |-------------------------|------------------------------------------------|-------------------------------------------------|
 * | migrate_vma_split_folio | get; lock; split; lock of the fault's piece;   | Device memory is one block: that the large      |
 * |                         | unlock and put                                 | folio and the fault's are two device folios is  |
 * |                         |                                                | not looked at, nor two faults that wait for the |
 * |                         |                                                | folio of the other here.                        |
 */

const spec = {
  source: 'mm/migrate_device.c',
  params: { folio: Pfn, fault: Pfn },
  locals: { faultFolio: Pfn, fresh: Pfn, ok: bool() },
  returns: bool(),
}
type SplitWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>

/** Before the split: the fault's own folio is locked and referenced already. */
function begin({ when, step, waitUntil }: SplitWords, gets: boolean) {
  return [
    when(
      t => t.fault !== NONE,
      [
        step('fault_folio = page_folio(fault_page)', (s, t) => {
          t.faultFolio = page_folio(s, t.fault)
        }),
      ],
    ),
    when(
      t => t.folio !== t.faultFolio,
      [
        ...(gets
          ? [
              step('folio_get(folio)', (s, t) => {
                folio_get(s, t.folio)
              }),
            ]
          : []),
        waitUntil(
          'folio_lock(folio)',
          (s, t) => folio_unlocked(s, t.folio),
          (s, t) => {
            may_sleep(s)
            take_folio_lock(s, t.folio)
          },
        ),
      ],
    ),
  ]
}

function letGo({ step, call }: SplitWords, when: string) {
  return [
    step(`folio_unlock(folio), ${when}`, (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call(`folio_put(folio), ${when}`, folio_put, { folio: t => t.folio }),
  ]
}

function splitOrGiveUp(words: SplitWords, lockAt: (t: { folio: number; faultFolio: number; fault: number }) => number) {
  const { call, when, ret } = words
  return [
    call('ret = split_folio(folio)', __folio_split, { folio: t => t.folio, lockAt }, (t, ok) => {
      t.ok = ok
    }),
    when(t => !t.ok, [when(t => t.folio !== t.faultFolio, letGo(words, 'not split')), ret(() => false)]),
  ]
}

/** The fault goes on with the piece that its page lies in. */
function takeFaultPiece({ when, step, waitUntil }: SplitWords) {
  return when(
    t => t.fresh !== t.faultFolio,
    [
      step('folio_get(new_fault_folio)', (s, t) => {
        folio_get(s, t.fresh)
      }),
      waitUntil(
        'folio_lock(new_fault_folio)',
        (s, t) => folio_unlocked(s, t.fresh),
        (s, t) => {
          may_sleep(s)
          take_folio_lock(s, t.fresh)
        },
      ),
    ],
  )
}

function splitFolio(gets: boolean) {
  return pageTable.operation('migrate_vma_split_folio', spec, words => {
    const { when, step, ret } = words
    return [
      ...begin(words, gets),
      ...splitOrGiveUp(words, t => t.folio),
      when(
        t => t.fault !== NONE,
        [
          step('new_fault_folio = page_folio(fault_page)', (s, t) => {
            t.fresh = page_folio(s, t.fault)
          }),
          when(t => t.folio !== t.fresh, [takeFaultPiece(words), ...letGo(words, 'not the fault’s')]),
        ],
        letGo(words, 'no fault'),
      ),
      ret(() => true),
    ]
  })
}

/** July 2026: the caller has pinned the folio. */
export const migrate_vma_split_folio = splitFolio(false)

/** v6.19. */
export const migrate_vma_split_folio_v6_19 = splitFolio(true)

/** Nothing is done after the split of the fault's own folio: who has its lock and reference, `lockAt` has said. */
function splitKeeping(lockAt: Parameters<typeof splitOrGiveUp>[1]) {
  return pageTable.operation('migrate_vma_split_folio', spec, words => [
    ...begin(words, false),
    ...splitOrGiveUp(words, lockAt),
    words.when(t => t.folio !== t.faultFolio, letGo(words, 'not the fault’s')),
    words.ret(() => true),
  ])
}

/** A proposal: the piece of the fault's page keeps the lock and the reference that the fault has. */
export const migrate_vma_split_folio_locked_at = splitKeeping(t => (t.folio === t.faultFolio ? t.fault : t.folio))

/** A mutant: they stay with the head, whichever piece the fault's page lies in. */
export const migrate_vma_split_folio_locked_head = splitKeeping(t => t.folio)
