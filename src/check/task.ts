import { Worker } from 'node:worker_threads'
import { Progress } from '../explore/progress.js'
import type { Invitation } from '../explore/team.js'
import { checkScenario, type ScenarioResult } from './check-scenario.js'
import { materials, type Task } from './materials.js'
import type { Membership } from './member.js'
import { serve } from './serve.js'

/** Checks one scenario. @throws what `materials` and `checkScenario` throw */
async function runTask(task: Task): Promise<ScenarioResult> {
  const { kernel, scenario, properties } = await materials(task)
  return checkScenario(kernel, scenario, properties, {
    strategy: task.strategy,
    fingerprints: task.fingerprints,
    seed: task.seed,
    limits: task.limits,
    progress: new Progress(task.progress),
    ...(task.explained !== undefined && { explained: task.explained }),
    ...(task.threads > 1 && { recruit: { members: task.threads - 1, start: startMember(task) } }),
    ...(task.until.length > 0 && { until: new Set(task.until) }),
  })
}

/** Starts a thread that joins the search of `task`. */
function startMember(task: Task): (invitation: Invitation) => void {
  return invitation => {
    const workerData: Membership = { task, invitation }
    const worker = new Worker(new URL('./member.js', import.meta.url), { workerData, transferList: [invitation.port] })
    worker.unref()
  }
}

serve(runTask)
