import { include } from '../../state/footprint.js'
import type { PrivateWords } from '../../system/system.js'

/** A thread's own state: where it is, with its locals. What it does next depends on that and on the shared state. */
export class Place {
  /** What its step has ever read and written, and what it may read and write from there on. */
  readonly reads: Int32Array
  readonly writes: Int32Array
  readonly laterReads: Int32Array
  readonly laterWrites: Int32Array
  readonly next = new Set<Place>()
  readonly from = new Set<Place>()

  constructor(
    words: number,
    readonly own: Int32Array,
  ) {
    this.reads = new Int32Array(words)
    this.writes = new Int32Array(words)
    this.laterReads = new Int32Array(words)
    this.laterWrites = new Int32Array(words)
  }
}

/**
 * What each thread may still do, learnt from what it was seen to do: a graph of the states of its own. It grows while
 * states are explored; what was decided by it is looked at again when it has grown.
 */
export class Futures {
  /** By thread, by hash of its own words. */
  readonly #places: Map<number, Place[]>[]
  /** How often anything was learnt. */
  version = 0

  constructor(
    readonly privates: readonly PrivateWords[],
    /** Of a set of cells. */
    readonly words: number,
  ) {
    this.#places = privates.map(() => new Map())
  }

  /** The place of a thread in the vector at word `at`. */
  placeOf(thread: number, vector: Int32Array, at: number): Place {
    const { from, to } = this.privates[thread]
    let hash = 0
    for (let i = at + from; i < at + to; i++) hash = (Math.imul(hash, 31) + vector[i]) | 0
    const places = this.#places[thread]
    const bucket = places.get(hash)
    if (bucket) {
      for (const place of bucket) if (isAt(place.own, vector, at + from)) return place
    }
    const made = new Place(this.words, vector.slice(at + from, at + to))
    if (bucket) bucket.push(made)
    else places.set(hash, [made])
    return made
  }

  /** Adds what the step of a place was seen to read and write. Returns whether that was news; so does `leads`. */
  learn(place: Place, reads: Int32Array, writes: Int32Array): boolean {
    const more = include(place.reads, reads)
    const grew = include(place.writes, writes) || more
    if (grew) this.#grow(place)
    return grew
  }

  /** Adds a place that the step of `place` was seen to lead to. */
  leads(place: Place, to: Place): boolean {
    if (place.next.has(to)) return false
    place.next.add(to)
    to.from.add(place)
    this.#grow(place)
    return true
  }

  /** Brings what may come later up to date, from this place back. */
  #grow(changed: Place): void {
    this.version++
    const due = [changed]
    for (let place = due.pop(); place; place = due.pop()) {
      let grew = include(place.laterReads, place.reads)
      grew = include(place.laterWrites, place.writes) || grew
      for (const next of place.next) {
        grew = include(place.laterReads, next.laterReads) || grew
        grew = include(place.laterWrites, next.laterWrites) || grew
      }
      if (grew) due.push(...place.from)
    }
  }
}

function isAt(own: Int32Array, vector: Int32Array, at: number): boolean {
  for (let i = 0; i < own.length; i++) if (own[i] !== vector[at + i]) return false
  return true
}
