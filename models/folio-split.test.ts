import { readFileSync } from 'node:fs'
import { applyPatch, checksOf, compile, createTreeStore, explore, named, PackedSystem } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import project from './folio-split.js'

interface Variant {
  readonly kernel: string
  readonly patches: readonly string[]
}

interface Bug {
  readonly id: string
  readonly scenario: string
  readonly property: string
  readonly before: Variant
  readonly after: Variant
}

const file = new URL('../counterexamples/folio-split.json', import.meta.url)
const { bugs } = JSON.parse(readFileSync(file, 'utf8')) as { bugs: readonly Bug[] }

function run({ kernel, patches }: Variant, name: string) {
  const base = named('kernel', project.kernels, kernel)
  const patched = patches.reduce((k, patch) => applyPatch(k, named('patch', project.patches, patch)), base)
  const system = new PackedSystem(compile(patched, named('scenario', project.scenarios, name)))
  const result = explore(system, checksOf(project.properties, system.shared), createTreeStore(system.words, {}))
  expect(result.stopped).toBeUndefined()
  return result
}

describe('every bug is found before its fix and proved gone after it', () => {
  test.each(bugs)('$id', ({ scenario, property, before, after }) => {
    expect([...run(before, scenario).found.keys()]).toContain(property)
    const { found, tested, lost } = run(after, scenario)
    expect({ found: [...found.keys()], tested: tested.has(property), lost }).toEqual({
      found: [],
      tested: true,
      lost: 0,
    })
  })
})

describe('the newest kernel', () => {
  test.each(project.scenarios)('holds in $name', scenario => {
    const { found, tested } = run({ kernel: 'v7.3', patches: [] }, scenario.name)
    expect([...found.keys()]).toEqual([])
    expect(scenario.exercises.filter(name => !tested.has(name))).toEqual([])
  })
})

test('a uniform split leaves nothing to find for a lookup on the old kernel, either', () => {
  expect([...run({ kernel: 'v6.19', patches: [] }, 'uniform-split-races-lookups').found.keys()]).toEqual([])
})
