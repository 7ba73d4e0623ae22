import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { checksOf, compile, type Exploration, explore, ModelError, PackedSystem } from 'foliocheck'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ExploreOptions } from '../../src/explore/options.js'
import { createSharedStore } from '../../src/explore/store/shared-store.js'
import { type Invitation, Team } from '../../src/explore/team.js'
import { type ModelName, models } from './models.js'

const MEMBERS = 2
/** Where the control memory of a team counts the members that are ready. */
const READY = 5
/** Milliseconds that a leader waits in tests of what happens when nobody comes. */
const SHORT = 50

const workers: Worker[] = []
let joined: Worker[] = []

beforeAll(async () => {
  const module = new URL('./take-part.ts', import.meta.url).href
  for (let i = 0; i < MEMBERS; i++) {
    workers.push(new Worker(new URL('./member.worker.js', import.meta.url), { workerData: { module } }))
  }
  await Promise.all(workers.map(worker => once(worker, 'message')))
})

afterAll(async () => {
  await Promise.all(workers.map(worker => worker.terminate()))
})

// Every member leaves by itself when the search is over.
afterEach(async () => {
  await Promise.all(joined.map(worker => once(worker, 'message')))
  joined = []
}, 10_000)

/** Explores a model with two more threads, which are there from the first level on. */
function together(model: ModelName, options: ExploreOptions & { readonly exact?: boolean } = {}): Exploration {
  const { kernel, scenario, properties } = models[model]()
  const { exact = true, ...rest } = options
  const system = new PackedSystem(compile(kernel, scenario))
  const store = createSharedStore(system.words, { exact, capacity: 256 })
  const recruit = { store, members: MEMBERS, width: 1, start: (invitation: Invitation) => start(model, invitation) }
  return explore(system, checksOf(properties, system.shared), store, { ...rest, recruit })
}

/** Sends a member in and waits until it is ready. */
function start(model: ModelName, invitation: Invitation): void {
  const ready = new Int32Array(invitation.control)
  const before = Atomics.load(ready, READY)
  const worker = workers[joined.length]
  joined.push(worker)
  worker.postMessage({ model, invitation }, [invitation.port])
  while (Atomics.load(ready, READY) === before) Atomics.wait(ready, READY, before, 5)
}

describe.each([true, false])('by three threads, exact: %s', exact => {
  test.each(['commit', 'lock', 'philosophers'] as const)('%s', model => {
    const oracle = models[model]()
    const result = together(model, { exact })
    expect(result).toMatchObject({
      states: oracle.distinct,
      transitions: oracle.generated - 1,
      levels: oracle.levels,
      terminal: oracle.terminal,
      unexplored: 0,
      stopped: undefined,
    })
    expect(Object.fromEntries([...result.found].map(([name, { run }]) => [name, run.ordinals.length]))).toEqual(
      oracle.violated,
    )
    expect([...result.tested].sort()).toEqual(oracle.properties.map(({ name }) => name).sort())
  })
})

test('a limit ends it for all, honestly', () => {
  const result = together('commit', { limits: { states: 20_000 } })
  expect(result.stopped).toBe('states')
  expect(result.states).toBeGreaterThanOrEqual(20_000)
  expect(result.states).toBeLessThan(30_000)
  expect(result.unexplored).toBeGreaterThan(0)
})

test.each(['leaderThrows', 'memberThrows'] as const)('a mistake of the model ends it for all: %s', model => {
  const message = 'property picky: threw: boom; a property may only look at the state'
  expect(() => together(model)).toThrow(expect.objectContaining({ name: ModelError.name, message }))
})

test('who comes when the search is over leaves at once', () => {
  const team = new Team()
  team.dismiss([])
  let worked = 0
  team.serve(() => worked++)
  expect(worked).toBe(0)
})

test('a member that died is missed, not waited for', () => {
  const team = new Team(undefined, SHORT)
  Atomics.add(new Int32Array(team.control), READY, 1)
  team.open(0, 1)
  const lost = 'a thread that took part in the search was not heard of for 0.05 s'
  expect(() => team.close()).toThrow(lost)
  expect(() => team.dismiss([])).toThrow(lost)
})
