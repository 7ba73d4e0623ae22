import { expect, test } from 'vitest'
import { kernel } from '../program/kernel.js'
import { machine } from '../program/operation.js'
import { daemon, does, scenario, thread } from '../program/scenario.js'
import { noLivelock, noStarvation } from '../property/property.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { bool, record } from '../state/schema.js'
import { checkScenario } from './check-scenario.js'

const m = machine('lock', record({ locked: bool() }))
const lock = m.operation('lock', { source: 'x.c' }, ({ waitUntil, step }) => [
  waitUntil(
    'lock',
    s => !s.locked,
    s => {
      s.locked = true
    },
  ),
  step('unlock', s => {
    s.locked = false
  }),
])
const lockAgainAndAgain = m.operation('again', { source: 'x.c' }, ({ loop, call }) => [
  loop(() => true, [call('lock', lock, {})]),
])
const k = kernel('k', { date: '2026-01', about: 'a lock' }, [lock, lockAgainAndAgain])
const made = scenario('starves', m, {
  about: 'One thread takes a lock again and again, another waits for it.',
  threads: [daemon('busy', does(lockAgainAndAgain, {})), thread('waiter', does(lock, {}))],
})

test('who waits for a lock that is taken again and again: weak fairness may pass by, strong may not', () => {
  const { properties } = checkScenario(k, made, [noLivelock, noStarvation])
  expect(properties.map(({ property, verdict }) => [property, verdict])).toEqual([
    ['no-livelock', 'proved'],
    ['no-starvation', 'violated'],
  ])
  const found = properties[1].counterexample
  expect([found?.steps, found?.trace.run.loop, found?.why.reason]).toMatchInlineSnapshot(`
    [
      2,
      2,
      "for ever: busy repeats 2 steps; waiter starves, able to go on in 1 of the 2 states, at 'lock' in lock",
    ]
  `)
})

test('the report says who acts in the loop, and who does not', () => {
  const { properties } = checkScenario(k, made, [noStarvation])
  const found = properties[0].counterexample
  const lines = found ? counterexampleText(found, { width: 80 }) : []
  expect(lines).toContain('┌─ from here on, for ever: busy (2 steps); without a step of waiter')
})
