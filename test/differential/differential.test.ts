import fc from 'fast-check'
import { compile } from 'foliocheck'
import { expect, test } from 'vitest'
import { plan } from './arbitraries.js'
import { build } from './build.js'
import { Lockstep } from './lockstep.js'

/** What has to happen in some of the models, so that agreement means something. */
const HAPPENINGS = [
  ...['step', 'wait: ready', 'wait: blocked', 'choose: value', 'choose: offered', 'choose: not offered'],
  ...['test: yes', 'test: no', 'when: yes', 'when: no', 'loop', 'local', 'goto'],
  ...['call', 'call: hook', 'call: result', 'three calls deep', 'setup'],
  ...['write: shared int', 'write: shared bool', 'write: shared enum', 'write: view'],
  ...['write: local int', 'write: local bool', 'write: local enum'],
  ...['expect', 'demand', 'bound', 'throw', 'whole', 'broke'],
  ...['expect in condition', 'demand in condition', 'bound in condition'],
  ...['model error: thrown', 'model error: atomic'],
  ...['more than two words', 'step number above 255'],
  ...['at rest', 'deadlock', 'all ended'],
]

test('the packed and the reference execution agree on random models and random schedules', () => {
  const models = new Map<string, number>()
  const schedule = fc.array(fc.nat(255), { minLength: 10, maxLength: 40 })
  const warmUps = fc.constantFrom(0, 3, Number.POSITIVE_INFINITY)
  fc.assert(
    fc.property(plan, fc.array(schedule, { minLength: 1, maxLength: 3 }), warmUps, (random, schedules, warmUp) => {
      const happened = new Set<string>()
      const hit = (what: string) => happened.add(what)
      const { kernel, scenario } = build(random, hit)
      const lockstep = Lockstep.start(compile(kernel, scenario), hit, warmUp)
      for (const [i, choices] of schedules.entries()) lockstep?.run(i % scenario.initial.length, choices)
      for (const what of happened) models.set(what, (models.get(what) ?? 0) + 1)
    }),
    { numRuns: 1000 },
  )
  expect(HAPPENINGS.filter(what => !models.has(what))).toEqual([])
})
