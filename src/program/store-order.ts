import { ModelError } from '../errors.js'
import { array, int, type RecordType, record, type Type } from '../state/schema.js'
import { current } from './current.js'
import type { Kernel } from './kernel.js'
import { mapChildren, type Node } from './node.js'
import { machine, type Operation } from './operation.js'
import { daemon, does, type Scenario, type StoreOrder } from './scenario.js'

const FIELD = 'storeBuffers'

/** One stored number, by path. */
interface Cell {
  readonly name: string
  readonly get: (s: object) => unknown
  readonly set: (s: object, value: unknown) => void
  readonly codes: readonly unknown[] | undefined
}

interface Buffer {
  count: number
  readonly entries: readonly Entry[]
}

interface Entry {
  cell: number
  value: number
  /** A barrier lies between the store before it and this one. */
  fenced: number
}

/** Stores that a thread can have on their way. */
const BUFFERED = 4

/**
 * The same kernel and scenario with store buffers: stores of steps that are marked `plain`, `once` or `release` go into a buffer of
 * their thread first, and become visible to the others later, in a step of their own. Loads see their own thread's stores
 * at once. All other steps (locks, atomic operations, barriers) find the buffer of their thread empty, or empty it.
 *
 * `tso`: stores become visible in the order in which they were made, as on x86. `pso`: those to different places in any
 * order, unless smp_wmb() or smp_store_release() lies between. Loads are never late; that is what is left out of weaker
 * machines. A full buffer lets go of its oldest store. A store of the value that its thread sees there already is not
 * made, and several stores of one step are made in the order of the fields.
 * @throws ModelError when a stored number is too large for a buffer.
 */
export function withStoreOrder(
  kernel: Kernel,
  scenario: Scenario,
): { readonly kernel: Kernel; readonly scenario: Scenario } {
  const { storeOrder } = scenario
  if (storeOrder === 'sc' || FIELD in scenario.schema.fields) return { kernel, scenario }
  const cells = cellsOf(scenario.schema, '', s => s, false)
  const threads = scenario.threads.length + (scenario.setup.length > 0 ? 1 : 0)
  const entry = record({ cell: int(0, cells.length - 1), value: int(-0x8000, 0x7fff), fenced: int(0, 1) })
  const buffer = {
    ...record({ count: int(0, BUFFERED), entries: array(BUFFERED, entry) }),
    show: ({ count, entries }: Buffer) => {
      const shown = entries
        .slice(0, count)
        .map(({ cell, value }) => `${cells[cell].name}=${shownAs(cells[cell], value)}`)
      return `[${shown.join(', ')}]`
    },
  }
  const fields = { ...scenario.schema.fields, [FIELD]: array(threads, buffer, 'stores') }
  const schema: RecordType = { ...scenario.schema, fields }
  const order = new Order(storeOrder, cells, threads - scenario.threads.length)
  const buffered = (operation: Operation): Operation => ({
    ...operation,
    body: operation.body.map(node => order.wrap(node)),
  })
  const drains = scenario.threads.map(({ name }, t) => {
    const number = threads - scenario.threads.length + t
    return daemon(`${name} stores`, does(order.visible(schema, number), {}))
  })
  return {
    kernel: { ...kernel, operations: new Map([...kernel.operations].map(([name, body]) => [name, buffered(body)])) },
    scenario: {
      ...scenario,
      schema,
      threads: [...scenario.threads, ...drains],
      operations: [
        ...scenario.operations.map(buffered),
        ...drains.flatMap(({ actions }) => actions.map(({ callee }) => callee as Operation)),
      ],
    },
  }
}

class Order {
  constructor(
    readonly model: Exclude<StoreOrder, 'sc'>,
    readonly cells: readonly Cell[],
    /** The threads from this one on have buffers: the setup runs alone. */
    readonly first: number,
  ) {}

  /** The node with its stores buffered, or with an empty buffer. */
  wrap(node: Node): Node {
    const inner = mapChildren(node, nodes => nodes.map(child => this.wrap(child)))
    const relaxed =
      'access' in inner && (inner.access === 'plain' || inner.access === 'once' || inner.access === 'release')
    switch (inner.kind) {
      case 'step': {
        const { run } = inner
        if (inner.access === 'wmb') return { ...inner, run: (s: never) => this.#fence(s) }
        const releases = inner.access === 'release'
        return relaxed
          ? { ...inner, run: (s: never, t: never) => this.#relaxed(s, releases, () => run(s, t)) }
          : { ...inner, run: (s: never, t: never) => this.#ordered(s, () => run(s, t)) }
      }
      case 'test': {
        const { condition } = inner
        return relaxed
          ? { ...inner, condition: (s: never, t: never) => this.#relaxed(s, false, () => condition(s, t)) }
          : { ...inner, condition: (s: never, t: never) => this.#ordered(s, () => condition(s, t)) }
      }
      case 'wait': {
        const { ready } = inner
        return { ...inner, ready: (s, t) => bufferOf(s).count === 0 && ready(s, t) }
      }
      case 'choose': {
        const { when } = inner
        return { ...inner, when: (s, t, value) => bufferOf(s).count === 0 && when(s, t, value) }
      }
      default:
        return inner
    }
  }

  /** Lets the stores of a thread become visible. */
  visible(schema: RecordType, thread: number): Operation {
    const places = Array.from({ length: BUFFERED }, (_, i) => i)
    return machine('store buffers', schema).operation(
      `store_buffer_${thread}`,
      { source: 'the store buffer of a CPU' },
      ({ loop, choose }) => [
        loop(
          () => true,
          [
            choose(
              'a store becomes visible',
              places,
              (s, _, place) => this.#letGo(s, bufferOf(s as never, thread), place),
              (s, _, place) => mayGo(bufferOf(s as never, thread), place),
            ),
          ],
        ),
      ],
    ) as unknown as Operation
  }

  #ordered<R>(s: object, act: () => R): R {
    const buffer = bufferOf(s)
    while (buffer.count > 0) this.#letGo(s, buffer, 0)
    return act()
  }

  /** Runs what loads and stores with the thread's own stores in sight, and takes its stores out of sight again. */
  #relaxed<R>(s: object, releases: boolean, act: () => R): R {
    if (current() < this.first) return act()
    const buffer = bufferOf(s)
    const before = this.cells.map(cell => cell.get(s))
    for (let i = 0; i < buffer.count; i++) this.#show(s, buffer.entries[i])
    const seen = this.cells.map(cell => cell.get(s))
    const result = act()
    const stored: { cell: number; value: unknown }[] = []
    this.cells.forEach((cell, i) => {
      const value = cell.get(s)
      if (value !== seen[i]) stored.push({ cell: i, value })
      if (value !== before[i]) cell.set(s, before[i])
    })
    stored.forEach(({ cell, value }, i) => {
      if (buffer.count === BUFFERED) this.#letGo(s, buffer, 0)
      const entry = buffer.entries[buffer.count++]
      entry.cell = cell
      entry.value = this.#codeOf(cell, value)
      if (this.model === 'tso' || (releases && i === 0)) entry.fenced = 1
    })
    // Nothing is before the first.
    if (buffer.count > 0) buffer.entries[0].fenced = 0
    return result
  }

  /** The next store is not visible before those that are in the buffer. */
  #fence(s: object): void {
    const buffer = bufferOf(s)
    if (buffer.count < BUFFERED) buffer.entries[buffer.count].fenced = buffer.count > 0 ? 1 : 0
    // There is no place to remember it in: those before it go first.
    else while (buffer.count > 0) this.#letGo(s, buffer, 0)
  }

  #letGo(s: object, buffer: Buffer, place: number): void {
    this.#show(s, buffer.entries[place])
    const { entries } = buffer
    for (let i = place; i < BUFFERED; i++) {
      const next = entries[i + 1]
      entries[i].cell = next?.cell ?? 0
      entries[i].value = next?.value ?? 0
      entries[i].fenced = next?.fenced ?? 0
    }
    buffer.count--
    entries[0].fenced = 0
  }

  #show(s: object, { cell, value }: Entry): void {
    const { codes, set } = this.cells[cell]
    set(s, codes ? codes[value] : value)
  }

  #codeOf(cell: number, value: unknown): number {
    const { codes, name } = this.cells[cell]
    const code = codes ? codes.indexOf(value) : (value as number)
    if (code >= -0x8000 && code <= 0x7fff) return code
    throw new ModelError(`field ${name}`, `holds ${code}, too large for a store buffer`, 'search with --store-order sc')
  }
}

function shownAs({ codes }: Cell, value: number): string {
  return String(codes ? codes[value] : value)
}

/** The oldest store to its place, with no barrier before it, may become visible. */
function mayGo({ count, entries }: Buffer, place: number): boolean {
  if (place >= count) return false
  for (let i = 0; i < place; i++) {
    if (entries[i].cell === entries[place].cell || entries[i + 1].fenced === 1) return false
  }
  return true
}

function bufferOf(s: object, thread = current()): Buffer {
  return (s as Record<typeof FIELD, readonly Buffer[]>)[FIELD][thread]
}

/** The stored numbers that threads see; ghosts are written at once. */
function cellsOf(type: Type, name: string, at: (s: object) => unknown, ghost: boolean): Cell[] {
  if (ghost || type.ghost) return []
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([field, of]) => {
        const path = name === '' ? field : `${name}.${field}`
        if (of.kind === 'record' || of.kind === 'array') {
          return cellsOf(of, path, s => (at(s) as Record<string, unknown>)[field], false)
        }
        if (of.ghost) return []
        const codes = of.kind === 'enum' ? of.values : of.kind === 'bool' ? [false, true] : undefined
        const owner = (s: object) => at(s) as Record<string, unknown>
        return [
          {
            name: path,
            codes,
            get: s => owner(s)[field],
            set: (s, value) => {
              owner(s)[field] = value
            },
          },
        ]
      })
    case 'array':
      return Array.from({ length: type.length }, (_, i) =>
        cellsOf(
          type.of,
          type.prefix === '' ? `${name}[${i}]` : name.replace(/\w+$/, `${type.prefix}${i}`),
          s => (at(s) as readonly unknown[])[i],
          false,
        ),
      ).flat()
    default:
      return []
  }
}
