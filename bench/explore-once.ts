import { Worker } from 'node:worker_threads'
import {
  checksOf,
  compile,
  createFingerprintStore,
  createTreeStore,
  type Exploration,
  explore,
  PackedSystem,
} from 'foliocheck'
import { createSharedStore } from '../src/explore/store/shared-store.js'
import type { Membership } from './explore-along.js'
import { instances, isInstance } from './instances.js'
import type { Sample } from './sample.js'

// Explores one instance once and prints what it took, for run.ts: a process of its own, as SPIN is one.

const [name = '', engine = 'exact'] = process.argv.slice(2)
if (!isInstance(name)) throw new Error(`there is no instance ${name}`)
const { kernel, scenario, properties } = instances[name].make()
const system = new PackedSystem(compile(kernel, scenario))
const checks = checksOf(properties, system.shared)
const result = exploreBy(engine)
if (result.stopped || result.found.size > 0) {
  throw new Error(`${name} stopped early or found something: ${result.stopped ?? [...result.found.keys()].join(', ')}`)
}
const sample: Sample = {
  states: result.states,
  // SPIN counts the initial state among its transitions.
  transitions: result.transitions + result.initialStates,
  seconds: result.seconds,
  bytes: result.bytes,
}
process.stdout.write(JSON.stringify(sample))

function exploreBy(engine: string): Exploration {
  switch (engine) {
    case 'exact':
      return explore(system, checks, createTreeStore(system.words))
    case 'fingerprints':
      return explore(system, checks, createFingerprintStore(system.words))
    case 'two workers':
      return exploreByTwo()
    default:
      throw new Error(`there is no engine ${engine}`)
  }
}

function exploreByTwo(): Exploration {
  const store = createSharedStore(system.words)
  const start = (invitation: Membership['invitation']) => {
    const workerData: Membership = { name, invitation }
    new Worker(new URL('explore-along.js', import.meta.url), { workerData, transferList: [invitation.port] }).unref()
  }
  return explore(system, checks, store, { recruit: { store, members: 1, start } })
}
