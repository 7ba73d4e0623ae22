import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { call, explored } from '../../../test/models.js'
import { counterexampleOf } from '../../check/counterexample.js'
import { judge } from '../../check/verdict.js'
import { plain } from '../../program/access.js'
import { assertion, demand } from '../../program/findings.js'
import { kernel } from '../../program/kernel.js'
import type { Node } from '../../program/node.js'
import { machine, type Operation } from '../../program/operation.js'
import { PackedSystem } from '../../program/packed-system.js'
import { compile, type Program } from '../../program/program.js'
import { type ReferenceState, ReferenceSystem } from '../../program/reference-system.js'
import { scenario, thread } from '../../program/scenario.js'
import { noDataRace } from '../../property/property.js'
import { counterexampleText } from '../../report/counterexample-text.js'
import { array, bit, bool, ghost, int, marked, record } from '../../state/schema.js'
import { minimise } from '../../trace/minimise.js'
import { replay, violates } from '../../trace/replay.js'
import { checksOf } from '../checks.js'
import { walk } from '../walk.js'

const Page = record({ flags: int(0, 3), mapping: int(0, 3) }, { locked: bit('flags', 0), dirty: bit('flags', 1) })
const m = machine(
  'toy',
  record({
    pages: array(2, Page, 'p'),
    count: marked(int(0, 9)),
    life: ghost(int(0, 9)),
    lock: bool(),
  }),
)
const fatal = assertion('fatal', 'ends the run')

type Act =
  | 'lock'
  | 'unlock'
  | `${'plain' | 'marked'} ${'write' | 'read' | 'dirty' | 'other' | 'count' | 'life' | 'same'}`

type Words = Parameters<Parameters<typeof m.operation>[2]>[0]

/** One step: what it accesses is in its name. */
function nodeOf({ step, waitUntil, test }: Words, act: Act): Node {
  if (act === 'lock') {
    return waitUntil(
      act,
      s => !s.lock,
      s => {
        s.lock = true
      },
    )
  }
  if (act === 'unlock') {
    return step(act, s => {
      s.lock = false
    })
  }
  const [how, what] = act.split(' ')
  const makers: Record<string, (() => Node) | undefined> = {
    write: () =>
      step(act, s => {
        s.pages[0].mapping = (s.pages[1].flags + 1) % 4
      }),
    same: () =>
      step(act, s => {
        s.pages[0].mapping = 0
      }),
    read: () => test(act, s => s.pages[0].mapping > 0, []),
    dirty: () =>
      step(act, s => {
        s.pages[0].dirty = true
      }),
    other: () =>
      step(act, s => {
        s.pages[1].mapping = 1
      }),
    count: () =>
      step(act, s => {
        s.count = 1
      }),
    life: () =>
      step(act, s => {
        s.life = 1
      }),
  }
  const made = makers[what]?.()
  if (!made) throw new Error(what)
  return how === 'plain' ? plain(made) : made
}

function operationOf(name: string, body: (words: Words) => readonly Node[]): Operation {
  return m.operation(name, { source: 'mm/toy.c' }, body)
}

function programOf(...threads: readonly (readonly Act[])[]): Program {
  const operations = threads.map((acts, i) => operationOf(`op${i}`, words => acts.map(act => nodeOf(words, act))))
  const made = scenario('toy', m, {
    about: 'for a test',
    threads: operations.map((operation, i) => thread(`t${i}`, call(operation))),
  })
  return compile(kernel('k', { date: '2026-01', about: 'for a test' }, operations), made)
}

/** How many steps the race needs, its own two included; that it is one is looked at again. */
function race(program: Program): number | undefined {
  const run = explored(program, [noDataRace]).found.get('no-data-race')?.run
  if (!run) return undefined
  expect(violates(program, replay(program, run), noDataRace)).toBe(true)
  return run.ordinals.length
}

describe('a data race', () => {
  test('is two accesses of a field at once, one a write, one plain', () => {
    expect(race(programOf(['plain write'], ['plain read']))).toBe(2)
    expect(race(programOf(['plain write'], ['marked read']))).toBe(2)
    expect(race(programOf(['marked write'], ['plain read']))).toBe(2)
    expect(race(programOf(['marked write'], ['marked read']))).toBe(undefined)
    expect(race(programOf(['plain read'], ['plain read']))).toBe(undefined)
    expect(race(programOf(['plain write'], ['plain other']))).toBe(undefined)
  })

  test('is one even where the value stays the same', () => {
    expect(race(programOf(['plain same'], ['plain same']))).toBe(2)
  })

  test('is none under a lock, nor before the other one is there', () => {
    const locked: Act[] = ['lock', 'plain write', 'unlock']
    expect(race(programOf(locked, locked))).toBe(undefined)
    expect(race(programOf(locked, ['plain write']))).toBe(3)
  })

  test('is none over a field that is marked or specification-only', () => {
    expect(race(programOf(['plain count'], ['plain count']))).toBe(undefined)
    expect(race(programOf(['plain life'], ['plain life']))).toBe(undefined)
  })

  test('is over the word that bits share', () => {
    const locker = operationOf('locker', ({ step }) => [
      step('lock bit', s => {
        s.pages[0].locked = true
      }),
    ])
    const dirtier = operationOf('dirtier', words => [nodeOf(words, 'plain dirty')])
    const made = scenario('bits', m, {
      about: 'for a test',
      threads: [thread('a', call(locker)), thread('b', call(dirtier))],
    })
    const program = compile(kernel('k', { date: '2026-01', about: 'for a test' }, [locker, dirtier]), made)
    expect(race(program)).toBe(2)
  })

  test('is not asked of a program without plain steps, nor of one thread alone', () => {
    for (const program of [programOf(['marked write'], ['marked read']), programOf(['plain write'])]) {
      expect(judge(noDataRace, explored(program, [noDataRace])).verdict).toBe('vacuous')
    }
    const proved = explored(programOf(['plain read'], ['plain read']), [noDataRace])
    expect(judge(noDataRace, proved).verdict).toBe('proved')
  })

  test('is not looked for by walks, and nobody claims that it was', () => {
    const program = programOf(['plain write'], ['plain read'])
    const system = new PackedSystem(program)
    const result = walk(system, checksOf([noDataRace], system.shared, program), { limits: { states: 10 } })
    expect(judge(noDataRace, { ...result, stopped: undefined })).toEqual({
      verdict: 'inconclusive',
      limit: 'data races are looked for in exact searches alone, and not in reduced ones',
    })
  })

  test('is told as KCSAN does, the write first', () => {
    const program = programOf(['plain read'], ['lock', 'plain write', 'unlock'])
    const result = explored(program, [noDataRace])
    const run = result.found.get('no-data-race')?.run
    if (!run) throw new Error('not found')
    const minimal = minimise(program.kernel, program.scenario, noDataRace, run, result)
    const told = counterexampleOf(minimal, noDataRace, [])
    expect(told.why).toEqual({
      reason: 'data-race in op1 / op0',
      lines: [
        "write to p0.mapping (plain) by t1, step 2: 'plain write'",
        '  op1 mm/toy.c',
        "read of p0.mapping (plain) by t0, step 3: 'plain read'",
        '  op0 mm/toy.c',
        'value changed: 0 -> 1',
      ],
      evidence: [],
    })
    expect(counterexampleText(told, { width: 80 }).join('\n')).toContain(
      '        write to p0.mapping (plain) by t1, step 2:',
    )
  })

  test('is none where the step ends the run: that is told by itself', () => {
    const ends = operationOf('ends', ({ step }) => [
      plain(
        step('wild write', s => {
          s.pages[0].mapping = 2
          demand(fatal, false)
        }),
      ),
    ])
    const reads = operationOf('reads', words => [nodeOf(words, 'plain read')])
    const made = scenario('ends', m, {
      about: 'for a test',
      threads: [thread('a', call(ends)), thread('b', call(reads))],
    })
    const program = compile(kernel('k', { date: '2026-01', about: 'for a test' }, [ends, reads]), made)
    expect(race(program)).toBe(undefined)
    expect(explored(program, [noDataRace, fatal]).found.has('fatal')).toBe(true)
  })
})

/** What a step of that name accesses: by field, and whether it writes. */
function accesses(label: string): { field: string; write: boolean }[] {
  switch (label.split(' ').at(-1)) {
    case 'write':
      return [
        { field: 'p0.mapping', write: true },
        { field: 'p1.flags', write: false },
      ]
    case 'same':
      return [{ field: 'p0.mapping', write: true }]
    case 'read':
      return [{ field: 'p0.mapping', write: false }]
    case 'dirty':
      return [{ field: 'p0.flags', write: true }]
    case 'other':
      return [{ field: 'p1.mapping', write: true }]
    case 'lock':
    case 'unlock':
      return [{ field: 'lock', write: true }]
    default:
      return []
  }
}

/** By the definition: some state in which two threads can take steps that conflict, one of them plain. */
function races(program: Program): boolean {
  const system = new ReferenceSystem(program)
  const states = new Map<string, ReferenceState>(system.initial.map(state => [JSON.stringify(state), state]))
  for (const state of states.values()) {
    const labels = system.enabled(state).map(ordinal => system.stepAt(state, ordinal >> 8).label)
    for (const [i, a] of labels.entries()) {
      for (const b of labels.slice(i + 1)) {
        const conflict = accesses(a).some(x => accesses(b).some(y => x.field === y.field && (x.write || y.write)))
        if (conflict && (a.startsWith('plain') || b.startsWith('plain'))) return true
      }
    }
    for (const ordinal of system.enabled(state)) {
      const next = system.fire(state, ordinal).state
      states.set(JSON.stringify(next), next)
    }
  }
  return false
}

test('what the search says of random programs is what the definition says', () => {
  const kinds = ['write', 'read', 'dirty', 'other', 'count', 'life', 'same'] as const
  const access = fc
    .tuple(fc.constantFrom('plain', 'marked', 'marked'), fc.constantFrom(...kinds))
    .map(([how, what]) => `${how} ${what}` as Act)
  const section = fc.array(access, { minLength: 1, maxLength: 2 }).map((acts): Act[] => ['lock', ...acts, 'unlock'])
  const acts = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: section },
      access.map(act => [act]),
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(
      fc.array(
        acts.map(parts => parts.flat()),
        { minLength: 2, maxLength: 3 },
      ),
      threads => {
        const program = programOf(...threads)
        const expected = races(program)
        seen.add(expected)
        expect(race(program) !== undefined).toBe(expected)
      },
    ),
    { numRuns: 200 },
  )
  expect(seen.size).toBe(2)
})
