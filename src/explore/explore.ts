import type { System } from '../system/system.js'
import type { Check } from './checks.js'
import type { ExploreOptions } from './options.js'
import type { Exploration } from './result.js'
import { Search } from './search.js'
import type { StateStore } from './store/store.js'
import { type Invitation, Team } from './team.js'

/**
 * Searches the states reachable from the system's initial states, each once. Breadth-first finds the fewest steps to
 * every violation. @throws ModelError when the model itself is wrong, UsageError for a depth-first search by
 * fingerprints: that store forgets states in the order of their discovery.
 */
export function explore(
  system: System,
  checks: readonly Check[],
  store: StateStore,
  options: ExploreOptions = {},
): Exploration {
  return new Search(system, checks, store, options).run()
}

/** Takes part in a search that another thread leads, until it is over. The system must be made from the same model. */
export function join(
  system: System,
  checks: readonly Check[],
  store: StateStore,
  invitation: Invitation,
  options: Pick<ExploreOptions, 'limits' | 'until'>,
): void {
  new Search(system, checks, store, options, new Team(invitation.control)).serve(invitation.port)
}
