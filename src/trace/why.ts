import { produce } from 'immer'
import { many } from '../numbers.js'
import { said } from '../program/findings.js'
import type { Program } from '../program/program.js'
import { type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import type { LockClass } from '../property/locks.js'
import { falseClause, type Property } from '../property/property.js'
import { type Path, partAt, show } from '../state/diff.js'
import type { RecordType } from '../state/schema.js'
import { threadOf } from '../system/system.js'
import { whyRace } from './race.js'
import { type Read, watched } from './reads.js'
import type { Replay } from './replay.js'
import type { Trace } from './trace.js'
import { waitCycle } from './wait-for.js'
import { whyLocks } from './why-locks.js'

/** One value that made a property false, and the step that last wrote it. */
export interface Evidence {
  readonly name: string
  readonly value: string
  /** The step's number, or undefined when it is as it was at the start. */
  readonly writtenAt: number | undefined
  readonly writtenBy: string | undefined
}

/** Why a property is false at the end of a trace. */
export interface Why {
  /** The clause or assertion that failed, in one line. */
  readonly reason: string
  readonly evidence: readonly Evidence[]
  /** What else there is to say, line by line, as the kernel's own tools lay it out. */
  readonly lines?: readonly string[] | undefined
}

/** Explains the violation at the end of a replayed run; `locks` are those that a deadlock may be made of. */
export function explainWhy(
  program: Program,
  replayed: Replay,
  trace: Trace,
  property: Property,
  locks: readonly LockClass[] = [],
): Why {
  const { schema } = program.scenario
  switch (property.kind) {
    case 'invariant': {
      const failed = falseClause(property, replayed.last.shared)
      if (!failed) return { reason: property.claim, evidence: [] }
      const reads: Read[] = []
      const holds = property.clauses[failed.clause]
      holds(watched(schema, replayed.last.shared as object, read => reads.push(read)) as never, failed.index)
      const subject = property.over.prefix === '' ? '' : ` for ${property.over.prefix}${failed.index}`
      return { reason: `not: ${failed.clause}${subject}`, evidence: evidenceOf(schema, reads, replayed.last, trace) }
    }
    case 'assertion': {
      const last = replayed.steps.at(-1)
      if (!last) return { reason: property.claim, evidence: [] }
      const finding = last.outcome.findings.find(candidate => candidate.property.name === property.name)
      const reads: Read[] = []
      const note = (read: Read) => {
        if (!said.findings.some(({ property: failed }) => failed.name === property.name)) reads.push(read)
      }
      new ReferenceSystem(program).fire(last.before, last.ordinal, (state, recipe) =>
        produce(state, draft => {
          const shared = watched(schema, draft.shared as object, note)
          recipe(withShared(draft as ReferenceState, shared) as never)
        }),
      )
      const before = { ...trace, steps: trace.steps.slice(0, -1) }
      return {
        reason: finding?.message || `not: ${property.claim}`,
        evidence: telling(evidenceOf(schema, reads, last.before, before)),
      }
    }
    case 'deadlock': {
      const { last } = replayed
      const parts = [waitCycle(program, locks, last), blockedThreads(program, last)]
      return { reason: parts.filter(Boolean).join('. '), evidence: blockers(program, last, trace) }
    }
    case 'data-race':
      return whyRace(program, replayed, trace)
    case 'locks':
      return whyLocks(program, property, replayed)
    case 'livelock':
      return { reason: whoRepeats(program, replayed), evidence: [] }
    case 'reachable':
      return { reason: property.claim, evidence: [] }
  }
}

/** The draft with its shared part watched; locals are the draft's own. */
function withShared(draft: ReferenceState, shared: object): ReferenceState {
  return {
    get shared() {
      return shared as ReferenceState['shared']
    },
    get threads() {
      return draft.threads
    },
  }
}

function blockedThreads(program: Program, state: ReferenceState): string {
  const system = new ReferenceSystem(program)
  const waiting = program.threads.flatMap((thread, t) => {
    const step = system.stepAt(state, t)
    return step.kind === 'end' || thread.daemon
      ? []
      : [`${thread.name} waits at '${step.label}' in ${step.frame.operation}`]
  })
  return waiting.join('; ')
}

/** Who goes on for ever in the loop, who is passed by although he can go on now and then, and who waits. */
function whoRepeats(program: Program, { loop, last }: Replay): string {
  const system = new ReferenceSystem(program)
  const isAble = (t: number, state: ReferenceState) => system.enabled(state).some(ordinal => threadOf(ordinal) === t)
  const acts = (t: number) => loop.some(step => threadOf(step.ordinal) === t)
  const parts = program.threads.flatMap((thread, t) => {
    if (acts(t))
      return [`${thread.name} repeats ${many(loop.filter(step => threadOf(step.ordinal) === t).length, 'step')}`]
    const step = system.stepAt(last, t)
    if (step.kind === 'end') return []
    const times = loop.filter(({ before }) => isAble(t, before)).length
    const how = times > 0 ? `starves, able to go on in ${times} of the ${many(loop.length, 'state')},` : 'waits'
    return [`${thread.name} ${how} at '${step.label}' in ${step.frame.operation}`]
  })
  return `for ever: ${parts.join('; ')}`
}

/** What the conditions looked at on which threads wait. */
function blockers(program: Program, state: ReferenceState, trace: Trace): Evidence[] {
  const { schema } = program.scenario
  const system = new ReferenceSystem(program)
  const reads: Read[] = []
  program.threads.forEach((_, t) => {
    const step = system.stepAt(state, t)
    if (step.kind !== 'wait') return
    const { frames } = state.threads[t]
    step.ready(watched(schema, state.shared as object, read => reads.push(read)) as never, frames.at(-1) as never)
  })
  return evidenceOf(schema, reads, state, trace)
}

function evidenceOf(schema: RecordType, reads: readonly Read[], state: ReferenceState, trace: Trace): Evidence[] {
  const seen = new Set<string>()
  return reads.flatMap(read => {
    const part = partAt(schema, state.shared, read.path)
    if (seen.has(part.name)) return []
    seen.add(part.name)
    const step = [...trace.steps]
      .reverse()
      .find(candidate => candidate.changes.some(change => covers(change.path, part.path)))
    const value = show(part.type, part.value)
    return [{ name: part.name, value, writtenAt: step?.number, writtenBy: step?.thread }]
  })
}

/** A step reads much that has nothing to do with its failure: what the run itself wrote comes first, and alone if it can. */
function telling(evidence: readonly Evidence[]): readonly Evidence[] {
  const written = evidence.filter(({ writtenAt }) => writtenAt !== undefined && writtenAt > 0)
  return written.length > 0 ? written : evidence
}

function covers(change: Path, part: Path): boolean {
  return change.length <= part.length && change.every((key, i) => key === part[i])
}
