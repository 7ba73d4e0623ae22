import { readFileSync } from 'node:fs'
import { applyPatch, checksOf, compile, createTreeStore, explore, type Kernel, named, PackedSystem } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import project from './svm.js'

interface Variant {
  readonly kernel: string
  readonly patches: readonly string[]
}

interface Index {
  readonly bugs: readonly {
    readonly id: string
    readonly scenario: string
    readonly property: string
    readonly before: Variant
    readonly after: Variant
  }[]
  readonly known: readonly { readonly kernel: string; readonly scenario: string; readonly property: string }[]
}

const index = JSON.parse(readFileSync(new URL('../counterexamples/svm.json', import.meta.url), 'utf8')) as Index
const newest = project.kernels[project.kernels.length - 1]

function kernelOf({ kernel, patches }: Variant): Kernel {
  const base = named('kernel', project.kernels, kernel)
  return patches.reduce((patched, name) => applyPatch(patched, named('patch', project.patches, name)), base)
}

function run(kernel: Kernel, name: string) {
  const system = new PackedSystem(compile(kernel, named('scenario', project.scenarios, name)))
  const result = explore(system, checksOf(project.properties, system.shared), createTreeStore(system.words, {}))
  expect(result.stopped).toBeUndefined()
  return { violated: [...result.found.keys()].sort(), lost: result.lost, tested: result.tested, cut: [...result.cut] }
}

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
    const patches = project.patches.filter(patch => patch.status.startsWith('a proposal')).map(patch => patch.name)
    const patched = kernelOf({ kernel: newest.name, patches })
    const left = index.known.flatMap(({ scenario }) => run(patched, scenario).violated)
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
