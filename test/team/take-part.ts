import { checksOf, compile, PackedSystem } from 'foliocheck'
import { join } from '../../src/explore/explore.js'
import { openSharedStore } from '../../src/explore/store/shared-store.js'
import type { Invitation } from '../../src/explore/team.js'
import { type ModelName, models } from './models.js'

/** What a member is told. */
export interface Membership {
  readonly model: ModelName
  readonly invitation: Invitation
}

/** Joins a search, until it is over. */
export function takePart({ model, invitation }: Membership): void {
  const { kernel, scenario, properties } = models[model]()
  const system = new PackedSystem(compile(kernel, scenario))
  join(system, checksOf(properties, system.shared), openSharedStore(invitation.store), invitation, {})
}
