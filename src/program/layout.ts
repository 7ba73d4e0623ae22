import { sizeOf } from '../state/layout.js'
import type { RecordType } from '../state/schema.js'
import type { CallFrame, ThreadCode } from './code.js'

/** Where a thread's program counter and locals lie in the packed vector. */
export interface ThreadLayout {
  readonly pc: number
  readonly pcWidth: 1 | 2
  readonly frames: number
  /** The first byte behind them. */
  readonly end: number
}

export interface SystemLayout {
  readonly threads: readonly ThreadLayout[]
  readonly bytes: number
}

/** The packed layout: the shared state, then each thread's program counter and its locals. */
export function layoutOf(
  schema: RecordType,
  threads: readonly ThreadCode[],
  frames: readonly CallFrame[][],
): SystemLayout {
  let at = sizeOf(schema).size
  const layouts = threads.map((thread, i) => {
    const pcWidth = thread.steps.length > 256 ? 2 : 1
    at = Math.ceil(at / 4) * 4
    const pc = at
    const base = pc + pcWidth
    const end = Math.max(base, ...frames[i].map(frame => frameOffset(frame, base) + sizeOf(frame.type).size))
    at = end
    return { pc, pcWidth, frames: base, end } as const
  })
  return { threads: layouts, bytes: at }
}

/** Byte offset of a frame: calls of one depth share their place, since only one of them is active. */
export function frameOffset(frame: CallFrame, base: number): number {
  const from = frame.caller ? frameOffset(frame.caller, base) + sizeOf(frame.caller.type).size : base
  const align = sizeOf(frame.type).align
  return Math.ceil(from / align) * align
}
