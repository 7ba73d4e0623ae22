import { reasonOf } from '../errors.js'
import { EXCLUSIVE, Locks, NONE } from '../explore/locks/held.js'
import type { Drawing } from '../picture/drawing.js'
import { fieldsOf } from '../picture/fields.js'
import type { Box, Line, Picture, Section } from '../picture/picture.js'
import type { Program } from '../program/program.js'
import { framesAt, type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import type { LockClass } from '../property/locks.js'
import { show } from '../state/diff.js'
import { threadOf } from '../system/system.js'
import { waitsFor } from './wait-for.js'

/** The section that every picture ends with, and the one it begins with. */
export const FIELDS = 'all fields'
export const THREADS = 'threads'

/** What is needed to draw the states of a program. */
export interface Artist {
  readonly program: Program
  readonly drawings: readonly Drawing[]
  /** The locks that are shown with their holders and waiters. */
  readonly locks: readonly LockClass[]
}

/** A state as a picture: its threads, its locks, the machine as its drawing has it, and every field. Never throws. */
export function pictureOf({ program, drawings, locks }: Artist, state: ReferenceState): Picture {
  const { scenario } = program
  const drawing = drawings.find(({ machine }) => machine === scenario.machine)
  return {
    sections: [
      { title: THREADS, boxes: threadBoxes(program, state) },
      ...drawn(() => (locks.length > 0 ? [{ title: 'locks', boxes: lockBoxes(program, locks, state) }] : [])),
      ...drawn(() => drawing?.draw(state.shared as never) ?? []),
      fieldsOf(scenario.schema, state.shared, FIELDS),
    ],
  }
}

/** What a drawing makes of a state that it may not have been written for. */
function drawn(draw: () => readonly Section[]): readonly Section[] {
  try {
    return draw()
  } catch (thrown) {
    const value = `cannot be drawn: ${reasonOf(thrown)}`
    return [{ title: 'drawing', boxes: [{ name: 'error', tone: 'alarm', lines: [{ name: '', value }] }] }]
  }
}

/** Where each thread is, innermost function first, with its locals; a setup that has ended is left out. */
function threadBoxes(program: Program, state: ReferenceState): Box[] {
  const system = new ReferenceSystem(program)
  const able = new Set(system.enabled(state).map(threadOf))
  return program.threads.flatMap(({ name }, t): Box[] => {
    const step = system.stepAt(state, t)
    if (step.kind === 'end') {
      if (program.setup && t === 0) return []
      return [{ name, title: 'has ended', tone: 'quiet', lines: [] }]
    }
    const frames = framesAt(program, t, state.threads[t].pc)
    const locals = frames.flatMap((frame, depth) =>
      Object.entries(frame.type.fields).map(([local, type]): Line => {
        const values = state.threads[t].frames[depth] as Readonly<Record<string, unknown>>
        return { name: `${'· '.repeat(Math.max(0, depth - 1))}${local}`, value: show(type, values[local]) }
      }),
    )
    const calls = frames.slice(1).map(frame => `${frame.operation}()`)
    const waits = able.has(t) ? {} : { tone: 'held' as const }
    return [
      {
        name,
        title: calls.join(' › '),
        ...waits,
        lines: [{ name: able.has(t) ? 'next' : 'waits at', value: step.label, ...waits }, ...named(locals)],
      },
    ]
  })
}

/** Lines with names of their own: a local of two functions on one stack is told by the place of the function. */
function named(lines: readonly Line[]): Line[] {
  const times = new Map<string, number>()
  return lines.map(line => {
    const before = times.get(line.name) ?? 0
    times.set(line.name, before + 1)
    return before === 0 ? line : { ...line, name: `${line.name} (${before + 1})` }
  })
}

function lockBoxes(program: Program, classes: readonly LockClass[], state: ReferenceState): Box[] {
  const locks = new Locks(classes)
  const held = program.threads.map((_, t) => locks.of(state.shared, t))
  const waited = program.threads.map((_, t) => waitsFor(program, locks, state, t))
  return locks.all.map((lock, i): Box => {
    const holders = program.threads.flatMap(({ name }, t) =>
      held[t][i] === NONE ? [] : [held[t][i] === EXCLUSIVE ? name : `${name} (shared)`],
    )
    const waiters = program.threads.flatMap(({ name }, t) =>
      waited[t].some(by => by[i] !== undefined && by[i] !== NONE) ? [name] : [],
    )
    return {
      name: locks.nameOf(lock),
      ...(holders.length > 0 ? { tone: 'held' } : { title: 'free', tone: 'quiet' }),
      lines: [
        ...(holders.length > 0 ? [{ name: 'held by', value: holders.join(', ') }] : []),
        ...(waiters.length > 0 ? [{ name: 'waited for by', value: waiters.join(', '), tone: 'held' as const }] : []),
      ],
    }
  })
}
