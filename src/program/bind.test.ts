import { expect, test } from 'vitest'
import { bool, compile, does, kernel, machine, record, scenario, thread } from '../index.js'

const m = machine('hooks', record({ done: bool() }))
const old_free = m.hook('old_free', {})
const new_free = m.hook('new_free', {})
const driver_free = m.operation('driver_free', { source: 'test' }, w => [
  w.step('free', s => {
    s.done = true
  }),
])
const bind = { old_free: { name: 'driver_old_free', params: {} }, new_free: driver_free }
const run = (hook: typeof old_free) =>
  scenario('s', m, {
    about: '',
    bind,
    threads: [
      thread(
        'cpu0',
        does(
          m.operation('put', { source: 'test' }, w => [w.call('->free()', hook, {})]),
          {},
        ),
      ),
    ],
    operations: [m.operation('put', { source: 'test' }, w => [w.call('->free()', hook, {})])],
  })

test('a hook whose operation the kernel lacks stays unbound until somebody calls it', () => {
  const k = kernel('k', { date: '', about: '' }, [driver_free])
  expect(compile(k, run(new_free)).threads).toHaveLength(1)
  expect(() => compile(k, run(old_free))).toThrow(/has no operation old_free/)
})
