import { checksOf, compile, createFingerprintStore, createTreeStore, explore, PackedSystem } from 'foliocheck'
import { instances, isInstance } from './instances.js'
import type { Sample } from './sample.js'

// Explores one instance once and prints what it took, for run.ts: a process of its own, as SPIN is one.

const [name = '', kind = 'exact'] = process.argv.slice(2)
if (!isInstance(name)) throw new Error(`there is no instance ${name}`)
const { kernel, scenario, properties } = instances[name].make()
const system = new PackedSystem(compile(kernel, scenario))
const store = kind === 'exact' ? createTreeStore(system.words) : createFingerprintStore(system.words)
const result = explore(system, checksOf(properties, system.shared), store)
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
