import type { Run } from './result.js'
import { NO_PARENT, type StateStore } from './store/store.js'

/** The run by which a state was first reached, and on by further steps. */
export function runTo(store: StateStore, id: number, ...further: readonly number[]): Run {
  const ordinals: number[] = []
  let at = id
  while (store.parentOf(at) !== NO_PARENT) {
    ordinals.push(store.ordinalOf(at))
    at = store.parentOf(at)
  }
  return { initial: store.ordinalOf(at), ordinals: [...ordinals.reverse(), ...further] }
}
