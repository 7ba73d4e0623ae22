import { describe, expect, test } from 'vitest'
import { Lockstep } from '../../test/differential/lockstep.js'
import { call, explored, programOf, sharedStates, stepsOf } from '../../test/models.js'
import { ModelError } from '../errors.js'
import { bool, int, record } from '../state/schema.js'
import { ordinalOf, type Successors } from '../system/system.js'
import { assertion, bound, expect as claim, demand } from './findings.js'
import { machine } from './operation.js'
import { PackedSystem } from './packed-system.js'
import type { Program } from './program.js'
import { ReferenceSystem } from './reference-system.js'
import { thread } from './scenario.js'

const m = machine('small', record({ n: int(0, 9), flag: bool() }))
const warned = assertion('warned', 'it warns')
const crashed = assertion('crashed', 'it crashes')

/** What happens to each step from the first initial state, in words; checked to be the same in both executions. */
function first(program: Program): string[] {
  Lockstep.start(program, () => undefined)?.run(0, [0])
  const system = new PackedSystem(program)
  system.loadInitial(0)
  const events: string[] = []
  const sink: Successors = {
    words: new Int32Array(system.words),
    slot: 0,
    push: ordinal => events.push(`${ordinal}`),
    found: (ordinal, findings) =>
      events.push(`${ordinal} ${findings.map(f => `${f.fatal ? 'fatal' : 'warns'} ${f.message}`).join(', ')}`),
    cut: (ordinal, name) => events.push(`${ordinal} cut ${name}`),
    broke: (ordinal, error) => events.push(`${ordinal} broke ${error.message}`),
  }
  events.push(`${system.expand(sink)} enabled`)
  return events
}

function op(name: string, run: (s: { n: number; flag: boolean }) => void) {
  return m.operation(name, { source: 'test' }, w => [w.step(`${name} it`, run)])
}

describe('what a step says', () => {
  test('a warning goes on, a crash and a bound do not', () => {
    const operations = [
      op('warns', s => {
        claim(warned, s.n > 0, 'n is 0')
        s.n++
      }),
      op('crashes', s => {
        s.n++
        claim(warned, false, 'soon')
        demand(crashed, s.n > 5, 'n is small')
        s.n++
      }),
      op('too far', s => {
        s.n++
        bound('n < 1', s.n < 1)
      }),
      op('breaks', s => {
        claim(warned, false, 'soon')
        s.n -= 1
      }),
      op('is well', s => {
        demand(crashed, true)
        bound('n < 1', s.n < 1)
        s.flag = claim(warned, true)
      }),
    ]
    expect(first(programOf(m, operations))).toEqual([
      '0 warns n is 0',
      '0',
      '256 warns soon, fatal n is small',
      '512 cut n < 1',
      '768 warns soon',
      '768 broke n := -1 is outside 0..9',
      '1024',
      '5 enabled',
    ])
  })

  test('a condition that says something: it counts when the step runs, and a crash in it is a step that crashes', () => {
    const waits = (name: string, ready: (s: { n: number }) => boolean) =>
      m.operation(name, { source: 'test' }, w => [w.waitUntil(name, ready)])
    const operations = [
      waits('blocked', () => claim(warned, false, 'while it waits')),
      waits('ready', () => !claim(warned, false, 'and goes on')),
      waits('crashes', s => {
        demand(crashed, s.n > 0, 'a look that crashes')
        return true
      }),
      waits('too far', () => {
        bound('far', false)
        return true
      }),
      m.operation('picks', { source: 'test' }, w => [
        w.choose(
          'pick',
          [0, 1, 2],
          () => undefined,
          (_s, _t, value) => {
            demand(crashed, value !== 1, 'the second')
            return value === 2
          },
        ),
      ]),
    ]
    const program = programOf(m, operations)
    expect(first(program)).toEqual([
      '256 warns and goes on',
      '256',
      '512 fatal a look that crashes',
      '768 cut far',
      '1025 fatal the second',
      '1026',
      '5 enabled',
    ])
    const system = new PackedSystem(program)
    system.loadInitial(0)
    expect(program.threads.map((_, t) => system.enabled(t))).toEqual([false, true, true, true, true])
  })
})

describe('choices', () => {
  const picks = m.operation('picks', { source: 'test' }, w => [
    w.choose(
      'pick',
      [7, 0, 3],
      (s, _, value) => {
        s.n = value
      },
      (s, _, value) => value !== 3 || s.flag,
    ),
  ])

  test('are numbered by their place, also where some are not offered', () => {
    expect(first(programOf(m, [picks]))).toEqual(['0', '1', '2 enabled'])
    const flagged = {
      initial: [
        (s: { flag: boolean }) => {
          s.flag = true
        },
      ],
    }
    expect(first(programOf(m, [picks], flagged))).toEqual(['0', '1', '2', '3 enabled'])
    expect(sharedStates(programOf(m, [picks])).map(state => JSON.stringify(state))).toEqual([
      '{"n":0,"flag":false}',
      '{"n":7,"flag":false}',
    ])
  })

  test('may be 256, and the last does not become a step of the next thread', () => {
    const wide = machine('wide', record({ n: int(0, 255) }))
    const many = wide.operation('many', { source: 'test' }, w => [
      w.choose('n', [...new Array(256).keys()], (s, _, value) => {
        s.n = value
      }),
    ])
    const program = programOf(wide, [many], { threads: [thread('a', call(many)), thread('b', call(many))] })
    const system = new PackedSystem(program)
    system.loadInitial(0)
    expect(system.maxSuccessors).toBe(512)
    system.fire(ordinalOf(0, 255))
    expect(system.shared).toMatchObject({ n: 255 })
    expect([system.enabled(0), system.enabled(1)]).toEqual([false, true])
    expect(explored(program)).toMatchObject({
      states: 1 + 256 + 256 + 256,
      transitions: 512 + 512 * 256,
      terminal: 256,
    })
  })
})

describe('firing', () => {
  const steps = programOf(m, [
    op('once', s => {
      s.n++
    }),
  ])

  test.each([1, 255, ordinalOf(1, 0), ordinalOf(200, 0)])('what is not enabled is refused: %i', ordinal => {
    const packed = new PackedSystem(steps)
    packed.loadInitial(0)
    const reference = new ReferenceSystem(steps)
    expect(() => packed.fire(ordinal)).toThrow('is not enabled')
    expect(() => reference.fire(reference.initial[0], ordinal)).toThrow('is not enabled')
    packed.fire(0)
    expect(() => packed.fire(0)).toThrow('step 0 of once is not enabled')
  })

  test('immutable states stay as they were', () => {
    const reference = new ReferenceSystem(steps)
    const [start] = reference.initial
    const { state } = reference.fire(start, 0)
    expect([start.shared, state.shared]).toMatchObject([{ n: 0 }, { n: 1 }])
    expect(Object.isFrozen(state.shared)).toBe(true)
  })
})

describe('a recipe that throws is named', () => {
  const boom = () => {
    throw new Error('boom')
  }
  test.each([
    ['a step', "x step 'it': threw: boom; fix the recipe", m.operation('x', { source: '' }, w => [w.step('it', boom)])],
    [
      'a condition',
      "x step 'it': threw: boom; fix the recipe",
      m.operation('x', { source: '' }, w => [w.waitUntil('it', boom)]),
    ],
    [
      'a choice',
      "x step 'it': threw: boom; fix the recipe",
      m.operation('x', { source: '' }, w => [w.choose('it', [1], () => undefined, boom)]),
    ],
    [
      'a branch on locals after a step',
      "x step 'it': threw: boom; fix the recipe",
      m.operation('x', { source: '' }, w => [w.step('it', () => undefined), w.when(boom, [])]),
    ],
    [
      'a step that reads what is not there',
      "x step 'it': threw: Cannot read properties of undefined (reading 'n'); fix the recipe",
      m.operation('x', { source: '' }, w => [w.step('it', s => void (s as unknown as { p: { n: 1 } }).p.n)]),
    ],
  ])('%s', (_, message, operation) => {
    const program = programOf(m, [operation])
    const reference = new ReferenceSystem(program)
    expect(() => explored(program)).toThrow(ModelError)
    expect(() => explored(program)).toThrow(message)
    expect(() => reference.fire(reference.initial[0], 0)).toThrow(message)
  })

  test('what it said before does not reach the next run', () => {
    const says = op('says', () => {
      claim(warned, false)
      throw new Error('boom')
    })
    expect(() => explored(programOf(m, [says]))).toThrow('boom')
    expect(stepsOf(explored(programOf(m, [op('well', () => undefined)])))).toEqual({})
  })

  test('one before the first step belongs to its thread', () => {
    const starts = m.operation('x', { source: '' }, w => [w.local(boom), w.step('it', () => undefined)])
    const claims = m.operation('x', { source: '' }, w => [w.local(() => void claim(warned, false))])
    const message = 'thread x of scenario small: threw before its first step: boom'
    expect(() => new PackedSystem(programOf(m, [starts]))).toThrow(message)
    expect(() => new ReferenceSystem(programOf(m, [starts])).initial).toThrow(message)
    expect(() => new PackedSystem(programOf(m, [claims]))).toThrow('asserts something before its first step')
  })
})
