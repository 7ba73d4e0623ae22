import type { Counterexample } from '../check/counterexample.js'
import { runAgain } from '../check/replay-counterexample.js'
import { FileError } from '../errors.js'
import type { Picture } from '../picture/picture.js'
import { loadProject } from '../project/load.js'
import { lockClassesOf } from '../property/locks.js'
import { cleaned } from '../report/picture-text.js'
import { only, sectionsOf } from '../report/sections.js'
import { changesText, stateText } from '../report/state-text.js'
import { pictureOf } from '../trace/picture-of.js'
import { stateAfter } from '../trace/state-after.js'
import { type OtherKernel, onKernelOf } from './kernel-of.js'

/** What of the states is shown. */
export interface StateFlags extends OtherKernel {
  readonly model?: string
  /** Sections, with commas between them; true for those that say most. */
  readonly state?: string | true
}

/** The states of a counterexample's runs, as text. */
export interface States {
  /** The state after a step of a run, 0 for that in which the threads start. */
  readonly at: (run: number, step: number, width: number) => readonly string[]
  /** What is not as it was before the step. */
  readonly changed: (run: number, step: number, width: number) => readonly string[]
}

/** Runs the steps again, and draws the states. @throws FileError when they are not possible as recorded any more */
export async function statesOf(
  file: string,
  found: Counterexample,
  flags: StateFlags,
  clean: (text: string) => string,
): Promise<States> {
  const project = await loadProject(flags.model)
  const again = await onKernelOf(file, found, project, flags, kernel => runAgain(project, kernel, found))
  if ('reason' in again) {
    const hint = 'leave out --state and --at; what was recorded is shown without them'
    throw new FileError(file, `does not run as recorded any more, so that there are no states: ${again.reason}`, hint)
  }
  const { program, replayed } = again
  const artist = { program, drawings: project.drawings ?? [], locks: lockClassesOf(project.properties) }
  const runs = [replayed, ...replayed.others]
  const traces = [found.trace, ...(found.trace.others ?? [])]
  const wanted = sectionsOf(pictureOf(artist, replayed.last), flags.state ?? true, '--state')
  const picture = (run: number, step: number): Picture => {
    const whole = pictureOf(artist, stateAfter(runs[run], traces[run], step))
    return cleaned(only(whole, wanted), clean)
  }
  return {
    at: (run, step, width) => stateText(picture(run, step), width),
    changed: (run, step, width) => changesText(picture(run, step - 1), picture(run, step), width),
  }
}
