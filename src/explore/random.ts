/** A seeded generator of integers below a bound (xorshift32; even enough for choosing successors). */
export function makeRandom(seed: number): (below: number) => number {
  let x = seed | 0 || 0x9e3779b9
  return below => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) % below
  }
}
