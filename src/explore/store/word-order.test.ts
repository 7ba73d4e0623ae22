import { describe, expect, it } from 'vitest'
import { LEAF_WORDS, NO_WORD, orderWords, plainOrder } from './word-order.js'

/** Vectors whose words `2i` and `2i + half` have the same random value, and whose odd words are constant. */
function twins(words: number, count: number): Int32Array {
  const sample = new Int32Array(words * count)
  let seed = 7
  for (let vector = 0; vector < count; vector++) {
    for (let word = 0; word < words / 2; word += 2) {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0
      sample[vector * words + word] = sample[vector * words + word + words / 2] = seed >>> 29
    }
  }
  return sample
}

const leavesOf = (order: Uint8Array) =>
  Array.from({ length: order.length / LEAF_WORDS }, (_, leaf) =>
    [...order.subarray(leaf * LEAF_WORDS, (leaf + 1) * LEAF_WORDS)].filter(word => word !== NO_WORD),
  )

describe('order of words', () => {
  it('puts words that change together into one leaf', () => {
    const words = 24
    const leaves = leavesOf(orderWords(twins(words, 1024), words, 4))
    for (let word = 0; word < words / 2; word += 2) {
      expect(leaves.find(leaf => leaf.includes(word))).toContain(word + words / 2)
    }
  })

  it('has each word once, and no empty leaf', () => {
    for (const [words, count] of [
      [4, 2],
      [10, 2],
      [18, 4],
      [128, 16],
    ]) {
      for (const order of [plainOrder(words, count), orderWords(twins(words, 64), words, count)]) {
        const leaves = leavesOf(order)
        expect(leaves.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: words }, (_, word) => word))
        expect(leaves.every(leaf => leaf.length > 0)).toBe(true)
      }
    }
  })
})
