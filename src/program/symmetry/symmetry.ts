import { widthOf } from '../../state/layout.js'
import { buffers } from '../../state/packed.js'
import { type RecordType, THREAD } from '../../state/schema.js'
import type { Exchanged, Symmetry } from '../../system/symmetry.js'
import { chainOf } from '../graph.js'
import { frameOffset } from '../layout.js'
import type { PackedSystem } from '../packed-system.js'
import { bytesOf, type NamingCell, tableOf, trace } from './cells.js'
import { type Exchange, exchangesOf, thingsOf } from './exchanges.js'

/** An exchange that writes the image of the vector in one buffer to another. */
interface Mapping extends Exchanged {
  /** By place: the thread that comes there. */
  readonly inverse: readonly number[]
  readonly run: () => void
}

/** A cell of the image, by its width in bytes. */
const CELLS = {
  1: (at: number) => `t8[${at}]`,
  2: (at: number) => `t16[${at / 2}]`,
  4: (at: number) => `t32[${at / 4}]`,
}

/** The exchanges of like threads, and of what they name, of a program on the packed vector. */
export class PackedSymmetry implements Symmetry {
  readonly size: number
  readonly what: string
  readonly #system: PackedSystem
  readonly #mappings: readonly Mapping[]
  readonly #from
  readonly #to
  readonly #best: Int32Array
  readonly #keys: Int32Array
  readonly #keyOf: (() => number)[]

  constructor(system: PackedSystem) {
    this.#system = system
    const { program, layout } = system
    this.#from = buffers(layout.bytes)
    this.#to = buffers(layout.bytes)
    this.#best = new Int32Array(system.words)
    this.#keys = new Int32Array(program.threads.length)
    const naming = namingLocals(system)
    this.#mappings = exchangesOf(program).flatMap(exchange => {
      const map = this.#mapOf(exchange, naming)
      const order = exchange.get(THREAD) ?? []
      return map ? [{ ...map, order, inverse: order.map((_, t) => order.indexOf(t)) }] : []
    })
    this.#keyOf = program.threads.map((_, t) => this.#makeKey(t, naming[t]))
    this.size = this.#mappings.length
    this.what = describe(
      system,
      this.#mappings.map(({ order }) => order),
    )
  }

  canonical(words: Int32Array, at: number): void {
    const from = this.#from.i32
    const to = this.#to.i32
    const best = this.#best
    const keys = this.#keys
    for (let i = 0; i < from.length; i++) best[i] = from[i] = words[at + i]
    for (let t = 0; t < keys.length; t++) keys[t] = this.#keyOf[t]()
    let least = this.#mappings[0].inverse
    for (let e = 1; e < this.#mappings.length; e++) {
      const { inverse, run } = this.#mappings[e]
      const before = compareKeys(keys, inverse, least)
      if (before > 0) continue
      run()
      if (before === 0 && !isLess(to, best)) continue
      least = inverse
      for (let i = 0; i < best.length; i++) best[i] = to[i]
    }
    for (let i = 0; i < best.length; i++) words[at + i] = best[i]
  }

  orbit(vector: Int32Array): number {
    const from = this.#from.i32
    const to = this.#to.i32
    from.set(vector)
    for (let t = 0; t < this.#keys.length; t++) this.#keys[t] = this.#keyOf[t]()
    let still = 0
    for (const { inverse, run } of this.#mappings) {
      if (compareKeys(this.#keys, inverse, this.#mappings[0].inverse) !== 0) continue
      run()
      if (areEqual(from, to)) still++
    }
    return this.size / still
  }

  get exchanges(): readonly Exchanged[] {
    return this.#mappings
  }

  image(exchange: number, vector: Int32Array): Int32Array {
    this.#from.i32.set(vector)
    this.#mappings[exchange].run()
    return this.#to.i32.slice()
  }

  /** Code that maps a vector; undefined when some array has no place for what is exchanged. */
  #mapOf(exchange: Exchange, locals: readonly LocalNames[]): Pick<Mapping, 'run' | 'cells'> | undefined {
    const { program, layout, privates } = this.#system
    const sources = Int32Array.from({ length: 4 * this.#system.words }, (_, i) => i)
    const naming: NamingCell[] = []
    if (!trace(program.scenario.schema, 0, 0, exchange, sources, naming)) return undefined
    const order = exchange.get(THREAD) ?? []
    privates.forEach(({ from, to }, t) => {
      const there = privates[order[t]]
      for (let i = 0; i < 4 * (to - from); i++) sources[4 * there.from + i] = 4 * from + i
    })
    const tables: Int32Array[] = []
    const rename = ({ at, type }: NamingCell) => {
      const table = tableOf(type, exchange)
      if (table.every((image, code) => image === code)) return ''
      const cell = CELLS[widthOf(type)](at)
      return `${cell} = T[${tables.push(table) - 1}][${cell}];`
    }
    const body = [
      ...copies(sources),
      ...naming.map(rename),
      ...privates.map((_, t) => {
        const { pc, pcWidth } = layout.threads[t]
        const cases = [...locals[t]].map(([at, cells]) => {
          const lines = cells.map(rename).join(' ')
          return lines.trim() === '' ? '' : `case ${at}: ${lines} break;`
        })
        if (cases.join('') === '') return ''
        return `switch (t8[${pc}]${pcWidth === 2 ? ` | t8[${pc + 1}] << 8` : ''}) { ${cases.join('\n')} }`
      }),
    ]
    const { u8: f8, i32: f32 } = this.#from
    const { u8: t8, u16: t16, i32: t32 } = this.#to
    const cells = new Int32Array(4 * privates[0].from)
    cells.forEach((_, to) => {
      cells[sources[to]] = to
    })
    const run = new Function('f8', 'f32', 't8', 't16', 't32', 'T', `return () => { ${body.join('\n')} }`)(
      ...[f8, f32, t8, t16, t32, tables],
    ) as () => void
    return { run, cells }
  }

  /** A number that the image of the thread has, too: made of its words without what they name. */
  #makeKey(t: number, names: LocalNames): () => number {
    const { layout, privates } = this.#system
    const { pc, pcWidth } = layout.threads[t]
    const { from, to } = privates[t]
    const masks = (cells: readonly NamingCell[]) => {
      const mask = buffers(4 * this.#system.words)
      mask.u8.fill(0xff)
      for (const { at, type } of cells) mask.u8.fill(0, at, at + widthOf(type))
      return Array.from(
        { length: to - from },
        (_, i) => `h = Math.imul(h ^ f32[${from + i}] & ${mask.i32[from + i]}, 0x5bd1e995) + ${i};`,
      )
    }
    const groups = new Map<string, number[]>()
    for (const [at, cells] of names) {
      const text = masks(cells).join(' ')
      groups.set(text, [...(groups.get(text) ?? []), at])
    }
    const cases = [...groups].map(([text, pcs]) => `${pcs.map(at => `case ${at}:`).join(' ')} ${text} break;`)
    const { program } = this.#system
    const own = thingsOf(program, t).flatMap(thing => bytesOf(thing, program.scenario.schema))
    const start = own.map(at => `h = Math.imul(h ^ f8[${at}], 0x01000193);`).join(' ')
    const body = `let h = 1; ${start} switch (f8[${pc}]${pcWidth === 2 ? ` | f8[${pc + 1}] << 8` : ''}) {
      ${cases.join('\n')}
      default: ${masks([]).join(' ')} }
      return h ^ h >>> 15`
    return new Function('f8', 'f32', `return () => { ${body} }`)(this.#from.u8, this.#from.i32) as () => number
  }
}

/** By program counter: the locals that name things. */
type LocalNames = ReadonlyMap<number, readonly NamingCell[]>

function namingLocals({ program, layout }: PackedSystem): LocalNames[] {
  return program.threads.map(({ steps }, t) => {
    const base = layout.threads[t].frames
    const known = new Map<number, NamingCell[]>()
    for (const step of steps) {
      const cells = chainOf(step.frame).flatMap(frame => namingIn(frame.type, frameOffset(frame, base)))
      if (cells.length > 0) known.set(step.pc, cells)
    }
    return known
  })
}

function namingIn(type: RecordType, at: number): NamingCell[] {
  const cells: NamingCell[] = []
  trace(type, at, at, new Map(), new Int32Array(0), cells)
  return cells
}

/** Straight-line copies, a word at a time where a word moves as a whole. */
function copies(sources: Int32Array): string[] {
  return Array.from({ length: sources.length / 4 }, (_, word) => {
    const [a, b, c, d] = sources.subarray(4 * word, 4 * word + 4)
    if (a % 4 === 0 && b === a + 1 && c === a + 2 && d === a + 3) return `t32[${word}] = f32[${a / 4}];`
    return [a, b, c, d].map((source, i) => `t8[${4 * word + i}] = f8[${source}];`).join(' ')
  })
}

/** Which of two images comes first, as far as the keys tell; each exchange is given by who comes to each place. */
function compareKeys(keys: Int32Array, a: readonly number[], b: readonly number[]): number {
  for (let t = 0; t < keys.length; t++) {
    const one = keys[a[t]]
    const other = keys[b[t]]
    if (one !== other) return one - other
  }
  return 0
}

function isLess(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i]
  return false
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function describe({ program }: PackedSystem, orders: readonly (readonly number[])[]): string {
  const moved = program.threads.filter((_, t) => orders.some(order => order[t] !== t))
  return moved.map(({ name }) => name).join(', ')
}
