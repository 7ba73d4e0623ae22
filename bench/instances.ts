import { type BenchModel, lifecycle } from './models/lifecycle.js'
import { twoPhase } from './models/two-phase.js'

/** A model of one size, here and in Promela. */
export interface Instance {
  readonly about: string
  readonly make: () => BenchModel
  readonly promela: string
  /** Parameters of the Promela text. */
  readonly defines: Readonly<Record<string, number>>
  /** States, as a check that nobody changed the model. */
  readonly states: number
  /** Bits of SPIN's hash table: about two slots per state, so that it is not slowed by long chains. */
  readonly hashBits: number
}

function lifeCycle(walks: number, evictions: number, splits: number, states: number, hashBits: number): Instance {
  return {
    about: 'life cycle',
    make: () => lifecycle({ order: 1, rounds: 2, evictions, walks, splits }),
    promela: 'lifecycle.pml',
    defines: { ORDER: 1, ROUNDS: 2, EVICTIONS: evictions, WALKS: walks, SPLITS: splits },
    states,
    hashBits,
  }
}

function commit(count: number, states: number, hashBits: number): Instance {
  return {
    about: 'two-phase commit',
    make: () => twoPhase(count),
    promela: 'two-phase.pml',
    defines: { COUNT: count },
    states,
    hashBits,
  }
}

/** What is measured. The small life cycle is for a quick look and for the time to warm up. */
export const instances = {
  'life-cycle-small': lifeCycle(1, 2, 1, 464_971, 20),
  'life-cycle': lifeCycle(3, 3, 2, 7_809_632, 24),
  'two-phase-7': commit(7, 296_448, 20),
  'two-phase-8': commit(8, 1_745_408, 22),
} as const satisfies Record<string, Instance>

export type InstanceName = keyof typeof instances

export function isInstance(name: string): name is InstanceName {
  return Object.hasOwn(instances, name)
}
