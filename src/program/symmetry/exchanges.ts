import { type Sort, THREAD, type Type } from '../../state/schema.js'
import type { Program } from '../program.js'
import type { Action } from '../scenario.js'

/** An exchange of like things: per sort, what takes the place of each. */
export type Exchange = ReadonlyMap<string, readonly number[]>

/** Exchanges at most, those of seven threads: of what is more, a part is exchanged. */
const MOST = 5040

/**
 * The exchanges of threads that make the same calls, and with them of what their calls name; then of things of a sort that
 * no call names. They form a group. Whether steps and properties keep to it is for the search to see.
 */
export function exchangesOf(program: Program): Exchange[] {
  const first = program.setup ? 1 : 0
  const sizes = sortSizes(program.scenario.schema)
  const exchanges = permutations(classesOf(program), 0, MOST).flatMap(order => {
    const moved = withNamed(program, [...Array(first).keys(), ...order.map(t => t + first)], sizes)
    return moved ? [moved] : []
  })
  return withUnnamed(program, exchanges, sizes)
}

/** The exchange of threads in this order, and of what they name; undefined when that does not fit together. */
function withNamed(
  { scenario, setup }: Program,
  order: readonly number[],
  sizes: ReadonlyMap<string, number>,
): Exchange | undefined {
  const first = setup ? 1 : 0
  const images = new Map([...sizes].map(([sort]) => [sort, new Map<number, number>()]))
  const meets = (sort: Sort, from: number, to: number) => {
    const known = images.get(sort.name)
    if (sort.name === THREAD || sort.set || !known || from < 0 || to < 0) return from === to
    if ((known.get(from) ?? to) !== to) return false
    known.set(from, to)
    return true
  }
  const fits = (these: readonly Action[], those: readonly Action[]) =>
    these.every(({ callee, args }, i) =>
      Object.entries(args).every(([name, value]) => {
        const type = callee.params[name]
        const other = those[i].args[name]
        return type?.kind === 'int' && type.sort ? meets(type.sort, value as number, other as number) : value === other
      }),
    )
  const calls = scenario.threads.map(({ actions }) => actions)
  if (!fits(scenario.setup, scenario.setup)) return undefined
  if (!calls.every((these, t) => fits(these, calls[order[t + first] - first]))) return undefined
  const exchange = new Map<string, readonly number[]>()
  for (const [sort, size] of sizes) {
    const image = sort === THREAD ? new Map(order.map((to, from) => [from, to])) : images.get(sort)
    const all = Array.from(
      { length: sort === THREAD ? Math.max(size, order.length) : size },
      (_, i) => image?.get(i) ?? i,
    )
    if (new Set(all).size !== all.length) return undefined
    exchange.set(sort, all)
  }
  if (!exchange.has(THREAD)) exchange.set(THREAD, order)
  return exchange
}

/** Each exchange with each exchange of the things of a sort that no call names. */
function withUnnamed(program: Program, exchanges: readonly Exchange[], sizes: ReadonlyMap<string, number>): Exchange[] {
  let all = [...exchanges]
  for (const [sort, size] of sizes) {
    if (sort === THREAD) continue
    const named = new Set(program.threads.flatMap((_, t) => namedBy(program, t)).map(thing => keyOf(thing)))
    const free = Array.from({ length: size }, (_, i) => i).filter(number => !named.has(keyOf({ sort, number })))
    const orders = permutations([free], size, Math.floor(MOST / all.length))
    all = all.flatMap(exchange => orders.map(order => new Map([...exchange, [sort, composed(exchange, sort, order)]])))
  }
  return all
}

interface Thing {
  readonly sort: string
  readonly number: number
}

function keyOf({ sort, number }: Thing): string {
  return `${sort} ${number}`
}

/** What is a thread's alone: the thread itself, and what its calls name and no other's do. */
export function thingsOf(program: Program, thread: number): Thing[] {
  const others = program.threads.flatMap((_, t) => (t === thread ? [] : namedBy(program, t))).map(thing => keyOf(thing))
  const own = namedBy(program, thread).filter(thing => !others.includes(keyOf(thing)))
  const once = own.filter((thing, i) => own.findIndex(other => keyOf(other) === keyOf(thing)) === i)
  return [{ sort: THREAD, number: thread }, ...once]
}

function namedBy({ scenario, setup }: Program, thread: number): Thing[] {
  const first = setup ? 1 : 0
  const actions = thread < first ? scenario.setup : scenario.threads[thread - first].actions
  return actions.flatMap(({ callee, args }) =>
    Object.entries(args).flatMap(([name, value]) => {
      const type = callee.params[name]
      const names = type?.kind === 'int' && type.sort && type.sort.name !== THREAD && !type.sort.set
      return names && type.sort && (value as number) >= 0 ? [{ sort: type.sort.name, number: value as number }] : []
    }),
  )
}

function composed(exchange: Exchange, sort: string, order: readonly number[]): number[] {
  return (exchange.get(sort) ?? []).map(image => order[image])
}

/** What a number that names a thing of a sort, or a set of them, becomes. */
export function imageOf(value: number, { name, set }: Sort, exchange: Exchange): number {
  const order = exchange.get(name)
  if (!order) return value
  if (!set) return value < 0 ? value : (order[value] ?? value)
  return order.reduce((image, to, from) => image | (((value >> from) & 1) << to), 0)
}

/** Threads that make the same calls, but for what the calls name; numbered without the setup. */
function classesOf({ scenario }: Program): number[][] {
  const classes = new Map<string, number[]>()
  scenario.threads.forEach(({ actions, daemon }, t) => {
    const calls = actions.map(({ callee, args }) => {
      const own = Object.entries(args).map(([name, value]) => {
        const type = callee.params[name]
        return `${name}=${type?.kind === 'int' && type.sort ? type.sort.name : String(value)}`
      })
      return `${callee.name}(${own.join()})`
    })
    const key = `${daemon} ${calls.join(';')}`
    classes.set(key, [...(classes.get(key) ?? []), t])
  })
  return [...classes.values()]
}

/** How many things each sort has: as many as the longest array of them, or the largest number that names one. */
function sortSizes(type: Type, sizes = new Map<string, number>()): Map<string, number> {
  const note = (sort: string, size: number) => sizes.set(sort, Math.max(size, sizes.get(sort) ?? 0))
  if (type.kind === 'int' && type.sort)
    note(type.sort.name, type.sort.set ? Math.ceil(Math.log2(type.max + 1)) : type.max + 1)
  if (type.kind === 'array') {
    if (type.sort) note(type.sort.name, type.length)
    sortSizes(type.of, sizes)
  }
  if (type.kind === 'record') for (const field of Object.values(type.fields)) sortSizes(field, sizes)
  return sizes
}

/** Ways to put the members of each class in each other's places, at most so many; the first changes nothing. */
function permutations(classes: readonly (readonly number[])[], size: number, most: number): number[][] {
  const numbers = Math.max(size, ...classes.flat().map(member => member + 1))
  let all: number[][] = [Array.from({ length: numbers }, (_, i) => i)]
  for (const members of classes) {
    let count = members.length
    while (count > 1 && all.length * factorial(count) > most) count--
    const exchanged = members.slice(0, count)
    all = all.flatMap(base =>
      arrangements(exchanged).map(arranged => {
        const order = [...base]
        exchanged.forEach((member, i) => {
          order[member] = arranged[i]
        })
        return order
      }),
    )
  }
  return all
}

function arrangements(members: readonly number[]): number[][] {
  if (members.length < 2) return [[...members]]
  return members.flatMap((member, i) =>
    arrangements([...members.slice(0, i), ...members.slice(i + 1)]).map(rest => [member, ...rest]),
  )
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}
