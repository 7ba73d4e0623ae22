import { Worker } from 'node:worker_threads'
import { ModelError } from '../errors.js'
import { Progress } from '../explore/progress.js'
import type { Invitation } from '../explore/team.js'
import type { Kernel } from '../program/kernel.js'
import { checkScenario, type ScenarioResult } from './check-scenario.js'
import { materials, type Task } from './materials.js'
import type { Membership } from './member.js'
import { refusingExit, serve } from './serve.js'

/** Checks one scenario. @throws what `materials` and `checkScenario` throw */
async function runTask(task: Task): Promise<ScenarioResult> {
  const { kernel, scenario, properties, locks } = await materials(task)
  const options = {
    locks,
    strategy: task.strategy,
    fingerprints: task.fingerprints,
    reduce: task.reduce,
    ...(task.storeOrder && { storeOrder: task.storeOrder }),
    seed: task.seed,
    limits: task.limits,
    progress: new Progress(task.progress),
    coverage: task.coverage,
    ...(task.preemptions !== undefined && { preemptions: task.preemptions }),
    ...(task.explained !== undefined && { explained: task.explained }),
    ...(task.threads > 1 && { recruit: { members: task.threads - 1, start: startMember(task) } }),
    ...(task.until.length > 0 && { until: new Set(task.until) }),
  }
  try {
    return refusingExit(() => checkScenario(kernel, scenario, properties, options))
  } catch (thrown) {
    throw thrown instanceof ModelError ? located(thrown, scenario.name, kernel) : thrown
  }
}

/** The error with the scenario in which it came to light: one operation runs in many. */
function located({ object, reason, next }: ModelError, scenario: string, { name, patches }: Kernel): ModelError {
  const where = `scenario ${scenario}`
  const on = `kernel ${[name, ...patches].join(' + ')}`
  return new ModelError(object === where ? `${where} on ${on}` : `${where} on ${on}: ${object}`, reason, next)
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
