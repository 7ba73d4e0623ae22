import { compile, scenario, thread } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import project from '../../page-table.js'
import {
  copyEntry,
  type EntryState,
  mk_device_private,
  mk_migration,
  mk_present,
  pmd_dirty,
  pmd_is_huge,
  pmd_mkdirty,
  pmd_mksoft_dirty,
  pmd_mkuffd,
  pmd_mkwrite,
  pmd_present,
  pmd_soft_dirty,
  pmd_swp_mksoft_dirty,
  pmd_swp_mkuffd,
  pmd_swp_soft_dirty,
  pmd_swp_uffd,
  pmd_trans_huge,
  pmd_uffd,
  pmd_write,
  sameEntry,
} from './entry.js'
import { isValue, kindOf, pfnOf, wordOf } from './entry-value.js'
import { pageTable, type State } from './state.js'

const empty = scenario('empty', pageTable, { about: 'nothing', threads: [thread('nobody')] })
const state = compile(project.kernels[0], empty).initial[0] as unknown as State
const entry: EntryState = state.vmas[0].pmd

describe('an accessor for present entries, applied to another, returns the bit that lies there on x86-64', () => {
  test('write permission is swp-soft-dirty', () => {
    mk_device_private(entry, 6, true)
    expect(pmd_write(entry)).toBe(false)
    pmd_swp_mksoft_dirty(entry)
    expect(pmd_write(entry)).toBe(true)
  })

  test('soft-dirty and uffd are bits of the inverted offset, which a PMD-aligned frame leaves set', () => {
    mk_device_private(entry, 6, false)
    expect({ softDirty: pmd_soft_dirty(entry), uffd: pmd_uffd(entry), dirty: pmd_dirty(entry) }).toEqual({
      softDirty: true,
      uffd: true,
      dirty: false,
    })
  })

  test('setters for present entries do the same damage', () => {
    mk_device_private(entry, 6, true)
    pmd_mksoft_dirty(entry)
    pmd_mkdirty(entry)
    expect(pmd_swp_soft_dirty(entry)).toBe(false)
    pmd_mkwrite(entry)
    expect(pmd_swp_soft_dirty(entry)).toBe(true)
    pmd_mkuffd(entry)
    expect({ softDirty: pmd_swp_soft_dirty(entry), uffd: pmd_swp_uffd(entry) }).toEqual({
      softDirty: false,
      uffd: false,
    })
    expect(entry.mode).toBe('write')
  })

  test('an accessor for entries that are not present reads bits of a present one', () => {
    mk_present(entry, 0)
    expect(pmd_swp_uffd(entry)).toBe(true)
    expect(pmd_swp_soft_dirty(entry)).toBe(false)
    pmd_mkwrite(entry)
    expect(pmd_swp_soft_dirty(entry)).toBe(true)
  })
})

describe('what an entry is', () => {
  test('an invalidated leaf is present and huge to software', () => {
    mk_present(entry, 0)
    entry.kind = 'invalid'
    expect([pmd_present(entry), pmd_trans_huge(entry), pmd_is_huge(entry)]).toEqual([true, true, true])
  })

  test('huge is whatever is not none and no table', () => {
    mk_migration(entry, 0, 'read')
    expect([pmd_present(entry), pmd_trans_huge(entry), pmd_is_huge(entry)]).toEqual([false, false, true])
  })

  test('its value tells entries apart', () => {
    mk_migration(entry, 6, 'write')
    pmd_swp_mkuffd(entry)
    const value = wordOf(entry)
    expect([kindOf(value), pfnOf(value), isValue(entry, value)]).toEqual(['migration', 6, true])
    const other = state.vmas[1].pmd
    copyEntry(other, entry)
    expect(sameEntry(other, entry)).toBe(true)
    pmd_swp_mksoft_dirty(other)
    expect([sameEntry(other, entry), isValue(other, value)]).toEqual([false, false])
  })
})
