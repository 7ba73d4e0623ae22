import { Locks, NONE } from '../explore/locks/held.js'
import type { Picture } from '../picture/picture.js'
import type { VisibleNode } from '../program/code.js'
import { running } from '../program/current.js'
import { chainOf } from '../program/graph.js'
import { type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import { partAt, show } from '../state/diff.js'
import { threadOf } from '../system/system.js'
import { pictureOf } from '../trace/picture-of.js'
import { watched } from '../trace/reads.js'
import type { Replay } from '../trace/replay.js'
import { stepAsTold, type TraceStep } from '../trace/trace.js'
import { waitsFor } from '../trace/wait-for.js'
import { brokenAt } from './broken.js'
import { endOf } from './end.js'
import type { Subject } from './subject.js'

/** A step that can be taken now, with what it would do. */
export interface Offer {
  readonly ordinal: number
  readonly step: TraceStep
  /** Why the run would end with it; else empty. */
  readonly ends: string
  /** Properties that are violated after it, by name. */
  readonly breaks: readonly string[]
  /** The state after it. */
  readonly after: Picture
}

/** Something that a thread waits for: a lock and who holds it, or a field that its condition looks at, and its value. */
export interface Awaited {
  readonly name: string
  readonly value: string
}

/** Where a thread is, and what it can do. */
export interface ThreadAt {
  readonly name: string
  readonly is: 'able' | 'waiting' | 'ended' | 'held back'
  /** The step that it stands before; empty texts when it has ended. */
  readonly operation: string
  readonly source: string
  readonly label: string
  /** Active functions, outermost first. */
  readonly stack: readonly string[]
  readonly offers: readonly Offer[]
  readonly awaits: readonly Awaited[]
}

/** What each thread can do after a run; nothing when the run cannot go on. A setup that has ended is left out. */
export function threadsAt(subject: Subject, replayed: Replay, number: number, over: boolean): ThreadAt[] {
  const { program } = subject
  const system = new ReferenceSystem(program)
  const { last } = replayed
  const enabled = over ? [] : system.enabled(last)
  const alone = program.setup && system.stepAt(last, 0).kind !== 'end'
  return program.threads.flatMap(({ name }, t): ThreadAt[] => {
    const step = system.stepAt(last, t)
    const { operation, source } = step.frame
    const stack = chainOf(step.frame)
      .slice(1)
      .map(frame => frame.operation)
    if (step.kind === 'end') {
      if (program.setup && t === 0) return []
      return [{ name, is: 'ended', operation: '', source: '', label: '', stack: [], offers: [], awaits: [] }]
    }
    const here = { name, operation, source, label: step.label, stack }
    const own = enabled.filter(ordinal => threadOf(ordinal) === t)
    if (own.length > 0) {
      return [
        { ...here, is: 'able', offers: own.map(ordinal => offer(subject, replayed, ordinal, number)), awaits: [] },
      ]
    }
    if (over || (alone && t !== 0)) return [{ ...here, is: 'held back', offers: [], awaits: [] }]
    return [{ ...here, is: 'waiting', offers: [], awaits: awaitedBy(subject, last, t, step) }]
  })
}

function offer({ program, project, artist }: Subject, replayed: Replay, ordinal: number, number: number): Offer {
  const before = replayed.last
  const { state: after, outcome } = new ReferenceSystem(program).fire(before, ordinal)
  const step = { ordinal, before, after, outcome }
  const then = { ...replayed, steps: [...replayed.steps.slice(-1), step], last: after, loop: [], others: [] }
  return {
    ordinal,
    step: stepAsTold(program, step, program.setup && threadOf(ordinal) === 0 ? 0 : number),
    ends: endOf(outcome),
    breaks: brokenAt(program, project.properties, then).map(({ property }) => property.name),
    after: pictureOf(artist, after),
  }
}

/** The locks for which a blocked thread waits, with their holders, and the values that its condition looks at. */
function awaitedBy({ program, artist }: Subject, state: ReferenceState, t: number, step: VisibleNode): Awaited[] {
  const locks = new Locks(artist.locks)
  const held = waitsFor(program, locks, state, t).flatMap((by, holder) =>
    locks.all.flatMap((lock, i) =>
      by[i] === NONE ? [] : [{ name: locks.nameOf(lock), value: `held by ${program.threads[holder].name}` }],
    ),
  )
  const { schema } = program.scenario
  const values = new Map<string, string>()
  const shared = watched(schema, state.shared as object, ({ path }) => {
    const part = partAt(schema, state.shared, path)
    values.set(part.name, show(part.type, part.value))
  }) as never
  const locals = state.threads[t].frames.at(-1) as never
  running.thread = t
  if (step.kind === 'wait') step.ready(shared, locals)
  if (step.kind === 'choose') for (const value of step.values) step.when(shared, locals, value)
  return [...held, ...[...values].map(([name, value]) => ({ name, value }))]
}
