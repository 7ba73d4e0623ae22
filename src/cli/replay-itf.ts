import type { ItfOrigin, ItfTrace } from '../check/itf-file.js'
import { programOf } from '../check/replay-counterexample.js'
import { replayForeignItf, replayItf } from '../check/replay-itf.js'
import { UsageError } from '../errors.js'
import type { Kernel } from '../program/kernel.js'
import { kernelWith, loadProject, newest } from '../project/load.js'
import type { Project } from '../project/project.js'
import { NOTHING_CUT } from '../trace/shrink.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { onKernelOf } from './kernel-of.js'
import type { ReplayFlags } from './replay-flags.js'
import { print, printJson } from './terminal.js'

/** What came of it, as it is printed. */
interface Told {
  readonly kernel: string
  readonly patches: readonly string[]
  readonly scenario: string
  readonly property: string | null
  readonly happens: boolean
  readonly reason: string
}

/** `foliocheck replay` of a trace in ITF: exit code 1 when the models go through its states and its end violates a property. */
export async function replayItfFile(file: string, trace: ItfTrace, flags: ReplayFlags): Promise<ExitCode> {
  const project = await loadProject(flags.model)
  const told = trace.origin
    ? await replayOwn(file, trace, trace.origin, project, flags)
    : await followForeign(file, trace, project, flags)
  if (flags.json) printJson({ file, ...told })
  else {
    print([
      `${told.happens ? '✗' : '✓'} ${told.scenario}   ${told.property ?? 'no property'}   ${told.reason}`,
      `  on kernel ${[told.kernel, ...told.patches].join(' + ')}`,
    ])
  }
  return told.happens ? EXIT.violated : EXIT.ok
}

async function replayOwn(
  file: string,
  trace: ItfTrace,
  origin: ItfOrigin,
  project: Project,
  flags: ReplayFlags,
): Promise<Told> {
  if (flags.scenario !== undefined) {
    throw new UsageError(
      '--scenario',
      'is for traces that name none',
      `leave it out: this one names ${origin.scenario}`,
    )
  }
  const { scenario, property } = origin
  return onKernelOf(file, origin, project, flags, kernel => {
    const { happens, reason } = replayItf(project, programOf(project, kernel, origin), trace, origin)
    return { ...named(kernel), scenario, property, happens, reason }
  })
}

async function followForeign(file: string, trace: ItfTrace, project: Project, flags: ReplayFlags): Promise<Told> {
  const { scenario, kernel: name = newest(project).name, patch } = flags
  if (scenario === undefined) {
    const next = 'say with --scenario what it is a run of, and with --kernel and --patch where'
    throw new UsageError(file, 'is a trace that names no scenario of foliocheck', next)
  }
  const kernel = await kernelWith(project, name, patch)
  const program = programOf(project, kernel, { scenario, without: NOTHING_CUT })
  const { happens, reason, violated } = replayForeignItf(file, project, program, trace)
  return { ...named(kernel), scenario, property: violated[0] ?? null, happens, reason }
}

function named({ name, patches }: Kernel): { kernel: string; patches: readonly string[] } {
  return { kernel: name, patches }
}
