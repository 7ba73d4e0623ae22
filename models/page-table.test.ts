import { readFileSync } from 'node:fs'
import { applyPatch, checksOf, compile, createTreeStore, explore, type Kernel, named, PackedSystem } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import project from './page-table.js'

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

const file = new URL('../counterexamples/page-table.json', import.meta.url)
const index = JSON.parse(readFileSync(file, 'utf8')) as Index
const newest = project.kernels[project.kernels.length - 1]

function kernelOf({ kernel, patches }: Variant): Kernel {
  const base = named('kernel', project.kernels, kernel)
  return patches.reduce((patched, name) => applyPatch(patched, named('patch', project.patches, name)), base)
}

const explored = new Map<string, ReturnType<typeof exploreAll>>()

/** The scenario on the kernel; each pair is explored once. */
function run(kernel: Kernel, name: string) {
  const key = [kernel.name, ...kernel.patches, name].join('\n')
  const result = explored.get(key) ?? exploreAll(kernel, name)
  explored.set(key, result)
  return result
}

function exploreAll(kernel: Kernel, name: string) {
  const system = new PackedSystem(compile(kernel, named('scenario', project.scenarios, name)))
  const result = explore(system, checksOf(project.properties, system.shared), createTreeStore(system.words, {}))
  expect(result.stopped).toBeUndefined()
  return { violated: [...result.found.keys()].sort(), lost: result.lost, tested: result.tested, cut: [...result.cut] }
}

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
