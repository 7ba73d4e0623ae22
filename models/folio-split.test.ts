import { describe, expect, test } from 'vitest'
import { readIndex, Trials, type Variant } from '../test/trial.js'
import project from './folio-split.js'

const { bugs } = readIndex('folio-split')
const trials = new Trials(project)
const run = (variant: Variant, name: string) => trials.run(trials.kernelOf(variant), name)

describe('every bug is found before its fix and proved gone after it', () => {
  test.each(bugs)('$id', ({ scenario, property, before, after }) => {
    expect(run(before, scenario).violated).toContain(property)
    const { violated, tested, lost } = run(after, scenario)
    expect({ violated, tested: tested.has(property), lost }).toEqual({
      violated: [],
      tested: true,
      lost: 0,
    })
  })
})

describe('the newest kernel', () => {
  test.each(project.scenarios)('holds in $name', scenario => {
    const { violated, tested } = run({ kernel: 'v7.3', patches: [] }, scenario.name)
    expect(violated).toEqual([])
    expect(scenario.exercises.filter(name => !tested.has(name))).toEqual([])
  })
})

test('a uniform split leaves nothing to find for a lookup on the old kernel, either', () => {
  expect(run({ kernel: 'v6.19', patches: [] }, 'uniform-split-races-lookups').violated).toEqual([])
})
