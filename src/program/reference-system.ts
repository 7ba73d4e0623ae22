import { type Draft, produce, setAutoFreeze } from 'immer'
import { ModelError, reasonOf } from '../errors.js'
import { decode, encode } from '../state/codec.js'
import { sizeOf } from '../state/layout.js'
import { type Buffers, buffers } from '../state/packed.js'
import { defaultOf } from '../state/plain.js'
import type { RecordType, ValueOf } from '../state/schema.js'
import { choiceOf, ORDINAL_VALUES, type Outcome, threadOf } from '../system/system.js'
import { type CallFrame, type Code, isVisible, type VisibleNode } from './code.js'
import { running } from './current.js'
import { Stop, said } from './findings.js'
import { chainOf } from './graph.js'
import { frameOffset, type SystemLayout } from './layout.js'
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

  /** The initial states. */
  get initial(): readonly ReferenceState[] {
    return this.program.initial.map(shared =>
      produce(
        { shared, threads: this.program.threads.map(() => ({ pc: 0, frames: [{}] })) } as ReferenceState,
        draft => {
          this.program.threads.forEach((thread, t) => {
            draft.threads[t].pc = settle(thread.entry, draft, t).code.pc
          })
        },
      ),
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
          return step.ready(shared as never, locals as never) ? [t * ORDINAL_VALUES] : []
        case 'choose':
          return step.values.flatMap((value, i) =>
            step.when(shared as never, locals as never, value) ? [t * ORDINAL_VALUES + i] : [],
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

  /** Runs one step. The state is unchanged when the step is fatal, cut or breaks a range. */
  fire(state: ReferenceState, ordinal: number, make: Produce = produce): { state: ReferenceState; outcome: Outcome } {
    const t = threadOf(ordinal)
    let next = state
    let broke: Error | undefined
    try {
      next = make(state, draft => this.#run(draft, t, ordinal))
    } catch (thrown) {
      if (!(thrown instanceof Stop)) {
        if (thrown instanceof ModelError) throw thrown
        const step = this.stepAt(state, t)
        throw new ModelError(
          `${step.frame.operation} step '${step.label}'`,
          `threw: ${reasonOf(thrown)}`,
          'fix the recipe',
        )
      }
    }
    if (next !== state && said.cut === '') broke = outOfRange(this.program, next)
    const outcome = { findings: said.findings, cut: said.cut, broke }
    said.findings = []
    said.cut = ''
    return { state: broke ? state : next, outcome }
  }

  #run(draft: Draft<ReferenceState>, t: number, ordinal: number): void {
    running.thread = t
    let node: Code = this.program.threads[t].steps[draft.threads[t].pc]
    for (;;) {
      const shared = draft.shared as never
      const locals = topFrame(draft as ReferenceState, t) as never
      let next: Code
      switch (node.kind) {
        case 'test':
          next = node.condition(shared, locals) ? node.yes : node.no
          break
        case 'choose':
          node.run(shared, locals, node.values[choiceOf(ordinal)])
          next = node.next
          break
        case 'step':
        case 'wait':
          node.run(shared, locals)
          next = node.next
          break
        default:
          throw new ModelError(node.frame.operation, 'has no step to run', 'report this')
      }
      const { code, left } = settle(next, draft, t)
      if (node.region === 0 || code.region !== node.region || left) {
        draft.threads[t].pc = code.pc
        return
      }
      node = code
    }
  }
}

function topFrame(state: ReferenceState, t: number): object {
  const { frames } = state.threads[t]
  return frames[frames.length - 1]
}

/** Runs hidden nodes up to the next step; tells whether an atomic region was left on the way. */
function settle(from: Code, draft: Draft<ReferenceState>, t: number): { code: VisibleNode; left: boolean } {
  const frames = draft.threads[t].frames as object[]
  const top = () => frames[frames.length - 1] as never
  let node = from
  let left = false
  const region = from.region
  while (!isVisible(node)) {
    if (node.region !== region) left = true
    switch (node.kind) {
      case 'local':
        node.run(top())
        node = node.next
        break
      case 'when':
        node = node.condition(top()) ? node.yes : node.no
        break
      case 'enter': {
        const callee = defaultOf(node.callee.type) as Record<string, unknown>
        for (const { name, value } of node.params) callee[name] = value(top())
        frames.push(callee)
        node = node.next
        break
      }
      case 'leave': {
        const result = node.value?.(top())
        frames.pop()
        if (node.value && node.into) node.into(top(), result as never)
        node = node.next
        break
      }
    }
  }
  return { code: node, left }
}

/** The error of encoding a state that the packed form could not hold. */
function outOfRange(program: Program, state: ReferenceState): Error | undefined {
  try {
    checkRanges(program, state)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}

const scratch = new WeakMap<RecordType, Buffers>()

function checkRanges(program: Program, state: ReferenceState): void {
  const check = (type: RecordType, value: unknown) => {
    const into = scratch.get(type) ?? buffers(sizeOf(type).size)
    scratch.set(type, into)
    encode(type, value, into, 0)
  }
  check(program.scenario.schema, state.shared)
  program.threads.forEach((thread, t) => {
    const frames = chainOf(thread.steps[state.threads[t].pc].frame)
    frames.forEach((frame, depth) => {
      check(frame.type, state.threads[t].frames[depth])
    })
  })
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
