import { searchReference as search } from '../../src/check/reference-search.js'
import type { Counts } from './modes.js'
import type { Oracle } from './oracle.js'

/** A breadth-first search that shares nothing with the explorer: immutable states, recognised by their text. */
export function searchReference({ kernel, scenario, properties }: Oracle): Counts {
  const found = search(kernel, scenario, properties, Number.POSITIVE_INFINITY)
  if (!found) throw new Error('there is no limit of states')
  const { states, generated, levels, terminal, violated } = found
  return { distinct: states, generated, levels, terminal, violated: Object.fromEntries(violated) }
}
