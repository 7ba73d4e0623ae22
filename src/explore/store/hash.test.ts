import { describe, expect, it } from 'vitest'
import { createKernel, createMemory } from './load-kernel.js'

/**
 * Flips each of the input bits of some keys and counts how often each bit of the hash changes. Returns the largest
 * distance of any of these frequencies from one half.
 */
function worstBias(inputBits: number, samples: number, hash: (flip: number, sample: number) => bigint): number {
  let worst = 0
  for (let flip = 0; flip < inputBits; flip++) {
    const changes = new Array<number>(64).fill(0)
    for (let sample = 0; sample < samples; sample++) {
      const difference = hash(-1, sample) ^ hash(flip, sample)
      for (let bit = 0; bit < 64; bit++) changes[bit] += Number((difference >> BigInt(bit)) & 1n)
    }
    for (const changed of changes) worst = Math.max(worst, Math.abs(changed / samples - 0.5))
  }
  return worst
}

describe('hashes', () => {
  const words = 6
  const memory = createMemory(2 ** 24, false)
  const kernel = createKernel(memory, false)
  kernel.init(words, 1, true)
  const batch = new Int32Array(memory.buffer, kernel.batch.value, words)

  /** Vectors as models have them: small numbers, nearly all the same. */
  const vector = (flip: number, sample: number) => {
    batch.fill(0)
    batch[sample % words] = sample
    if (flip >= 0) batch[flip >> 5] ^= 1 << (flip & 31)
    return kernel.firstFingerprint()
  }

  it('change half their bits with each bit of a key', () => {
    const mixed = (flip: number, sample: number) => kernel.mixed(BigInt(sample) ^ (flip < 0 ? 0n : 1n << BigInt(flip)))
    expect(worstBias(64, 400, mixed)).toBeLessThan(0.16)
  })

  it('change half their bits with each bit of a vector', () => {
    expect(worstBias(words * 32, 200, vector)).toBeLessThan(0.2)
  })

  it('tell apart vectors in which a token moved from one word to another', () => {
    const seen = new Set<bigint>()
    let vectors = 0
    for (let from = 0; from < words * 32; from++) {
      for (let to = 0; to < from; to++) {
        batch.fill(0)
        batch[from >> 5] |= 1 << (from & 31)
        batch[to >> 5] |= 1 << (to & 31)
        seen.add(kernel.firstFingerprint())
        vectors++
      }
    }
    expect(seen.size).toBe(vectors)
  })
})
