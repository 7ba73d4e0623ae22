import { ModelError } from '../errors.js'
import type { Kernel } from '../program/kernel.js'
import { compile, type Program } from '../program/program.js'
import type { StoreOrder } from '../program/scenario.js'
import { missing } from '../project/applicable.js'
import { kernelWith, loadProject, newest } from '../project/load.js'
import { named, type Project } from '../project/project.js'
import { lockClassesOf } from '../property/locks.js'
import type { Artist } from '../trace/picture-of.js'

/** What is to be stepped through, as the command line names it: it crosses threads. */
export interface Choice {
  /** A built-in model or a module; undefined for the first built-in one. */
  readonly model: string | undefined
  /** Undefined for the newest. */
  readonly kernel: string | undefined
  /** Names or files, in order. */
  readonly patches: readonly string[]
  readonly scenario: string
  /** Undefined for the scenario's own. */
  readonly storeOrder: StoreOrder | undefined
}

/** A scenario on a kernel, ready to be stepped through. */
export interface Subject {
  readonly choice: Choice
  readonly project: Project
  readonly kernel: Kernel
  readonly program: Program
  readonly artist: Artist
}

/** Loads what a choice names. @throws UsageError, FileError or ModelError when a name leads nowhere or does not fit. */
export async function subjectOf(choice: Choice): Promise<Subject> {
  const project = await loadProject(choice.model)
  const kernel = await kernelWith(project, choice.kernel ?? newest(project).name, choice.patches)
  return subjectIn(project, kernel, choice)
}

/** What a choice names in a project. @throws UsageError, ModelError */
export function subjectIn(project: Project, kernel: Kernel, choice: Choice): Subject {
  const scenario = named('scenario', project.scenarios, choice.scenario)
  const [operation] = missing(kernel, scenario)
  if (operation !== undefined) {
    throw new ModelError(
      `scenario ${scenario.name}`,
      `needs the operation ${operation}, which kernel ${kernel.name} does not have`,
      'name another kernel with --kernel, or a patch that brings it with --patch',
    )
  }
  const program = compile(kernel, { ...scenario, storeOrder: choice.storeOrder ?? scenario.storeOrder })
  const { drawings = [], properties } = project
  return { choice, project, kernel, program, artist: { program, drawings, locks: lockClassesOf(properties) } }
}
