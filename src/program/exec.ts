import { sizeOf } from '../state/layout.js'
import type { PackedAccessors } from '../state/packed.js'
import type { CallFrame, Code } from './code.js'
import { nodesFrom } from './graph.js'
import { frameOffset } from './layout.js'

/** Kinds of executable nodes, as small integers for the hot loop; those from LOCAL on run with the step before them. */
export const STEP = 0
export const WAIT = 1
export const CHOOSE = 2
export const TEST = 3
export const END = 4
export const LOCAL = 5
export const WHEN = 6
export const ENTER = 7
export const LEAVE = 8

const KINDS = {
  step: STEP,
  wait: WAIT,
  choose: CHOOSE,
  test: TEST,
  end: END,
  local: LOCAL,
  when: WHEN,
  enter: ENTER,
  leave: LEAVE,
}

type Run = (s: object, t: object, value: number) => void
type Condition = (s: object, t: object, value: number) => boolean

/** One node bound to the working vector. One class for all kinds, so that the interpreter stays monomorphic. */
export class Exec {
  next: Exec = this
  no: Exec = this
  run: Run = () => undefined
  test: Condition = () => true
  values: readonly number[] = []
  /** Enter: the callee's locals and what to put there. */
  callee: Record<string, unknown> = {}
  names: string[] = []
  args: ((t: object) => unknown)[] = []
  /** Leave: the result, where it goes, and the bytes of the frame that dies. */
  value: ((t: object) => unknown) | undefined
  into: ((t: object, value: unknown) => void) | undefined
  caller: object = {}
  clearFrom = 0
  clearTo = 0
  /** Its number among the steps of all threads. */
  id = 0
  /** How many ordinals it has. */
  choices: number
  constructor(
    readonly kind: number,
    readonly pc: number,
    readonly region: number,
    readonly t: object,
    readonly code: Code,
  ) {
    this.choices = kind === END ? 0 : 1
  }
}

export function unreachable(step: Code): Exec {
  return new Exec(KINDS[step.kind], 'pc' in step ? step.pc : 0, 0, {}, step)
}

/** Binds every node of a thread to accessors of its frames. */
export function link(entry: Code, accessors: PackedAccessors, base: number): Map<Code, Exec> {
  const locals = new Map<CallFrame, object>()
  const localsOf = (frame: CallFrame): object => {
    const known = locals.get(frame)
    if (known) return known
    const made = accessors.at(frame.type, frameOffset(frame, base))
    locals.set(frame, made)
    return made
  }
  const nodes = nodesFrom(entry)
  const execs = new Map(
    nodes.map(code => [
      code,
      new Exec(KINDS[code.kind], 'pc' in code ? code.pc : 0, code.region, localsOf(code.frame), code),
    ]),
  )
  const of = (code: Code): Exec => execs.get(code) ?? unreachable(code)
  for (const [code, exec] of execs) {
    switch (code.kind) {
      case 'step':
      case 'local':
        exec.run = code.run as unknown as Run
        exec.next = of(code.next)
        break
      case 'wait':
        exec.test = code.ready as unknown as Condition
        exec.run = code.run as unknown as Run
        exec.next = of(code.next)
        break
      case 'choose':
        exec.values = code.values
        exec.choices = code.values.length
        exec.test = code.when as Condition
        exec.run = code.run as unknown as Run
        exec.next = of(code.next)
        break
      case 'test':
      case 'when':
        exec.test = code.condition as unknown as Condition
        exec.next = of(code.yes)
        exec.no = of(code.no)
        break
      case 'enter':
        exec.callee = localsOf(code.callee) as Record<string, unknown>
        exec.names = code.params.map(param => param.name)
        exec.args = code.params.map(param => param.value as (t: object) => unknown)
        exec.next = of(code.next)
        break
      case 'leave': {
        exec.value = code.value as ((t: object) => unknown) | undefined
        exec.into = code.into as ((t: object, value: unknown) => void) | undefined
        exec.caller = code.frame.caller ? localsOf(code.frame.caller) : {}
        exec.clearFrom = frameOffset(code.frame, base)
        exec.clearTo = exec.clearFrom + sizeOf(code.frame.type).size
        exec.next = of(code.next)
        break
      }
      case 'end':
        break
    }
  }
  return execs
}
