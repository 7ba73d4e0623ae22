import { current, expect, NONE } from 'foliocheck'
import { noSleepInTable, unlockByHolder } from '../../../properties/page-table/locks.js'
import { insideTableLock } from './ledger.js'
import { mmOf } from './sizes.js'
import type { State } from './state.js'

/** The locks below and above a page table. A `can_…` is the condition to wait for, a `take_…` is for when it holds. */

/** Nobody sleeps, or takes a lock that may sleep, under a page-table lock. */
export function may_sleep(s: State): void {
  expect(noSleepInTable, !insideTableLock(s, current()), 'sleeps under a page-table lock')
}

/* The lock of the PMD's table. */

export function pmd_unlocked(s: State, va: number): boolean {
  return s.vmas[va].pmdLock === NONE
}

export function take_pmd_lock(s: State, va: number): void {
  s.vmas[va].pmdLock = current()
}

export function pmd_unlock(s: State, va: number): void {
  expect(unlockByHolder, s.vmas[va].pmdLock === current(), `the PMD lock of va${va} is not the caller's`)
  s.vmas[va].pmdLock = NONE
}

/* The lock of the page table; it lies in the table, and is taken only where there is one. */

/** pte_offset_map_lock can be decided: there is no table, or its lock is free. */
export function pte_lock_ready(s: State, va: number): boolean {
  return s.vmas[va].pmd.kind !== 'table' || s.vmas[va].pteLock === NONE
}

/** pte_offset_map_lock; false when the PMD is no table (any more). */
export function pte_offset_map_lock(s: State, va: number): boolean {
  if (s.vmas[va].pmd.kind !== 'table') return false
  s.vmas[va].pteLock = current()
  return true
}

export function pte_unmap_unlock(s: State, va: number): void {
  expect(unlockByHolder, s.vmas[va].pteLock === current(), `the PTE lock of va${va} is not the caller's`)
  s.vmas[va].pteLock = NONE
}

/* Ghost: who reads under a lock that only counts its readers. */

function reads(lock: { readBy: number }): void {
  lock.readBy |= 1 << current()
}

function readsNoMore(lock: { readBy: number }): void {
  lock.readBy &= ~(1 << current())
}

/* mmap_lock and the locks of VMAs. */

export function can_mmap_read(s: State, mm: number): boolean {
  return s.mms[mm].mmapWriter === NONE
}

export function mmap_read_lock(s: State, mm: number): void {
  may_sleep(s)
  s.mms[mm].mmapReaders++
  reads(s.mms[mm])
}

export function mmap_read_unlock(s: State, mm: number): void {
  s.mms[mm].mmapReaders--
  readsNoMore(s.mms[mm])
}

export function can_mmap_write(s: State, mm: number): boolean {
  return s.mms[mm].mmapWriter === NONE && s.mms[mm].mmapReaders === 0
}

export function mmap_write_lock(s: State, mm: number): void {
  may_sleep(s)
  s.mms[mm].mmapWriter = current()
}

/** Releases the VMA locks that were taken for writing with it. */
export function mmap_write_unlock(s: State, mm: number): void {
  expect(unlockByHolder, s.mms[mm].mmapWriter === current(), `mmap_lock of mm${mm} is not the caller's`)
  releaseVmas(s, mm)
  s.mms[mm].mmapWriter = NONE
}

export function mmap_write_downgrade(s: State, mm: number): void {
  mmap_write_unlock(s, mm)
  s.mms[mm].mmapReaders++
  reads(s.mms[mm])
}

function releaseVmas(s: State, mm: number): void {
  for (let va = 0; va < s.vmas.length; va++) if (mmOf(va) === mm) s.vmas[va].vmaWriter = NONE
}

/** lock_vma_under_rcu: fails where a writer is, or the VMA is gone. */
export function vma_start_read(s: State, va: number): boolean {
  const vma = s.vmas[va]
  if (vma.vmaWriter !== NONE || !vma.present) return false
  vma.vmaReaders++
  reads(vma)
  return true
}

export function vma_end_read(s: State, va: number): void {
  s.vmas[va].vmaReaders--
  readsNoMore(s.vmas[va])
}

/** vma_start_write can go on: no reader is left. */
export function can_vma_write(s: State, va: number): boolean {
  return s.vmas[va].vmaReaders === 0
}

export function vma_start_write(s: State, va: number): void {
  s.vmas[va].vmaWriter = current()
}

/* The root anon_vma's rwsem. */

export function can_anon_vma_read(s: State): boolean {
  return s.anonVma.writer === NONE
}

export function anon_vma_lock_read(s: State): void {
  may_sleep(s)
  s.anonVma.readers++
  reads(s.anonVma)
}

export function anon_vma_unlock_read(s: State): void {
  s.anonVma.readers--
  readsNoMore(s.anonVma)
}

export function can_anon_vma_write(s: State): boolean {
  return s.anonVma.writer === NONE && s.anonVma.readers === 0
}

export function anon_vma_lock_write(s: State): void {
  may_sleep(s)
  s.anonVma.writer = current()
}

export function anon_vma_unlock_write(s: State): void {
  expect(unlockByHolder, s.anonVma.writer === current(), 'the anon_vma lock is not the caller’s')
  s.anonVma.writer = NONE
}
