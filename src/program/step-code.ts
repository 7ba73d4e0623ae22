import type { Successors } from '../system/system.js'
import { ordinalOf } from '../system/system.js'
import { running } from './current.js'
import { CHOOSE, END, ENTER, type Exec, LOCAL, TEST, WAIT, WHEN } from './exec.js'
import { forget, said } from './findings.js'
import type { Interpreter } from './interpreter.js'

/** Hands successors to a sink and leaves the working vector as it was. Returns how many choices are enabled. */
type Expander = (sink: Successors) => number

/** Expands a state: the steps of all threads, or of one. */
export interface Expanders {
  readonly all: Expander
  readonly one: (thread: number, sink: Successors) => number
}

type Emit = (sink: Successors, ordinal: number) => void

/** Hidden nodes that are laid out after one choice of a step; more of them, and loops, are left to the interpreter. */
const MOST_HIDDEN = 48
/** Choices that get code of their own. */
const MOST_CHOICES = 16

let made = 0

/** A function of generated text, with the values that it refers to by name. */
class Text {
  readonly #names = new Map<unknown, string>()

  name(value: unknown): string {
    const known = this.#names.get(value)
    if (known) return known
    const name = `v${this.#names.size}`
    this.#names.set(value, name)
    return name
  }

  /** The function with that name and body. */
  make(name: string, parameters: string, body: string): unknown {
    // The number keeps the engine from sharing what it learns about equal texts, whose values differ.
    const source = `return function ${name}(${parameters}) { ${body} } // ${made++}`
    return new Function(...this.#names.values(), source)(...this.#names.keys())
  }

  expander(name: string, body: string): Expander {
    return this.make(name, 'sink', body) as Expander
  }
}

/**
 * Makes code that expands a state: it remembers the state and lets the step of every thread do its part.
 * @param steps of every thread, by number.
 * @param alone whether thread 0 runs alone until it has ended.
 */
export function makeExpanders(
  interpreter: Interpreter,
  steps: readonly (readonly Exec[])[],
  alone: boolean,
): Expanders {
  const text = new Text()
  const { memory, saved, pcs } = interpreter
  const u8 = text.name(memory.u8)
  const to = text.name(pairsOf(saved))
  const from = text.name(pairsOf(memory.i32))
  const copies = Array.from({ length: saved.length / 2 }, (_, i) => `${to}[${i}] = ${from}[${i}]`)
  const emit = makeEmit(interpreter)
  const threads = steps.map((ofThread, t) => {
    const { at, wide } = pcs[t]
    const cases = ofThread.map(step => {
      if (step.kind === END) return ''
      const code = text.name(new StepCode(step, t, interpreter, emit).make())
      return `case ${step.pc}: enabled += ${code}(sink); ${alone && t === 0 ? 'return enabled' : 'break'}`
    })
    return `switch (${u8}[${at}]${wide ? ` | ${u8}[${at + 1}] << 8` : ''}) { ${cases.join('\n')} }`
  })
  const body = (inside: string) => `let enabled = 0
    ${copies.join('; ')}
    ${inside}
    return enabled`
  let one: Expanders['one'] | undefined
  return {
    all: text.make('expand', 'sink', body(threads.join('\n'))) as Expander,
    // Made when it is first asked for: only reductions ask.
    get one() {
      if (one) return one
      const each = threads.map((inside, t) => `case ${t}: ${inside} break`)
      one = text.make('expandOne', 'thread, sink', body(`switch (thread) { ${each.join('\n')} }`)) as Expanders['one']
      return one
    },
  }
}

/** Makes the code that copies a successor out and the state back: two words at a time, when the sink has pairs. */
function makeEmit(interpreter: Interpreter): Emit {
  const text = new Text()
  const { memory, saved, words } = interpreter
  const vector = text.name(pairsOf(memory.i32))
  const source = text.name(pairsOf(saved))
  const lines = (line: (i: number) => string) => Array.from({ length: words / 2 }, (_, i) => line(i)).join('; ')
  return text.make(
    'emit',
    'sink, ordinal',
    `const pairs = sink.pairs
    if (pairs === undefined) ${text.name(interpreter)}.write(sink)
    else {
      const at = Math.imul(sink.slot, ${words / 2})
      ${lines(i => `pairs[at + ${i} | 0] = ${vector}[${i}]`)}
    }
    ${lines(i => `${vector}[${i}] = ${source}[${i}]`)}
    sink.push(ordinal)`,
  ) as Emit
}

/** The same words as 64-bit ones: optimised code moves them without making numbers of them. */
function pairsOf({ buffer, byteOffset, length }: Int32Array): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, length / 2)
}

/**
 * Makes straight-line code of a step: its condition, its recipe, the hidden nodes behind it and the new program counter.
 * Every recipe is called from a place of its own, so that it can be inlined there. A step in which anything out of the
 * ordinary happens (it throws, it says something) is taken again by the interpreter, which also takes the steps of
 * atomic regions.
 */
class StepCode {
  readonly #text = new Text()
  #room = 0

  constructor(
    readonly node: Exec,
    readonly thread: number,
    readonly interpreter: Interpreter,
    readonly emit: Emit,
  ) {}

  make(): Expander {
    const { node, thread, interpreter } = this
    if (node.region > 0) {
      return sink => {
        running.thread = thread
        return interpreter.expand(sink, thread, node)
      }
    }
    const { values, choices } = node
    const body =
      choices <= MOST_CHOICES
        ? Array.from({ length: choices }, (_, i) => this.#choice(`${values[i] ?? 0}`, `${i}`)).join('\n')
        : `for (let i = 0; i < ${choices}; i++) { ${this.#choice(`${this.#name(values)}[i]`, 'i')} }`
    return this.#text.expander(
      `step_${thread}_${node.pc}`,
      `${this.#name(running)}.thread = ${thread}
      let enabled = 0
      ${body}
      return enabled`,
    )
  }

  #name(value: unknown): string {
    return this.#text.name(value)
  }

  #choice(value: string, choice: string): string {
    const { node, thread, interpreter } = this
    this.#room = MOST_HIDDEN
    const heard = this.#name(said)
    const general = `${this.#name(interpreter)}.expandChoice(sink, ${thread}, ${this.#name(node)}, ${choice})`
    const again = `{ enabled += ${general}; break }`
    return `do {
      try {
        ${node.kind === WAIT || node.kind === CHOOSE ? this.#condition(value) : ''}
        ${this.#act(value)}
      } catch (_) ${again}
      if (${heard}.findings.length > 0) ${again}
      ${this.#name(interpreter.ran)}[${node.id}]++
      ${this.#name(this.emit)}(sink, ${ordinalOf(thread, 0)} + ${choice})
      enabled++
    } while (false)`
  }

  #condition(value: string): string {
    const { node } = this
    return `if (!${this.#name(node.test)}(${this.#places(node)}, ${value})) {
      if (${this.#name(said)}.findings.length > 0) ${this.#name(forget)}()
      break
    }`
  }

  #places(node: Exec): string {
    return `${this.#name(this.interpreter.shared)}, ${this.#name(node.t)}`
  }

  #act(value: string): string {
    const { node } = this
    if (node.kind === TEST) {
      return `if (${this.#name(node.test)}(${this.#places(node)}, 0)) { ${this.#after(node.next, [])} }
        else { ${this.#after(node.no, [])} }`
    }
    return `${this.#name(node.run)}(${this.#places(node)}, ${value}); ${this.#after(node.next, [])}`
  }

  /** Hidden nodes up to the next step, and the program counter. `before` are those on the way, to notice a loop. */
  #after(node: Exec, before: readonly Exec[]): string {
    if (node.kind < LOCAL) return this.#goTo(node.pc)
    if (before.includes(node) || this.#room === 0) {
      const interpreter = this.#name(this.interpreter)
      return `${interpreter}.setPc(${this.thread}, ${interpreter}.settle(${this.#name(node)}, 0).pc)`
    }
    this.#room--
    const way = [...before, node]
    const t = this.#name(node.t)
    switch (node.kind) {
      case LOCAL:
        return `${this.#name(node.run)}(${t}); ${this.#after(node.next, way)}`
      case WHEN:
        return `if (${this.#name(node.test)}(${t})) { ${this.#after(node.next, way)} }
          else { ${this.#after(node.no, way)} }`
      case ENTER: {
        const callee = this.#name(node.callee)
        const stores = node.names.map((name, i) => `${callee}.${name} = ${this.#name(node.args[i])}(${t}); `)
        return `${stores.join('')}${this.#after(node.next, way)}`
      }
      default: {
        const result = `${this.#name(node.into)}(${this.#name(node.caller)}, ${this.#name(node.value)}(${t}))`
        return `${node.value && node.into ? result : ''}; ${this.#clear(node)}; ${this.#after(node.next, way)}`
      }
    }
  }

  #goTo(pc: number): string {
    const { at, wide } = this.interpreter.pcs[this.thread]
    const u8 = this.#name(this.interpreter.memory.u8)
    return `${u8}[${at}] = ${pc & 0xff}${wide ? `; ${u8}[${at + 1}] = ${pc >> 8}` : ''}`
  }

  /** Clears the locals of a call that returns. */
  #clear({ clearFrom, clearTo }: Exec): string {
    const { u8, i32 } = this.interpreter.memory
    const stores: string[] = []
    for (let at = clearFrom; at < clearTo; ) {
      const whole = at % 4 === 0 && at + 4 <= clearTo
      stores.push(whole ? `${this.#name(i32)}[${at / 4}] = 0` : `${this.#name(u8)}[${at}] = 0`)
      at += whole ? 4 : 1
    }
    return stores.join('; ')
  }
}
