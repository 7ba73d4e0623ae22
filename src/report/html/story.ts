import type { Counterexample } from '../../check/counterexample.js'
import { programOf } from '../../check/replay-counterexample.js'
import { ModelError, reasonOf, UsageError } from '../../errors.js'
import { count } from '../../numbers.js'
import type { Story, StoryHead, StoryRun } from '../../page/data.js'
import type { Picture } from '../../picture/picture.js'
import type { Kernel } from '../../program/kernel.js'
import type { Project } from '../../project/project.js'
import { lockClassesOf } from '../../property/locks.js'
import { type Artist, pictureOf } from '../../trace/picture-of.js'
import { Diverged, type Replay, replay } from '../../trace/replay.js'
import { stateAfter } from '../../trace/state-after.js'
import type { Trace } from '../../trace/trace.js'
import { counterexampleText, lengthOf, withoutText } from '../counterexample-text.js'
import { printable } from '../wrap.js'
import type { AlbumBuilder } from './album.js'
import { stepOf } from './story-step.js'

/** The models a counterexample is drawn on. */
export interface Models {
  readonly project: Project
  readonly kernel: Kernel
}

/** What is known of a counterexample beyond its file. */
export interface StoryContext {
  /** The models, or why there are none. */
  readonly models: Models | string
  /** Why it is expected, when it is. */
  readonly note?: string | undefined
  /** The command that replays it. */
  readonly replay?: string | undefined
}

/** Columns of the plain text: those of a mail. */
const MAIL = 72

/**
 * A counterexample as its page tells it. With models its states are drawn; if it does not replay on them, it says so.
 * Steps and pictures go into the album.
 */
export function storyOf(
  found: Counterexample,
  { models, note, replay: command = '' }: StoryContext,
  album: AlbumBuilder,
): Story {
  const drawn = typeof models === 'string' ? models : draw(found, models)
  const pictures = typeof drawn === 'string' ? undefined : drawn
  const runs = [found.trace, ...(found.trace.others ?? [])]
  const { why } = found
  return {
    scenario: printable(found.scenario),
    property: printable(found.property),
    kernel: kernelText(found),
    steps: found.steps,
    reason: printable(why.reason),
    note: note === undefined ? undefined : printable(note),
    claim: printable(found.claim),
    length: lengthOf(found),
    without: printable(withoutText(found).join(' ')),
    about: aboutOf(found, models),
    why: {
      lines: (why.lines ?? []).map(printable),
      evidence: why.evidence.map(({ name, value, writtenAt }) => ({
        name: printable(name),
        value: printable(value),
        at: writtenAt,
        // Of several runs, the name says which.
        run: Number(/^run (\d+): /.exec(name)?.[1] ?? 1) - 1,
      })),
    },
    runs: runs.map((run, i) => runOf(run, pictures?.[i] ?? [], album)),
    text: counterexampleText(found, { width: MAIL }).join('\n'),
    replay: command,
    undrawn: typeof drawn === 'string' ? printable(drawn) : '',
  }
}

/** What a list of counterexamples says of one. */
export function headOf({ scenario, property, kernel, steps, reason, note }: Story): StoryHead {
  return { scenario, property, kernel, steps, reason, note }
}

/** A kernel and its patches in one word each. */
export function kernelText({
  kernel,
  patches,
  storeOrder,
}: Pick<Counterexample, 'kernel' | 'patches' | 'storeOrder'>): string {
  const order = storeOrder === undefined ? '' : `, store order ${storeOrder}`
  return printable([kernel, ...patches].join(' + ') + order)
}

function aboutOf({ scenario }: Counterexample, models: Models | string): string {
  if (typeof models === 'string') return ''
  return printable(models.project.scenarios.find(({ name }) => name === scenario)?.about ?? '')
}

function runOf(trace: Trace, pictures: readonly Picture[], album: AlbumBuilder): StoryRun {
  const own = trace.steps.filter(step => !step.setup)
  const setup = trace.steps.filter(step => step.setup)
  const operations = [...new Set(setup.map(step => step.stack[0]))].join(', ')
  return {
    threads: trace.threads.filter(thread => own.some(step => step.thread === thread)).map(printable),
    setup: setup.length === 0 ? '' : printable(`${operations} ran alone before: ${count(setup.length)} steps`),
    steps: own.map(step => album.step(stepOf(step))),
    loopFrom: trace.loopFrom,
    pictures: pictures.map(picture => album.picture(picture)),
  }
}

/** For each run its pictures, or why there are none. */
function draw(found: Counterexample, { project, kernel }: Models): Picture[][] | string {
  try {
    const program = programOf(project, kernel, found)
    const artist = { program, drawings: project.drawings ?? [], locks: lockClassesOf(project.properties) }
    const replayed = replay(program, found.trace.run)
    return [replayed, ...replayed.others].map((run, i) =>
      picturesOf(artist, run, [found.trace, ...(found.trace.others ?? [])][i]),
    )
  } catch (thrown) {
    if (thrown instanceof Diverged)
      return `the models as they are now cannot take step ${thrown.step}: ${thrown.reason}`
    if (thrown instanceof UsageError || thrown instanceof ModelError) return `${thrown.object} ${thrown.reason}`
    return reasonOf(thrown)
  }
}

/** Pictures of the state after the setup and after each further step. */
function picturesOf(artist: Artist, run: Replay, trace: Trace): Picture[] {
  const own = trace.steps.filter(step => !step.setup).length
  return Array.from({ length: own + 1 }, (_, step) => pictureOf(artist, stateAfter(run, trace, step)))
}
