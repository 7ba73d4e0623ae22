import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import contention from '../../test/cli/fixtures/contention.js'
import project from '../../test/cli/fixtures/project.js'
import trouble from '../../test/cli/fixtures/trouble.js'
import { checksOf } from '../explore/checks.js'
import { explore } from '../explore/explore.js'
import type { Run } from '../explore/result.js'
import { createTreeStore } from '../explore/store/tree-store.js'
import { PackedSystem } from '../program/packed-system.js'
import { named, type Project } from '../project/project.js'
import { replay } from '../trace/replay.js'
import { brokenAt } from './broken.js'
import { counterexampleAt } from './counterexample-at.js'
import { arrive, further, here, type Journey, upTo } from './journey.js'
import { offersOf } from './offers.js'
import { hashOf, journeyOf } from './page/address.js'
import { placeAt } from './place.js'
import { searchFrom } from './search.js'
import { smallestOf } from './smallest.js'
import { type Subject, subjectIn } from './subject.js'
import { writtenAt } from './written.js'

const START: Run = { initial: 0, ordinals: [] }

function subject(of: Project, kernel: string, scenario: string): Subject {
  const choice = { model: undefined, kernel, patches: [], scenario, storeOrder: undefined }
  return subjectIn(of, named('kernel', of.kernels, kernel), choice)
}

const subjects = [
  subject(project, 'v1', 'get-races-put'),
  subject(project, 'v2', 'get-races-put'),
  subject(project, 'v1', 'put-alone'),
  subject(trouble, 'v2', 'abba'),
  subject(trouble, 'v2', 'retries'),
  subject(contention, 'v1', 'migrate-races-evict'),
]
const anySubject = fc.constantFrom(...subjects)
/** Which of the steps that can be taken is taken, one after the other. */
const choices = fc.array(fc.nat(20), { maxLength: 25 })

/** A run as somebody steps it, as far as it goes. */
function stepped(of: Subject, wanted: readonly number[]): Run {
  let place = placeAt(of, START)
  for (const choice of wanted) {
    const offers = offersOf(place)
    if (offers.length === 0) break
    const { run } = place.trace
    const { ordinal } = offers[choice % offers.length]
    place = placeAt(of, { initial: run.initial, ordinals: [...run.ordinals, ordinal] })
  }
  return place.trace.run
}

describe('a place', () => {
  test('offers what the search would take there, and says what comes of it', () => {
    fc.assert(
      fc.property(anySubject, choices, (of, wanted) => {
        const run = stepped(of, wanted)
        const place = placeAt(of, run)
        const offers = offersOf(place)
        const system = new PackedSystem(of.program)
        system.loadInitial(run.initial)
        for (const ordinal of run.ordinals) system.fire(ordinal)
        const expanded: number[] = []
        if (place.over === '') for (let t = 0; t < system.threads.length; t++) expanded.push(...system.offered(t))
        expect(offers.map(({ ordinal }) => ordinal)).toEqual(expanded)
        for (const offer of offers) {
          const then = placeAt(of, { initial: run.initial, ordinals: [...run.ordinals, offer.ordinal] })
          expect(then.trace.steps[run.ordinals.length]).toEqual(offer.step)
          expect(then.over).toBe(offer.ends)
          if (then.trace.run.ordinals.length === run.ordinals.length + 1) {
            expect(then.violated.map(({ property }) => property)).toEqual(offer.breaks)
            expect(then.picture).toEqual(offer.after)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('says that nothing can go on exactly where nothing is offered and the run is not over', () => {
    fc.assert(
      fc.property(anySubject, choices, (of, wanted) => {
        const { over, end, ...place } = placeAt(of, stepped(of, wanted))
        expect(end !== 'none').toBe(over === '' && offersOf(place).length === 0)
        expect(place.violated.some(({ property }) => property === 'no-deadlock')).toBe(
          end === 'stuck' && of.project.properties.some(({ name }) => name === 'no-deadlock'),
        )
        expect(place.stops.at(-1)).toBe(place.trace.steps.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a search from a place', () => {
  test.each(subjects.map(of => [of.program.scenario.name, of.kernel.name, of] as const))(
    'finds from the start what a check finds, in as many steps: %s on %s',
    (_, __, of) => {
      const { program } = of
      const system = new PackedSystem(program)
      const result = explore(
        system,
        checksOf(of.project.properties, system.shared, program),
        createTreeStore(system.words),
      )
      for (const { name } of of.project.properties) {
        const found = result.found.get(name)
        const searched = searchFrom(of, START, { property: name })
        expect(searched.kind, name).toBe(found ? 'found' : 'nothing')
        if (searched.kind === 'found') expect(searched.run.ordinals).toHaveLength(found?.run.ordinals.length ?? -1)
      }
    },
  )

  test('goes on from there, and ends where something new is violated for the first time', () => {
    fc.assert(
      fc.property(anySubject, choices, (of, wanted) => {
        const { program, project } = of
        const run = stepped(of, wanted)
        const searched = searchFrom(of, run)
        if (searched.kind === 'nothing') return
        expect(searched.run.ordinals.slice(0, run.ordinals.length)).toEqual(run.ordinals)
        const names = (at: Run) => brokenAt(program, project.properties, replay(program, at)).map(b => b.property.name)
        expect(names(searched.run)).toContain(searched.property)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the smallest counterexample', () => {
  test('is that of a check, wherever the run that led to the violation went', () => {
    fc.assert(
      fc.property(anySubject, choices, (of, wanted) => {
        const run = stepped(of, wanted)
        for (const { property, why } of placeAt(of, run).violated) {
          const asStepped = counterexampleAt(of, run, property)
          const least = smallestOf(of, run, property, {})
          expect(least.property).toBe(property)
          expect(least.steps).toBeLessThanOrEqual(asStepped.steps)
          expect(why.reason).not.toBe('')
          const searched = searchFrom(of, START, { property })
          expect(searched.kind).toBe('found')
          if (searched.kind === 'found' && least.without.threads.length + least.without.actions.length === 0) {
            expect(least.trace.run.ordinals).toHaveLength(searched.run.ordinals.length)
          }
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('the step that wrote a value', () => {
  test('is the last after which the value is as it is now, and was not before', () => {
    fc.assert(
      fc.property(anySubject, choices, fc.nat(999), (of, wanted, pick) => {
        const run = stepped(of, wanted)
        const { trace, setup, picture } = placeAt(of, run)
        const all = picture.sections.flatMap(({ title: section, boxes }) =>
          boxes.flatMap(({ name: box, lines }) => lines.map(({ name: line }) => ({ section, box, line }))),
        )
        const told = all[pick % all.length]
        const { step } = writtenAt(of, run, told)
        const valueAt = (at: number) =>
          placeAt(of, upTo(trace.run, setup + at))
            .picture.sections.find(({ title }) => title === told.section)
            ?.boxes.find(({ name }) => name === told.box)
            ?.lines.find(({ name }) => name === told.line)?.value
        for (let at = step; at <= trace.steps.length - setup; at++) expect(valueAt(at)).toBe(valueAt(step))
        if (step > 0) expect(valueAt(step - 1)).not.toBe(valueAt(step))
      }),
      { numRuns: 60 },
    )
  })
})

describe('a journey', () => {
  const run = fc.record({ initial: fc.nat(9), ordinals: fc.array(fc.nat(0xffff), { maxLength: 30 }) })
  const journey = run.chain(
    (whole): fc.Arbitrary<Journey> => fc.record({ run: fc.constant(whole), at: fc.nat(whole.ordinals.length) }),
  )

  test('is kept whole when it is taken back, and goes another way when another step is taken', () => {
    fc.assert(
      fc.property(journey, fc.nat(0xffff), fc.nat(30), (from, ordinal, steps) => {
        const back = arrive(from, upTo(from.run, Math.min(steps, from.run.ordinals.length)))
        expect(back.run).toBe(from.run)
        const on = arrive(from, further(from, ordinal))
        expect(here(on).ordinals).toEqual([...here(from).ordinals, ordinal])
        const ahead = from.run.ordinals.at(from.at)
        if (from.at < from.run.ordinals.length) {
          expect(arrive(from, further(from, ahead ?? 0)).run).toBe(from.run)
        }
      }),
    )
  })

  test('has an address that leads to it', () => {
    const others = fc.option(fc.array(run, { minLength: 1, maxLength: 3 }), { nil: undefined })
    const loop = fc.option(fc.integer({ min: 1, max: 9999 }), { nil: undefined })
    fc.assert(
      fc.property(journey, loop, others, ({ run: whole, at }, loop, others) => {
        const made = { run: { ...whole, ...(loop && { loop }), ...(others && { others }) }, at }
        expect(journeyOf(hashOf(made))).toEqual(made)
      }),
    )
  })

  test('has none in any other text', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const read = journeyOf(text)
        if (read) expect(journeyOf(hashOf(read))).toEqual(read)
      }),
    )
  })
})
