import { expect, test } from 'vitest'
import {
  compile,
  current,
  does,
  int,
  kernel,
  machine,
  PackedSystem,
  ReferenceSystem,
  record,
  ref,
  scenario,
  thread,
} from '../index.js'

test('a step and a condition know the thread that runs them, under both executions', () => {
  const m = machine('lock', record({ owner: ref('cpu', 4), turns: int(0, 4) }))
  const take = m.operation('take', { source: 'test' }, ({ waitUntil }) => [
    waitUntil(
      'lock',
      s => s.turns === current(),
      s => {
        s.owner = current()
        s.turns++
      },
    ),
  ])
  const program = compile(
    kernel('k', { date: '', about: '' }, [take]),
    scenario('s', m, { about: '', threads: [thread('a', does(take, {})), thread('b', does(take, {}))] }),
  )
  const packed = new PackedSystem(program)
  packed.loadInitial(0)
  expect([packed.enabled(0), packed.enabled(1)]).toEqual([true, false])
  packed.fire(0)
  packed.fire(256)
  expect(packed.shared).toMatchObject({ owner: 1, turns: 2 })

  const reference = new ReferenceSystem(program)
  const [start] = reference.initial
  expect(reference.enabled(start)).toEqual([0])
  const { state } = reference.fire(reference.fire(start, 0).state, 256)
  expect(state.shared).toMatchObject({ owner: 1, turns: 2 })
})
