import fc from 'fast-check'
import { createPlainStore, explore, PackedSystem, type Program, ReferenceSystem } from 'foliocheck'
import { expect, test } from 'vitest'
import { buildRaces, racePlan } from '../../test/differential/races.js'
import { choiceOf, threadOf } from '../system/system.js'
import { lookAgain } from './seen.js'

/** What a second look at all states shows, as sorted lines. */
function shown(program: Program): string[] {
  const system = new PackedSystem(program)
  const store = createPlainStore(system.words)
  explore(system, [], store)
  const seen = lookAgain(program, store, () => false)
  expect(seen.whole).toBe(true)
  const lines: string[] = []
  program.threads.forEach(({ steps }, t) => {
    steps.forEach((node, pc) => {
      const at = `${t}.${pc}`
      if (seen.stood[t][pc]) lines.push(`stood ${at}`)
      if (node.kind === 'test') {
        const answers = seen.decisions.get(node)
        if (answers?.yes) lines.push(`yes ${at}`)
        if (answers?.no) lines.push(`no ${at}`)
      } else if (node.kind === 'wait') {
        const answers = seen.waits.get(node)
        if (answers?.yes) lines.push(`ready ${at}`)
        if (answers?.no) lines.push(`not ready ${at}`)
      } else if (node.kind === 'choose') {
        for (const value of seen.chosen.get(node) ?? []) lines.push(`chose ${at} ${value}`)
      }
      program.threads.forEach(({ steps: others }, u) => {
        others.forEach((_, other) => {
          if (seen.orders[t][u][pc * others.length + other]) lines.push(`order ${at} ${u}.${other}`)
        })
      })
    })
  })
  return lines.sort()
}

/** The same by the slow semantics, from the definitions. */
function expected(program: Program): string[] {
  const system = new ReferenceSystem(program)
  const lines = new Set<string>()
  const keys = new Set<string>()
  const queue = [...system.initial]
  for (const state of queue) {
    const key = JSON.stringify(state)
    if (keys.has(key)) continue
    keys.add(key)
    const enabled = system.enabled(state)
    const alone = program.setup && system.stepAt(state, 0).kind !== 'end'
    const at = program.threads.map((_, t) => system.stepAt(state, t).pc)
    const took = new Set<number>()
    for (const ordinal of enabled) {
      const t = threadOf(ordinal)
      const node = system.stepAt(state, t)
      const { state: next, outcome } = system.fire(state, ordinal)
      const fatal = outcome.findings.some(finding => finding.fatal)
      if (node.kind === 'choose') lines.add(`chose ${t}.${node.pc} ${node.values[choiceOf(ordinal)]}`)
      if (node.kind === 'test') {
        const { frames } = state.threads[t]
        const yes = node.condition(state.shared as never, frames[frames.length - 1] as never)
        lines.add(`${yes ? 'yes' : 'no'} ${t}.${node.pc}`)
      }
      if (outcome.cut === '' && !outcome.broke) took.add(t)
      if (outcome.cut === '' && !outcome.broke && !fatal) queue.push(next)
    }
    program.threads.forEach((_, t) => {
      lines.add(`stood ${t}.${at[t]}`)
      if (system.stepAt(state, t).kind === 'wait' && (!alone || t === 0)) {
        lines.add(`${enabled.some(ordinal => threadOf(ordinal) === t) ? 'ready' : 'not ready'} ${t}.${at[t]}`)
      }
      if (!took.has(t) || (program.setup && t === 0)) return
      program.threads.forEach((_, u) => {
        if (u !== t && !(program.setup && u === 0)) lines.add(`order ${t}.${at[t]} ${u}.${at[u]}`)
      })
    })
  }
  return [...lines].sort()
}

test.each([false, true])('a second look shows what the slow semantics shows (steps may fail: %s)', failing => {
  let orders = 0
  fc.assert(
    fc.property(racePlan(failing), plan => {
      const { program } = buildRaces(plan)
      const lines = shown(program)
      expect(lines).toEqual(expected(program))
      orders += lines.filter(line => line.startsWith('order')).length
    }),
    { numRuns: 60 },
  )
  expect(orders).toBeGreaterThan(100)
})

test('a second look that is stopped says so', () => {
  const [plan] = fc.sample(racePlan(false), { numRuns: 1, seed: 1 })
  const { program } = buildRaces(plan)
  const system = new PackedSystem(program)
  const store = createPlainStore(system.words)
  explore(system, [], store)
  const seen = lookAgain(program, store, () => true)
  expect(seen.whole).toBe(false)
  expect(seen.stood.every(steps => !steps.includes(1))).toBe(true)
})
