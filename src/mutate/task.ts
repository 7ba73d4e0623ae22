import { serve } from '../check/serve.js'
import type { Limits } from '../explore/limits.js'
import { Progress } from '../explore/progress.js'
import { bodyOf, type Kernel } from '../program/kernel.js'
import { kernelWith, loadProject } from '../project/load.js'
import type { Project } from '../project/project.js'
import { mutantsOf } from './mutants.js'
import { type Baseline, baselines, type Fate, tryMutant } from './try-mutant.js'

/** All mutants of one operation: what a worker thread is asked to try. */
export interface MutationTask {
  readonly model: string | undefined
  readonly kernel: string
  readonly patches: readonly string[]
  readonly operation: string
  readonly limits: Partial<Limits>
  readonly progress: SharedArrayBuffer
}

/** A mutant by name and what became of it. */
export type Tried = Fate & { readonly name: string }

const prepared = new Map<string, Promise<{ project: Project; kernel: Kernel; base: Baseline[] }>>()

/** Tries every mutant of the task's operation. */
async function runMutationTask(task: MutationTask): Promise<Tried[]> {
  const key = JSON.stringify([task.model, task.kernel, task.patches])
  const preparing = prepared.get(key) ?? prepare(task)
  prepared.set(key, preparing)
  const { project, kernel, base } = await preparing
  return mutantsOf(bodyOf(kernel, { name: task.operation, params: {} })).map(mutant => ({
    name: mutant.name,
    ...tryMutant(project, kernel, mutant, base, { limits: task.limits, progress: new Progress(task.progress) }),
  }))
}

async function prepare(task: MutationTask): Promise<{ project: Project; kernel: Kernel; base: Baseline[] }> {
  const project = await loadProject(task.model)
  const kernel = await kernelWith(project, task.kernel, task.patches)
  const options = { limits: task.limits, progress: new Progress(task.progress) }
  return { project, kernel, base: baselines(project, kernel, options) }
}

serve(runMutationTask)
