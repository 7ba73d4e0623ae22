import { describe, expect, test } from 'vitest'
import { LEVELS_KEPT, Progress } from './progress.js'
import { remaining } from './remaining.js'

/** What a search would say after these levels. */
function left(sizes: readonly number[]) {
  const progress = new Progress()
  for (const size of sizes) progress.open(size)
  return remaining(progress.now)
}

/** The level sizes of three threads that take `n` independent steps each: known without a search. */
function grid(n: number): number[] {
  const sizes = Array.from({ length: 3 * n + 1 }, () => 0)
  for (let a = 0; a <= n; a++) for (let b = 0; b <= n; b++) for (let c = 0; c <= n; c++) sizes[a + b + c]++
  return sizes
}

describe('what remains of a breadth-first search', () => {
  const sizes = grid(40)

  test('is not guessed from few levels', () => {
    expect(left(sizes.slice(0, 23))).toBeUndefined()
    expect(left(sizes.slice(0, 24))).toBeDefined()
  })

  test('has no upper end while levels grow', () => {
    const peak = sizes.indexOf(Math.max(...sizes))
    for (let i = 24; i <= peak; i++) expect(left(sizes.slice(0, i))?.most).toBeUndefined()
    expect(left(Array.from({ length: 600 }, (_, i) => i * i + 1))?.most).toBeUndefined()
    const doubling = Array.from({ length: 40 }, (_, i) => 2 ** i)
    expect(left(doubling)).toEqual({ least: 2 ** 39, most: undefined })
  })

  test('contains the truth where the levels shrink as a parabola of logarithms does', () => {
    const total = sizes.reduce((sum, size) => sum + size)
    let given = 0
    for (let i = 24; i < sizes.length; i++) {
      const truth = total - sizes.slice(0, i).reduce((sum, size) => sum + size)
      const guess = left(sizes.slice(0, i))
      expect(guess?.least).toBeLessThanOrEqual(truth)
      if (guess?.most === undefined) continue
      given++
      expect(guess.most).toBeGreaterThanOrEqual(truth)
    }
    expect(given).toBeGreaterThan(30)
  })
})

test('progress keeps the last levels, and their number and sum', () => {
  const progress = new Progress()
  for (let size = 1; size <= 100; size++) progress.open(size)
  const { levels, opened, levelSizes } = new Progress(progress.data).now
  expect([levels, opened]).toEqual([100, 5050])
  expect(levelSizes).toEqual(Array.from({ length: LEVELS_KEPT }, (_, i) => 100 - LEVELS_KEPT + 1 + i))
  progress.begin()
  expect(progress.now).toMatchObject({ levels: 0, opened: 0, levelSizes: [] })
})
