import { describe, expect, test } from 'vitest'
import { call, explored, programOf, sharedStates } from '../../test/models.js'
import { int, record, tagged } from '../state/schema.js'
import { ordinalOf } from '../system/system.js'
import { machine } from './operation.js'
import { PackedSystem } from './packed-system.js'
import { does, thread } from './scenario.js'

const m = machine('small', record({ n: int(0, 9) }))

describe('locals', () => {
  test('of a call that has returned are cleared, so that they do not tell states apart', () => {
    const inner = m.operation('inner', { source: 'test', locals: { seen: int(0, 9) }, returns: int(0, 9) }, w => [
      w.choose('seen', [0, 1, 2, 3], (_, t, value) => {
        t.seen = value
      }),
      w.step('use', () => undefined),
      w.ret(t => t.seen % 2),
    ])
    const outer = m.operation('outer', { source: 'test', locals: { odd: int(0, 1) } }, w => [
      w.call('inner()', inner, {}, (t, value) => {
        t.odd = value
      }),
      w.step('n', (s, t) => {
        s.n = t.odd
      }),
    ])
    const program = programOf(m, [inner, outer], { threads: [thread('t', call(outer))] })
    // The start, four values in the call, two results after it, two ends.
    expect(explored(program)).toMatchObject({ states: 1 + 4 + 2 + 2, transitions: 4 + 4 + 2, terminal: 2 })
  })

  test('start from their defaults in every call, arguments from what is passed', () => {
    const word = tagged(int(0, 9), { nothing: '', some: '' })
    const inner = m.operation('inner', { source: 'test', params: { by: int(0, 9) }, locals: { word } }, w => [
      w.step('n', (s, t) => {
        s.n += t.word.tag === 'some' ? 9 : t.by
        t.word.tag = 'some'
      }),
    ])
    const outer = m.operation('outer', { source: 'test', locals: { i: int(0, 3) } }, w => [
      w.loop(
        t => t.i < 3,
        [
          w.local(t => {
            t.i++
          }),
          w.call('inner()', inner, { by: t => t.i }),
        ],
      ),
      w.call('inner(2)', inner, { by: 2 }),
    ])
    const program = programOf(m, [inner, outer], { threads: [thread('t', call(outer))] })
    expect(sharedStates(program)).toMatchObject([{ n: 0 }, { n: 1 }, { n: 3 }, { n: 6 }, { n: 8 }])
  })
})

describe('a setup', () => {
  test('runs alone, to its end, before any thread', () => {
    const set = m.operation('set', { source: 'test' }, w => [
      w.step('n++', s => {
        s.n++
      }),
    ])
    const use = m.operation('use', { source: 'test', params: { by: int(1, 3) } }, w => [
      w.step('double', (s, t) => {
        s.n *= t.by
      }),
    ])
    const program = programOf(m, [set, use], {
      setup: [call(set), call(set)],
      threads: [thread('a', does(use, { by: 2 })), thread('b', does(use, { by: 2 }))],
    })
    expect(sharedStates(program)).toMatchObject([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 4 }, { n: 8 }])
    const system = new PackedSystem(program)
    expect(system.threads).toEqual(['setup', 'a', 'b'])
    system.loadInitial(0)
    expect([0, 1, 2].map(t => system.enabled(t))).toEqual([true, false, false])
    expect(() => system.fire(ordinalOf(1, 0))).toThrow('is not enabled')
  })
})
