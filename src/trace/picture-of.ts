import { reasonOf } from '../errors.js'
import { EXCLUSIVE, Locks, NONE } from '../explore/locks/held.js'
import type { Drawing } from '../picture/drawing.js'
import { fieldsOf } from '../picture/fields.js'
import type { Box, Line, Picture, Section } from '../picture/picture.js'
import { FIELDS, LOCKS, THREADS } from '../picture/sections.js'
import { asSections } from '../picture/shape.js'
import type { Program } from '../program/program.js'
import { framesAt, type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import type { LockClass } from '../property/locks.js'
import { show } from '../state/diff.js'
import { threadOf } from '../system/system.js'
import { waitsFor } from './wait-for.js'

/** What is needed to draw the states of a program. */
export interface Artist {
  readonly program: Program
  readonly drawings: readonly Drawing[]
  /** The locks that are shown with their holders and waiters. */
  readonly locks: readonly LockClass[]
}

/** A state as a picture: its locks, the machine as its drawing has it, its threads, and every field. Never throws. */
export function pictureOf({ program, drawings, locks }: Artist, state: ReferenceState): Picture {
  const { scenario } = program
  const drawing = drawings.find(({ machine }) => machine === scenario.machine)
  return {
    sections: [
      ...drawn(() => (locks.length > 0 ? [{ title: LOCKS, boxes: lockBoxes(program, locks, state) }] : [])),
      ...drawn(() => asSections(drawing ? drawing.draw(state.shared as never) : [])),
      { title: THREADS, boxes: threadBoxes(program, state) },
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

/** Where each thread is; a setup that has ended is left out. */
function threadBoxes(program: Program, state: ReferenceState): Box[] {
  const system = new ReferenceSystem(program)
  const able = new Set(system.enabled(state).map(threadOf))
  return program.threads.flatMap(({ name }, t): Box[] => {
    const step = system.stepAt(state, t)
    if (step.kind === 'end') {
      if (program.setup && t === 0) return []
      return [{ name, title: 'has ended', tone: 'quiet', lines: [] }]
    }
    const waits = able.has(t) ? {} : { tone: 'held' as const }
    const next = { name: able.has(t) ? 'next' : 'waits at', value: step.label, ...waits }
    return [{ name, ...waits, lines: [next, ...callLines(program, state, t)] }]
  })
}

/** The functions that are active in a thread, innermost first, each with its locals. */
function callLines(program: Program, state: ReferenceState, t: number): Line[] {
  const { pc, frames: locals } = state.threads[t]
  const lines = framesAt(program, t, pc).map((frame, depth): Line => {
    const values = locals[depth] as Readonly<Record<string, unknown>>
    const shown = Object.entries(frame.type.fields).map(([local, type]) => `${local} ${show(type, values[local])}`)
    return { name: `${frame.operation}()`, value: shown.join(', ') }
  })
  return named(lines.slice(1)).reverse()
}

/** Lines with names of their own: a function that is active twice is told by its place. */
function named(lines: readonly Line[]): Line[] {
  const times = new Map<string, number>()
  return lines.map(line => {
    const before = times.get(line.name) ?? 0
    times.set(line.name, before + 1)
    return before === 0 ? line : { ...line, name: `${line.name} (${before + 1})` }
  })
}

/** Locks that are held, one by one. */
function lockBoxes(program: Program, classes: readonly LockClass[], state: ReferenceState): Box[] {
  const locks = new Locks(classes)
  const held = program.threads.map((_, t) => locks.of(state.shared, t))
  const waited = program.threads.map((_, t) => waitsFor(program, locks, state, t))
  const boxes = locks.all.flatMap((lock, i): Box[] => {
    const holders = program.threads.flatMap(({ name }, t) =>
      held[t][i] === NONE ? [] : [held[t][i] === EXCLUSIVE ? name : `${name} (shared)`],
    )
    if (holders.length === 0) return []
    const waiters = program.threads.flatMap(({ name }, t) => (waited[t].some(by => by[i] !== NONE) ? [name] : []))
    const waits = waiters.length === 0 ? [] : [{ name: 'waited for by', value: waiters.join(', ') }]
    return [
      { name: locks.nameOf(lock), tone: 'held', lines: [{ name: 'held by', value: holders.join(', ') }, ...waits] },
    ]
  })
  const others = { name: boxes.length === 0 ? 'all' : 'others', title: 'free', tone: 'quiet', lines: [] } as const
  return boxes.length < locks.all.length ? [...boxes, others] : boxes
}
