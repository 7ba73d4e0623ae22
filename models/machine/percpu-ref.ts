import { demand, expect, NONE } from 'foliocheck'
import { pgmapWord } from '../../properties/layout.js'
import { pgmapRefUnderflow, refStoragePresent } from '../../properties/pagemap.js'
import type { State } from './state.js'

/**
 * The percpu_ref of a pagemap. Per-CPU counters only delay the detection of zero, so one exact counter is sound; kill
 * stays in two steps, since tryget still succeeds between them. `pgmap` is the pointer through which it is reached.
 */
function refOf(s: State, pgmap: number): State['pgmap'] {
  demand(pgmapWord, pgmap !== NONE, 'NULL pagemap')
  demand(refStoragePresent, !s.pgmap.exited)
  return s.pgmap
}

export function percpu_ref_get_many(s: State, pgmap: number, nr: number): void {
  refOf(s, pgmap).cnt += nr
}

/** Succeeds unless the count was seen to be 0, which is possible in atomic mode only. Does not look at the dead mark. */
export function percpu_ref_tryget_many(s: State, pgmap: number, nr: number): boolean {
  const ref = refOf(s, pgmap)
  if (ref.atomic && ref.cnt === 0) return false
  ref.cnt += nr
  return true
}

/** Fails as soon as the reference was killed. */
export function percpu_ref_tryget_live(s: State, pgmap: number): boolean {
  const ref = refOf(s, pgmap)
  if (ref.dead) return false
  ref.cnt++
  return true
}

/** At 0 in atomic mode the release runs, dev_pagemap_percpu_release, which completes `done`. */
export function percpu_ref_put_many(s: State, pgmap: number, nr: number): void {
  const ref = refOf(s, pgmap)
  expect(pgmapRefUnderflow, ref.cnt - nr >= (ref.atomic ? 0 : 1), `cnt ${ref.cnt}, put ${nr}`)
  ref.cnt -= nr
  if (ref.atomic && ref.cnt === 0) ref.done = true
}
