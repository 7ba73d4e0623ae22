import type { Place } from './place.js'
import type { Offer } from './threads-at.js'

/** Every step that can be taken, in the order in which they are numbered, from 1. */
export function offersOf({ threads }: Pick<Place, 'threads'>): readonly Offer[] {
  return threads.flatMap(({ offers }) => offers)
}
