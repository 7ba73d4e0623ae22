import { expect, NONE } from 'foliocheck'
import { insideNotifier } from '../../../properties/svm/notifier.js'
import type { State } from './state.js'

/**
 * The CPU's page table. A critical section of the page-table lock is one step, so that the lock is not there: nobody
 * reads entries twice in one, and what else it touches is taken or dropped in the same instant. Only where a driver's
 * function is called inside is it noted who is there, since that function must not sleep.
 */

type Entry = State['ptes'][number]

/** A store over an entry. What takes access away must be announced to the device. */
export function set_pte(s: State, va: number, kind: Entry['kind'], pfn = NONE, write = false): void {
  const pte = s.ptes[va]
  const was = pte.kind === 'present' || pte.kind === 'device'
  const weaker = was && (kind !== pte.kind || pfn !== pte.pfn || (pte.write && !write))
  expect(insideNotifier, !weaker || s.notifier.active > 0, `${pte.kind} entry of va${va} becomes ${kind}`)
  pte.kind = kind
  pte.pfn = pfn
  pte.write = write
}

/** The entry becomes a migration entry of what it maps. */
export function set_migration_entry(s: State, va: number): void {
  set_pte(s, va, 'migration', s.ptes[va].pfn, s.ptes[va].write)
}

/** The entry maps `p`: present, or device-private. */
export function maps(s: State, va: number, p: number): boolean {
  const { kind, pfn } = s.ptes[va]
  return pfn === p && (kind === 'present' || kind === 'device')
}

/** How many entries map `p`. */
export function mapcount(s: State, p: number): number {
  let count = 0
  for (let va = 0; va < s.ptes.length; va++) if (maps(s, va, p)) count++
  return count
}
