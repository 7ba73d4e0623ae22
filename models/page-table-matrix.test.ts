import { describe, expect, test } from 'vitest'
import project from './page-table-matrix.js'
import { leftOut, matrix, notGenerated } from './scenarios/page-table/matrix.js'
import { initials } from './scenarios/page-table/matrix-initial.js'
import { operations } from './scenarios/page-table/matrix-operations.js'

const names = matrix.map(scenario => scenario.name)
const pairs = (operations.length * (operations.length + 1)) / 2

test('every pair of operations in every initial state is there, or left out for a reason', () => {
  const all = [...names, ...leftOut.map(({ name }) => name)]
  expect(new Set(all).size).toBe(all.length)
  expect(all.filter(name => name.split('+').length === 2)).toHaveLength(initials.length * pairs)
  expect(leftOut.filter(({ reason }) => reason.trim() === '')).toEqual([])
  expect(notGenerated.length).toBeGreaterThan(0)
})

test('names say what races what, from where', () => {
  const wrong = names.filter(name => !/^matrix\/[a-z-]+\/[a-z-]+\+[a-z-]+(\+[a-z-]+)?$/.test(name))
  expect(wrong).toEqual([])
  expect(names).toContain('matrix/device-pmd/fork+evict')
  expect(names).toContain('matrix/system-pmd/split+pin')
  expect(names).toContain('matrix/system-pmd-pool-taken/write+to-device')
  expect(names).toContain('matrix/device-pmd-in-flight/dontneed+mremap')
  expect(names).toContain('matrix/device-pmd/dontneed+fork+evict')
  expect(names).toContain('matrix/device-pmd-marked/mprotect+evict')
})

test('every operation runs in some state, and every state has pairs', () => {
  for (const { name } of operations) {
    expect(names.some(pair => pair.split('/')[2].split('+').includes(name))).toBe(true)
  }
  for (const { name } of initials) expect(names.some(pair => pair.startsWith(`matrix/${name}/`))).toBe(true)
})

test('the project is the page-table models with the matrix for scenarios', () => {
  expect(project.scenarios).toBe(matrix)
  expect(project.kernels.at(-1)?.name).toBe('v7.3')
})

describe('left out are', () => {
  const reasonOf = (name: string) => leftOut.find(left => left.name === name)?.reason

  test.each([
    ['matrix/device-pmd/read+split', /^split: never comes to device memory/],
    ['matrix/device-ptes/read+to-small', /^to-small: modelled for PMDs alone/],
    ['matrix/device-pmd-shared/read+fork', /second address space/],
    ['matrix/system-pmd/cold+mbind', /^neither changes anything/],
    ['matrix/system-pmd-pool-taken/read+write', /no device memory is asked for/],
    ['matrix/system-pmd/read+write+split', /too long/],
    ['matrix/system-mixed-together/migrate+split', /without `together`/],
  ])('%s', (name, reason) => {
    expect(reasonOf(name)).toMatch(reason)
  })
})
