/** Words that a leaf of the tree holds at most. */
export const LEAF_WORDS = 8

/** In an order: no word. */
export const NO_WORD = 255

/** How often per word the cost of a node is computed at most; the search for an order spends its time on that. */
const EVALUATIONS = 200

/** Roughly what a leaf and an inner node take in the store, with their share of an index. */
const LEAF_COST = 40
const NODE_COST = 14

/**
 * Deals the words of state vectors to the leaves of a binary tree so that few different leaves and inner nodes are
 * needed: words that change together belong into one leaf, words that change independently into different halves.
 *
 * `sample` holds vectors of states, one after the other. The result has LEAF_WORDS places per leaf.
 */
export function orderWords(sample: Int32Array, words: number, leaves: number): Uint8Array {
  const search = new OrderSearch(sample, words, leaves)
  search.run()
  return search.order
}

/** The order of a store that knows nothing: the words as they come, evenly. */
export function plainOrder(words: number, leaves: number): Uint8Array {
  const order = new Uint8Array(leaves * LEAF_WORDS).fill(NO_WORD)
  for (let leaf = 0; leaf < leaves; leaf++) {
    const first = Math.floor((leaf * words) / leaves)
    const end = Math.floor(((leaf + 1) * words) / leaves)
    for (let word = first; word < end; word++) order[leaf * LEAF_WORDS + word - first] = word
  }
  return order
}

/** Swaps words between leaves as long as that makes the tree cheaper. */
class OrderSearch {
  readonly order: Uint8Array
  #cost = 0
  #evaluations = 0
  readonly #most: number
  readonly #size: number
  /** Per word, a random number for each of its values in the sample. */
  readonly #hashes: Int32Array[]
  /** Whether a word has one value only. */
  readonly #constant: boolean[]
  /** Per node of the tree, the sum of the hashes of its words for each vector. Nodes are numbered as in a heap. */
  readonly #sums: Int32Array[]
  readonly #costs: Float64Array
  readonly #table: Int32Array
  readonly #counts: Int32Array
  readonly #trial: Int32Array
  readonly #none: Int32Array

  constructor(
    sample: Int32Array,
    words: number,
    readonly leaves: number,
  ) {
    this.order = plainOrder(words, leaves)
    const size = sample.length / words
    this.#size = size
    this.#most = EVALUATIONS * words
    this.#hashes = Array.from({ length: words }, (_, word) => {
      const hashes = new Int32Array(size)
      for (let i = 0; i < size; i++) hashes[i] = scramble(sample[i * words + word], word)
      return hashes
    })
    this.#constant = this.#hashes.map(hashes => hashes.every(hash => hash === hashes[0]))
    this.#table = new Int32Array(4 << (32 - Math.clz32(size - 1)))
    this.#counts = new Int32Array(this.#table.length)
    this.#trial = new Int32Array(size)
    this.#none = new Int32Array(size)
    this.#sums = Array.from({ length: 2 * leaves }, () => new Int32Array(size))
    this.#costs = new Float64Array(2 * leaves)
    for (const [place, word] of this.order.entries()) {
      if (word === NO_WORD) continue
      for (let node = this.#leafOf(place); node > 1; node >>= 1) add(this.#sums[node], this.#hashes[word])
    }
    for (let node = 2; node < 2 * leaves; node++) {
      this.#costs[node] = this.#costOf(node, this.#sums[node])
      this.#cost += this.#costs[node]
    }
  }

  #leafOf(place: number): number {
    return this.leaves + Math.floor(place / LEAF_WORDS)
  }

  run(): void {
    const places = this.order.length
    let improved = true
    while (improved && this.#evaluations < this.#most) {
      improved = false
      for (let a = 0; a < places; a++) {
        for (let b = (Math.floor(a / LEAF_WORDS) + 1) * LEAF_WORDS; b < places; b++) {
          if (this.#trySwap(a, b)) improved = true
        }
      }
    }
  }

  #inert(word: number): boolean {
    return word === NO_WORD || this.#constant[word]
  }

  #alone(place: number): boolean {
    const first = place - (place % LEAF_WORDS)
    return this.order.subarray(first, first + LEAF_WORDS).filter(word => word !== NO_WORD).length === 1
  }

  #trySwap(a: number, b: number): boolean {
    const [x, y] = [this.order[a], this.order[b]]
    if (this.#inert(x) && this.#inert(y)) return false
    if (x === NO_WORD ? this.#alone(b) : y === NO_WORD && this.#alone(a)) return false
    let change = 0
    let [left, right] = [this.#leafOf(a), this.#leafOf(b)]
    const costs: [number, number][] = []
    for (; left !== right; left >>= 1, right >>= 1) {
      for (const [node, out, into] of [
        [left, x, y],
        [right, y, x],
      ]) {
        const cost = this.#costOf(node, this.#replaced(node, out, into))
        change += cost - this.#costs[node]
        costs.push([node, cost])
      }
    }
    if (change > -0.001 * this.#cost) return false
    for (const [node, cost] of costs) this.#costs[node] = cost
    for (let at = this.#leafOf(a), other = this.#leafOf(b); at !== other; at >>= 1, other >>= 1) {
      this.#sums[at].set(this.#replaced(at, x, y))
      this.#sums[other].set(this.#replaced(other, y, x))
    }
    this.order[a] = y
    this.order[b] = x
    this.#cost += change
    return true
  }

  /** The sums of a node when one of its words makes place for another. The result lasts until the next call. */
  #replaced(node: number, out: number, into: number): Int32Array {
    const sums = this.#sums[node]
    const trial = this.#trial
    const [less, more] = [this.#hashesOf(out), this.#hashesOf(into)]
    for (let i = 0; i < trial.length; i++) trial[i] = (sums[i] - less[i] + more[i]) | 0
    return trial
  }

  #hashesOf(word: number): Int32Array {
    return word === NO_WORD ? this.#none : this.#hashes[word]
  }

  /** Bytes for all different nodes, as far as the sample tells: of n different ones a pair is equal once in n pairs. */
  #costOf(node: number, sums: Int32Array): number {
    this.#evaluations++
    const mask = this.#table.length - 1
    const [table, counts] = [this.#table, this.#counts]
    counts.fill(0)
    let pairs = 0
    for (let i = 0; i < sums.length; i++) {
      const sum = sums[i]
      let at = Math.imul(sum, 0x9e3779b1) >>> 7
      while (counts[at & mask] !== 0 && table[at & mask] !== sum) at++
      table[at & mask] = sum
      pairs += counts[at & mask]++
    }
    const different = (this.#size * this.#size) / 2 / (pairs + 0.5)
    return different * (node >= this.leaves ? LEAF_COST : NODE_COST)
  }
}

function add(sums: Int32Array, hashes: Int32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] + hashes[i]) | 0
}

function scramble(value: number, word: number): number {
  let hash = Math.imul(value ^ Math.imul(word + 1, 0x9e3779b1), 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x27d4eb2f)
  return hash ^ (hash >>> 15)
}
