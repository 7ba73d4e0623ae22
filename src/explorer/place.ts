import type { Run } from '../explore/result.js'
import type { Picture } from '../picture/picture.js'
import { ReferenceSystem } from '../program/reference-system.js'
import { pictureOf } from '../trace/picture-of.js'
import type { Replay } from '../trace/replay.js'
import { type Trace, traceOf } from '../trace/trace.js'
import { explainWhy, type Why } from '../trace/why.js'
import { type Broken, brokenAt } from './broken.js'
import { endOf } from './end.js'
import { pastSetup, stopsOf } from './setup.js'
import type { Subject } from './subject.js'
import { type ThreadAt, threadsAt } from './threads-at.js'

/** A property that is violated where a run has come to. */
export interface ViolatedHere {
  readonly property: string
  readonly claim: string
  readonly why: Why
}

/** Where a run has come to: everything that somebody who steps by hand wants to know. Plain data, to be sent as JSON. */
export interface Place {
  readonly scenario: string
  readonly about: string
  /** The kernel, with the patches on it. */
  readonly kernel: string
  readonly storeOrder: string
  readonly initialStates: number
  /** Steps so far, and the run itself. */
  readonly trace: Trace
  /** How many of the steps so far are the setup's. */
  readonly setup: number
  /** After how many steps there was something to decide: the places to go back to. The last is here. */
  readonly stops: readonly number[]
  readonly picture: Picture
  /** As it was before the last step; undefined at the start. */
  readonly before: Picture | undefined
  readonly threads: readonly ThreadAt[]
  readonly violated: readonly ViolatedHere[]
  /** Why the run cannot go on, in words; empty where it can. */
  readonly over: string
  /** Nothing can run: `rest` when all threads are at their ends or may wait for ever, `stuck` when not. */
  readonly end: 'none' | 'rest' | 'stuck'
}

/**
 * Where a run leads, and on from there through the setup as far as that leaves no choice.
 * @throws Diverged when it is not possible, ModelError when the model is wrong.
 */
export function placeAt(subject: Subject, run: Run): Place {
  const { program, artist, kernel, project } = subject
  const { scenario } = program
  const { trace, replayed } = traceOf(program, pastSetup(program, run))
  const system = new ReferenceSystem(program)
  const lastStep = replayed.steps.at(-1)
  const over = lastStep ? endOf(lastStep.outcome) : ''
  const stops = over === '' && system.enabled(replayed.last).length === 0
  const own = trace.steps.filter(step => !step.setup).length
  const broken = brokenAt(program, project.properties, replayed)
  return {
    scenario: scenario.name,
    about: scenario.about,
    kernel: [kernel.name, ...kernel.patches].join(' + '),
    storeOrder: scenario.storeOrder,
    initialStates: program.initial.length,
    trace,
    setup: trace.steps.length - own,
    stops: stopsOf(program, replayed),
    picture: pictureOf(artist, replayed.last),
    before: lastStep && pictureOf(artist, lastStep.before),
    threads: threadsAt(subject, replayed, own + 1, over !== ''),
    violated: broken.map(one => told(subject, replayed, trace, one)),
    over,
    end: stops ? (system.atRest(replayed.last) ? 'rest' : 'stuck') : 'none',
  }
}

function told({ program, artist }: Subject, replayed: Replay, trace: Trace, { property, error }: Broken): ViolatedHere {
  const { name, claim } = property
  const why =
    error === ''
      ? explainWhy(program, replayed, trace, property, artist.locks)
      : { reason: `nobody can tell: it threw ${error}`, evidence: [] }
  return { property: name, claim, why }
}
