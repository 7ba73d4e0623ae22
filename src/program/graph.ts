import type { CallFrame, Code } from './code.js'

/** Every node reachable from `entry`, each once, in order of discovery. */
export function nodesFrom(entry: Code): Code[] {
  const seen = new Set<Code>([entry])
  for (const node of seen) for (const next of successorsOf(node)) seen.add(next)
  return [...seen]
}

function successorsOf(node: Code): readonly Code[] {
  switch (node.kind) {
    case 'test':
    case 'when':
      return [node.yes, node.no]
    case 'end':
      return []
    default:
      return [node.next]
  }
}

/** Every call frame that can be active, callees included. */
export function framesFrom(entry: Code): CallFrame[] {
  const frames = new Set<CallFrame>()
  for (const node of nodesFrom(entry)) {
    frames.add(node.frame)
    if (node.kind === 'enter') frames.add(node.callee)
  }
  return [...frames]
}

/** The chain of frames that are active in `frame`, the thread's own first. */
export function chainOf(frame: CallFrame): CallFrame[] {
  return frame.caller ? [...chainOf(frame.caller), frame] : [frame]
}
