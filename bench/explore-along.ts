import { workerData } from 'node:worker_threads'
import { checksOf, compile, PackedSystem } from 'foliocheck'
import { join } from '../src/explore/explore.js'
import { openSharedStore } from '../src/explore/store/shared-store.js'
import type { Invitation } from '../src/explore/team.js'
import { instances, isInstance } from './instances.js'

/** What explore-once.ts hands to the thread that explores along with it. */
export interface Membership {
  readonly name: string
  readonly invitation: Invitation
}

const { name, invitation } = workerData as Membership
if (!isInstance(name)) throw new Error(`there is no instance ${name}`)
const { kernel, scenario, properties } = instances[name].make()
const system = new PackedSystem(compile(kernel, scenario))
join(system, checksOf(properties, system.shared), openSharedStore(invitation.store), invitation, {})
