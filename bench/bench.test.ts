import { checksOf, compile, createTreeStore, explore, PackedSystem } from 'foliocheck'
import { describe, expect, it } from 'vitest'
import { demandAgreement, type Rounds } from './engines.js'
import { ratio, reaches, workers } from './figures.js'
import { type InstanceName, instances } from './instances.js'
import { median, type Sample } from './sample.js'
import { spinVersion, Verifier } from './spin.js'

const small: readonly InstanceName[] = ['life-cycle-small', 'two-phase-7']

function sample(changes: Partial<Sample> = {}): Sample {
  return { states: 296_448, transitions: 2_744_706, seconds: 2, bytes: 1e7, ...changes }
}

const none: Rounds = { exact: [], fingerprints: [], 'two workers': [], spin: [] }

describe('the models', () => {
  it.each(small)('%s has the states it had', name => {
    const { make, states } = instances[name]
    const { kernel, scenario, properties } = make()
    const system = new PackedSystem(compile(kernel, scenario))
    const result = explore(system, checksOf(properties, system.shared), createTreeStore(system.words))
    expect([result.states, [...result.found.keys()]]).toEqual([states, []])
  })

  it.runIf(spinVersion())('have as many states in Promela', () => {
    for (const name of small) {
      const verifier = new Verifier(instances[name])
      expect(verifier.explore().states).toBe(instances[name].states)
      verifier.close()
    }
  })
})

describe('figures', () => {
  it('compares rounds that agree, by the median of their ratios', () => {
    const rounds: Rounds = {
      ...none,
      exact: [sample({ seconds: 1 }), sample({ seconds: 4 }), sample()],
      spin: [sample(), sample(), sample()],
    }
    demandAgreement('two-phase-7', rounds)
    const figure = ratio('exact', rounds, 'exact', 1, 2)
    expect(figure.value).toBe(1)
    expect([reaches(figure, figure.floor), reaches(figure, figure.aim)]).toEqual([true, false])
  })

  it('refuses to compare models that differ', () => {
    const exact = [sample()]
    const other = { ...none, exact, spin: [sample({ states: 296_447 })] }
    expect(() => demandAgreement('two-phase-7', other)).toThrow('models that differ are not compared')
    const steps = { ...none, exact, fingerprints: [sample({ transitions: 1 })] }
    expect(() => demandAgreement('two-phase-7', steps)).toThrow('models that differ are not compared')
  })

  it('says when there is no SPIN', () => {
    const figure = ratio('exact', { ...none, exact: [sample()] }, 'exact', 1, 2)
    expect(figure.value).toBeUndefined()
    expect(figure.note).toContain('not installed')
    expect(reaches(figure, 0)).toBe(false)
  })

  it('compares two workers with one where there were two', () => {
    const rounds: Rounds = { ...none, exact: [sample()], 'two workers': [sample({ seconds: 1 })] }
    expect([workers(rounds).value, workers({ ...rounds, 'two workers': [] }).value]).toEqual([2, undefined])
  })

  it('takes the middle one', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
  })
})
