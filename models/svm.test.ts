import type { Kernel } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { readIndex, Trials, type Variant } from '../test/trial.js'
import project from './svm.js'

const index = readIndex('svm')
const trials = new Trials(project)
const { newest } = trials
const kernelOf = (variant: Variant) => trials.kernelOf(variant)
const run = (kernel: Kernel, name: string) => trials.run(kernel, name)

describe('every bug is found before its fix and proved gone after it', () => {
  test.each(index.bugs)('$id', ({ scenario, property, before, after }) => {
    expect(run(kernelOf(before), scenario).violated).toContain(property)
    const { violated, lost, tested, cut } = run(kernelOf(after), scenario)
    expect(violated).toEqual([])
    expect({ lost, tested: tested.has(property), cut }).toEqual({ lost: 0, tested: true, cut: [] })
  })
})

describe('the newest kernel', () => {
  const results = new Map(project.scenarios.map(({ name }) => [name, run(newest, name)]))

  test.each(project.scenarios)('$name', ({ name, exercises }) => {
    const result = results.get(name)
    const known = index.known.filter(known => known.scenario === name).map(known => known.property)
    expect(result?.violated).toEqual(known.sort())
    expect(exercises.filter(property => !result?.tested.has(property))).toEqual([])
    expect(result?.cut).toEqual([])
  })

  test('puts every property to the test somewhere', () => {
    const tested = new Set([...results.values()].flatMap(result => [...result.tested]))
    expect(project.properties.map(property => property.name).filter(name => !tested.has(name))).toEqual([])
  })

  test('has no violation left with the proposed patches', () => {
    const left = index.known.flatMap(({ scenario }) => run(trials.proposed, scenario).violated)
    expect(left).toEqual([])
  })
})

describe('no half of a fix is enough', () => {
  const violated = (kernel: string, scenario: string, ...patches: string[]) =>
    run(kernelOf({ kernel, patches }), scenario).violated

  test('nouveau that evicts nothing waits for ever; one that does not wait frees what a fault uses', () => {
    const scenario = 'nouveau-unbind-races-cpu-fault'
    expect(violated('v6.0', scenario, 'pgmap-reference-on-page-allocation')).toContain('no-deadlock')
    expect(violated('v6.0', scenario, 'evict-device-private-memory-during-release')).toContain('device-memory-present')
  })

  test('a drm_pagemap that nobody counts is freed below whoever uses it', () => {
    expect(violated('v6.19', 'foreign-vma-races-unbind')).toContain('provider-is-alive')
  })
})
