import { ModelError, UsageError } from '../errors.js'
import { createFingerprintStore } from '../explore/store/fingerprint-store.js'
import { createSharedStore } from '../explore/store/shared-store.js'
import { MOST_WORDS } from '../explore/store/store.js'
import { createTreeStore } from '../explore/store/tree-store.js'
import type { PackedSystem } from '../program/packed-system.js'

/** What decides which store a search gets. */
interface Wanted {
  /** Bytes, at most. */
  readonly memory: number | undefined
  readonly fingerprints: boolean
}

/** The store of a search by one thread. @throws ModelError when a state is too long, UsageError for too little memory. */
export function storeFor(system: PackedSystem, { memory, fingerprints }: Wanted) {
  const create = fingerprints ? createFingerprintStore : createTreeStore
  return made(system, memory, memoryLimit => create(system.words, { memoryLimit }))
}

/** The store of a search by several threads. @throws as `storeFor` */
export function sharedStoreFor(system: PackedSystem, { memory, fingerprints }: Wanted) {
  return made(system, memory, memoryLimit => createSharedStore(system.words, { memoryLimit, exact: !fingerprints }))
}

function made<S>(system: PackedSystem, memory: number | undefined, create: (limit: number | undefined) => S): S {
  if (system.words > MOST_WORDS) {
    throw new ModelError(
      `scenario ${system.program.scenario.name}`,
      `has states of ${4 * system.words} bytes, and ${4 * MOST_WORDS} is the most`,
      'make the machine smaller, or leave out threads and locals',
    )
  }
  try {
    return create(memory)
  } catch (thrown) {
    if (!(thrown instanceof RangeError) || memory === undefined) throw thrown
    const size = `${Number((memory / 2 ** 20).toPrecision(3))} MiB`
    throw new UsageError('--memory', `is ${size}, too little for the first tables`, 'give 16 or more')
  }
}
