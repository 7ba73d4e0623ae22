import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksOf } from '../../src/explore/checks.js'
import { explore } from '../../src/explore/explore.js'
import type { Exploration } from '../../src/explore/result.js'
import { createPlainStore } from '../../src/explore/store/plain-store.js'
import { PackedSystem } from '../../src/program/packed-system.js'
import { compile } from '../../src/program/program.js'
import { PackedSymmetry } from '../../src/program/symmetry/symmetry.js'
import { build, type ModelPlan, modelPlan } from './models.js'

type Kind = 'symmetry' | 'independent' | 'local'

const WAYS: readonly (readonly Kind[])[] = [
  ['symmetry'],
  ['independent'],
  ['local'],
  ['symmetry', 'independent'],
  ['symmetry', 'local'],
]

function search(plan: ModelPlan, kinds: readonly Kind[]): Exploration {
  const { kernel, scenario, properties } = build(plan)
  const alone = kinds.find(kind => kind !== 'symmetry')
  const system = new PackedSystem(compile(kernel, scenario), { watch: alone !== undefined })
  const reduce = {
    ...(alone && { order: { system, alone } }),
    ...(kinds.includes('symmetry') && { symmetry: new PackedSymmetry(system) }),
  }
  return explore(system, checksOf(properties, system.shared), createPlainStore(system.words), {
    ...(kinds.length > 0 && { reduce }),
  })
}

const lengths = ({ found }: Exploration) =>
  Object.fromEntries([...found].map(([name, { run }]) => [name, run.ordinals.length]).sort())

/** The runs that were found must do what they are said to do. */
function replayed(plan: ModelPlan, result: Exploration): string[] {
  const { kernel, scenario, properties } = build(plan)
  const system = new PackedSystem(compile(kernel, scenario))
  const checks = checksOf(properties, system.shared)
  return [...result.found].flatMap(([name, { run }]) => {
    system.loadInitial(run.initial)
    let said: readonly { property: { name: string } }[] = []
    for (const ordinal of run.ordinals) said = system.fire(ordinal).findings
    const check = checks.find(candidate => candidate.name === name)
    if (!check) return said.some(({ property }) => property.name === name) ? [] : [name]
    const bad = check.when === 'reachable' ? !check.holds() : check.when !== 'deadlock' && check.holds()
    return bad ? [name] : []
  })
}

test('reduced searches find what the plain one finds, on random models', () => {
  const seen = { violated: 0, deadlocks: 0, cycles: 0, alike: 0, fewer: 0, revised: 0 }
  fc.assert(
    fc.property(modelPlan, plan => {
      const plain = search(plan, [])
      const names = [...plain.found.keys()].sort()
      if (plain.found.has('no-deadlock')) seen.deadlocks++
      if (names.length > 0) seen.violated++
      if (plain.transitions > plain.states * 2) seen.cycles++
      for (const kinds of WAYS) {
        const result = search(plan, kinds)
        expect({ kinds, found: [...result.found.keys()].sort() }).toEqual({ kinds, found: names })
        expect([...result.tested].sort()).toEqual([...plain.tested].sort())
        expect({ kinds, wrong: replayed(plan, result) }).toEqual({ kinds, wrong: [] })
        expect(result.states).toBeLessThanOrEqual(plain.states)
        if (result.states < plain.states) seen.fewer++
        const { symmetry, order } = result.reduction ?? {}
        if ((symmetry?.exchanges ?? 1) > 1) seen.alike++
        if ((order?.revised ?? 0) > 0) seen.revised++
        if (kinds.length === 1 && symmetry) {
          expect(symmetry.standFor).toBe(plain.states)
          expect(lengths(result)).toEqual(lengths(plain))
          expect(result.levels).toBe(plain.levels)
        }
        if (!symmetry) expect(result.terminal).toBe(plain.terminal)
      }
    }),
    { numRuns: 2000 },
  )
  for (const [what, times] of Object.entries(seen)) {
    expect([what, times > 100]).toEqual([what, true])
  }
}, 300_000)
