import { workerData } from 'node:worker_threads'
import { checksOf } from '../explore/checks.js'
import { join } from '../explore/explore.js'
import { openSharedStore } from '../explore/store/shared-store.js'
import type { Invitation } from '../explore/team.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile } from '../program/program.js'
import { materials, type Task } from './materials.js'
import { refusingExit } from './serve.js'

/** What the thread that leads a search hands to one that joins it. */
export interface Membership {
  readonly task: Task
  readonly invitation: Invitation
}

const { task, invitation } = workerData as Membership
const { kernel, scenario, properties } = await materials(task)
refusingExit(() => {
  const system = new PackedSystem(compile(kernel, scenario))
  join(system, checksOf(properties, system.shared), openSharedStore(invitation.store), invitation, {
    limits: { ...task.limits, seconds: Number.MAX_VALUE },
    until: { any: new Set(task.until) },
  })
})
