import { type Draft, produce, setAutoFreeze } from 'immer'
import { checked } from '../state/checked.js'
import { decode, encode } from '../state/codec.js'
import type { Buffers } from '../state/packed.js'
import { defaultOf } from '../state/plain.js'
import { RangeViolation } from '../state/range.js'
import type { RecordType, ValueOf } from '../state/schema.js'
import { choiceOf, ORDINAL_VALUES, type Outcome, threadOf } from '../system/system.js'
import { type CallFrame, type Code, isVisible, type VisibleNode } from './code.js'
import { running } from './current.js'
import { forget, Stop, said } from './findings.js'
import { chainOf } from './graph.js'
import { frameOffset, type SystemLayout } from './layout.js'
import { blocksInside, loopsWithoutStep, MOST_AT_ONCE, neverLeaves, startThread, thrownIn } from './mistakes.js'
import type { Program } from './program.js'

setAutoFreeze(true)

/** One immutable state of a program: the shared part, and per thread where it is and its locals, outermost first. */
export interface ReferenceState {
  readonly shared: ValueOf<RecordType>
  readonly threads: readonly { readonly pc: number; readonly frames: readonly object[] }[]
}

/** What a step does to a draft, so that a caller can watch reads; immer's `produce` by default. */
type Produce = (state: ReferenceState, recipe: (draft: Draft<ReferenceState>) => void) => ReferenceState

/**
 * A program on frozen plain objects, one `produce` per step. This is the semantics: traces are replayed here before
 * anyone sees them, and the packed execution is tested against it.
 */
export class ReferenceSystem {
  constructor(readonly program: Program) {}

  /** The initial states. @throws ModelError when a thread cannot start. */
  get initial(): readonly ReferenceState[] {
    const { program } = this
    return program.initial.map(shared =>
      produce({ shared, threads: program.threads.map(() => ({ pc: 0, frames: [{}] })) } as ReferenceState, draft => {
        program.threads.forEach((thread, t) => {
          running.thread = t
          draft.threads[t].pc = startThread(program, t, () => settle(thread.entry, 0, draft, t)).code.pc
        })
      }),
    )
  }

  /** The step that a thread is about to take. */
  stepAt(state: ReferenceState, thread: number): VisibleNode {
    return this.program.threads[thread].steps[state.threads[thread].pc]
  }

  /** Every enabled step, in the order of threads. */
  enabled(state: ReferenceState): number[] {
    const alone = this.program.setup && this.stepAt(state, 0).kind !== 'end'
    return this.program.threads.flatMap((_, t) => {
      if (alone && t !== 0) return []
      running.thread = t
      const step = this.stepAt(state, t)
      const locals = topFrame(state, t)
      const { shared } = state
      switch (step.kind) {
        case 'end':
          return []
        case 'wait':
          return holds(step, () => step.ready(shared as never, locals as never)) ? [t * ORDINAL_VALUES] : []
        case 'choose':
          return step.values.flatMap((value, i) =>
            holds(step, () => step.when(shared as never, locals as never, value)) ? [t * ORDINAL_VALUES + i] : [],
          )
        default:
          return [t * ORDINAL_VALUES]
      }
    })
  }

  /** Whether every thread is at its end or may wait for ever. */
  atRest(state: ReferenceState): boolean {
    return this.program.threads.every((thread, t) => thread.daemon || this.stepAt(state, t).kind === 'end')
  }

  /**
   * Runs one step. The state is unchanged when the step is fatal, cut or breaks a range.
   * @throws ModelError when its recipe threw, Error when it is not enabled.
   */
  fire(state: ReferenceState, ordinal: number, make: Produce = produce): { state: ReferenceState; outcome: Outcome } {
    const t = threadOf(ordinal)
    if (!this.enabled(state).includes(ordinal)) {
      throw new Error(`step ${ordinal} of ${this.program.threads[t]?.name ?? 'no thread'} is not enabled`)
    }
    let next = state
    let broke: Error | undefined
    running.thread = t
    try {
      next = make(state, draft => this.#run(draft, t, choiceOf(ordinal)))
    } catch (thrown) {
      if (thrown instanceof RangeViolation) broke = thrown
      else if (!(thrown instanceof Stop)) {
        forget()
        throw thrown
      }
    }
    const outcome = { findings: said.findings, cut: said.cut, broke }
    forget()
    return { state: next, outcome }
  }

  #run(draft: Draft<ReferenceState>, t: number, choice: number): void {
    let node: Code = this.program.threads[t].steps[draft.threads[t].pc]
    const shared = checked(this.program.scenario.schema, draft.shared as object) as never
    try {
      for (let steps = 0; ; steps++) {
        const locals = localsOf(node, draft, t)
        const inside = steps > 0
        let next: Code
        switch (node.kind) {
          case 'test':
            next = node.condition(shared, locals) ? node.yes : node.no
            break
          case 'choose': {
            const value = node.values[choice]
            if (inside || !node.when(shared, locals, value)) throw blocksInside(node)
            node.run(shared, locals, value)
            next = node.next
            break
          }
          case 'wait':
            if (!node.ready(shared, locals)) throw blocksInside(node)
            node.run(shared, locals)
            next = node.next
            break
          case 'step':
            node.run(shared, locals)
            next = node.next
            break
          default:
            throw new Error('has no step to run')
        }
        const { code, left } = settle(next, node.region, draft, t)
        if (node.region === 0 || code.region !== node.region || left) {
          draft.threads[t].pc = code.pc
          return
        }
        node = code
        if (steps > MOST_AT_ONCE) throw neverLeaves(node)
      }
    } catch (thrown) {
      if (thrown instanceof Stop || thrown instanceof RangeViolation) throw thrown
      throw thrownIn(node, thrown)
    }
  }
}

function topFrame(state: ReferenceState, t: number): object {
  const { frames } = state.threads[t]
  return frames[frames.length - 1]
}

/** The locals that a node sees. */
function localsOf(node: Code, draft: Draft<ReferenceState>, t: number): never {
  return checked(node.frame.type, topFrame(draft as ReferenceState, t)) as never
}

/** Whether a condition lets its step run. One that ends in a finding or a bound does: the step then says it. */
function holds(code: Code, condition: () => boolean): boolean {
  try {
    return condition()
  } catch (thrown) {
    if (thrown instanceof Stop) return true
    throw thrownIn(code, thrown)
  } finally {
    forget()
  }
}

/** Runs hidden nodes up to the next step; tells whether one of them lies outside the atomic region `region`. */
function settle(
  from: Code,
  region: number,
  draft: Draft<ReferenceState>,
  t: number,
): { code: VisibleNode; left: boolean } {
  const frames = draft.threads[t].frames as object[]
  let node = from
  let left = false
  for (let hops = 0; !isVisible(node); hops++) {
    if (node.region !== region) left = true
    const locals = localsOf(node, draft, t)
    switch (node.kind) {
      case 'local':
        node.run(locals)
        node = node.next
        break
      case 'when':
        node = node.condition(locals) ? node.yes : node.no
        break
      case 'enter': {
        frames.push(defaultOf(node.callee.type))
        const callee = checked(node.callee.type, topFrame(draft as ReferenceState, t)) as Record<string, unknown>
        for (const { name, value } of node.params) callee[name] = value(locals)
        node = node.next
        break
      }
      case 'leave': {
        const { value, into, frame } = node
        const result = value && into ? value(locals) : undefined
        frames.pop()
        if (value && into && frame.caller) {
          into(checked(frame.caller.type, topFrame(draft as ReferenceState, t)) as never, result as never)
        }
        node = node.next
        break
      }
    }
    if (hops > MOST_AT_ONCE) throw loopsWithoutStep(node)
  }
  return { code: node, left }
}

/** The packed form of a reference state, under a packed system's layout. */
export function packState(program: Program, layout: SystemLayout, state: ReferenceState, into: Buffers): void {
  into.u8.fill(0)
  encode(program.scenario.schema, state.shared, into, 0)
  state.threads.forEach(({ pc, frames }, t) => {
    const at = layout.threads[t]
    into.u8[at.pc] = pc & 0xff
    if (at.pcWidth === 2) into.u8[at.pc + 1] = pc >> 8
    framesAt(program, t, pc).forEach((frame, depth) => {
      encode(frame.type, frames[depth], into, frameOffset(frame, at.frames), `${frame.operation}`)
    })
  })
}

/** The plain form of a packed state. */
export function unpackState(program: Program, layout: SystemLayout, from: Buffers): ReferenceState {
  const shared = decode(program.scenario.schema, from, 0) as ValueOf<RecordType>
  const threads = layout.threads.map((at, t) => {
    const pc = at.pcWidth === 2 ? from.u8[at.pc] | (from.u8[at.pc + 1] << 8) : from.u8[at.pc]
    const frames = framesAt(program, t, pc).map(
      frame => decode(frame.type, from, frameOffset(frame, at.frames)) as object,
    )
    return { pc, frames }
  })
  return { shared, threads }
}

/** The call frames that are active when a thread stands before step `pc`. */
export function framesAt(program: Program, thread: number, pc: number): CallFrame[] {
  return chainOf(program.threads[thread].steps[pc].frame)
}
