import {
  alike,
  array,
  bool,
  does,
  int,
  invariant,
  kernel,
  machine,
  noDeadlock,
  record,
  scenario,
  thread,
} from 'foliocheck'
import { arrangements, combinations, type Oracle, sum, upTo } from './oracle.js'

const DISTINCT = [3, 13, 84, 755]
const GENERATED = [3, 15, 112, 1157]
const TERMINAL = [1, 3, 16, 109]

/** The counter, and per thread what it read and whether it has written. */
function counter(count: number) {
  const schema = record({
    value: int(0, count),
    locked: bool(),
    by: alike('t', array(count, record({ read: int(0, count), done: bool() }), 't')),
  })
  const counting = machine('counter', schema)
  const exact = invariant(counting, 'no-lost-increment', {
    claim: 'the counter is the number of threads that have incremented it',
    clauses: { 'value = finished': s => s.value === s.by.filter(thread => thread.done).length },
  })
  return { counting, exact, params: { i: alike('t', int(0, count - 1)) } }
}

/** Threads that read a counter and write back one more, without a lock: increments get lost. */
export function increment(count: number): Oracle {
  const { counting, exact, params } = counter(count)
  const body = counting.operation('increment', { source: 'increment.rs', params }, ({ step }) => [
    step('read', (s, { i }) => {
      s.by[i].read = s.value
    }),
    step('write', (s, { i }) => {
      s.value = s.by[i].read + 1
      s.by[i].done = true
    }),
  ])
  return {
    name: `increment(${count})`,
    kernel: kernel('increment', { date: '', about: 'a counter without a lock' }, [body]),
    scenario: scenario('increment', counting, {
      about: 'every thread increments once',
      threads: upTo(count).map(i => thread(`t${i}`, does(body, { i }))),
    }),
    properties: [exact, noDeadlock],
    distinct: DISTINCT[count - 1],
    generated: GENERATED[count - 1],
    levels: 2 * count + 1,
    terminal: TERMINAL[count - 1],
    violated: count > 1 ? { 'no-lost-increment': 4 } : {},
  }
}

/** The same with a lock. What a thread read stays in the shared state, so that every order of the threads is a state. */
export function incrementLock(count: number): Oracle {
  const { counting, exact, params } = counter(count)
  const body = counting.operation('increment', { source: 'increment_lock.rs', params }, ({ step, waitUntil }) => [
    waitUntil(
      'lock',
      s => !s.locked,
      s => {
        s.locked = true
      },
    ),
    step('read', (s, { i }) => {
      s.by[i].read = s.value
    }),
    step('write', (s, { i }) => {
      s.value = s.by[i].read + 1
      s.by[i].done = true
    }),
    step('release', s => {
      s.locked = false
    }),
  ])
  const runs = sum(1, count, k => arrangements(count, k))
  return {
    name: `increment_lock(${count})`,
    kernel: kernel('increment_lock', { date: '', about: 'a counter with a lock' }, [body]),
    scenario: scenario('increment_lock', counting, {
      about: 'every thread increments once',
      threads: upTo(count).map(i => thread(`t${i}`, does(body, { i }))),
    }),
    properties: [exact, noDeadlock],
    distinct: 1 + 4 * runs,
    // A tree: no state is reached in two ways.
    generated: 1 + 4 * runs,
    levels: 4 * count + 1,
    terminal: arrangements(count, count),
    violated: {},
  }
}

/**
 * The same, with what a thread read in a local. It is dead once the call has returned, so that it no longer matters in
 * which order the finished threads ran: of them only the set is left.
 */
export function incrementLocal(count: number): Oracle {
  const { counting, params } = counter(count)
  const locals = { read: int(0, count) }
  const body = counting.operation(
    'increment',
    { source: 'increment_lock.rs', params, locals },
    ({ step, waitUntil }) => [
      waitUntil(
        'lock',
        s => !s.locked,
        s => {
          s.locked = true
        },
      ),
      step('read', (s, t) => {
        t.read = s.value
      }),
      step('write', (s, t) => {
        s.value = t.read + 1
      }),
      step('release', s => {
        s.locked = false
      }),
    ],
  )
  const finished = (k: number) => combinations(count, k)
  return {
    name: `increment_lock(${count}) with locals`,
    kernel: kernel('increment_local', { date: '', about: 'a counter with a lock' }, [body]),
    scenario: scenario('increment_local', counting, {
      about: 'every thread increments once',
      threads: upTo(count).map(i => thread(`t${i}`, does(body, { i }))),
    }),
    properties: [noDeadlock],
    distinct: sum(0, count, k => finished(k) * (1 + 3 * (count - k))),
    generated: 1 + sum(0, count, k => finished(k) * 4 * (count - k)),
    levels: 4 * count + 1,
    terminal: 1,
    violated: {},
  }
}
