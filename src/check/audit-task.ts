import { Progress } from '../explore/progress.js'
import { type Audit, audit } from './audit.js'
import { materials, type Task } from './materials.js'
import { refusingExit, serve } from './serve.js'

/** One scenario that is checked in every way. */
export interface AuditTask extends Task {
  /** States, at most. */
  readonly most: number
}

/** @throws what `materials` and `audit` throw */
async function runAudit(task: AuditTask): Promise<Audit> {
  const { kernel, scenario, properties } = await materials(task)
  const options = { limits: task.limits, progress: new Progress(task.progress), most: task.most }
  return refusingExit(() => audit(kernel, scenario, properties, options))
}

serve(runAudit)
