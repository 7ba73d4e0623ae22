import type { Kernel } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { readIndex, Trials, type Variant } from '../test/trial.js'
import project from './page-table.js'

const index = readIndex('page-table')
const trials = new Trials(project)
const { newest } = trials
const kernelOf = (variant: Variant) => trials.kernelOf(variant)
const run = (kernel: Kernel, name: string) => trials.run(kernel, name)

describe('every bug is found before its fix and proved gone after it', () => {
  test.each(index.bugs)('$id', ({ scenario, property, before, after }) => {
    expect(run(kernelOf(before), scenario).violated).toContain(property)
    const { violated, lost, tested, cut } = run(kernelOf(after), scenario)
    expect(violated).not.toContain(property)
    expect({ lost, tested: tested.has(property), cut }).toEqual({ lost: 0, tested: true, cut: [] })
  })
})

describe('the newest kernel', () => {
  test.each(project.scenarios)('$name', scenario => {
    const { violated, tested, cut } = run(newest, scenario.name)
    const found = index.bugs.filter(bug => bug.before.kernel === newest.name && bug.before.patches.length === 0)
    const known = [...index.known, ...found].filter(known => known.scenario === scenario.name)
    expect(violated).toEqual([...new Set(known.map(known => known.property))].sort())
    expect(scenario.exercises.filter(name => !tested.has(name))).toEqual([])
    expect(cut).toEqual([])
  })

  test('has no violation left in races with the proposed patches', () => {
    const patches = project.patches.filter(patch => patch.status.startsWith('a proposal')).map(patch => patch.name)
    const kernel = kernelOf({ kernel: newest.name, patches })
    // Splits in the middle of a migration have no proposal.
    const rest = project.scenarios.filter(scenario => !/^migrate-(shared-to|to)-small/.test(scenario.name))
    expect(rest.flatMap(scenario => run(kernel, scenario.name).violated)).toEqual([])
  })

  test('puts every property to the test somewhere', () => {
    const tested = new Set(project.scenarios.flatMap(scenario => [...run(newest, scenario.name).tested]))
    expect(project.properties.map(property => property.name).filter(name => !tested.has(name))).toEqual([])
  })
})
