import { explore } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import { createTreeStore } from '../explore/store/tree-store.js'
import { type Kernel, withOperations } from '../program/kernel.js'
import type { Node } from '../program/node.js'
import type { Operation } from '../program/operation.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import { ordinalOf } from '../system/system.js'

/** The note by which a marked step is found again in the compiled program. */
const MARK = 'marked: does this step ever do anything?'

/** The same step, marked, and one after it that does nothing: changes of locals that follow belong to that one. */
export function marked(node: Node): readonly Node[] {
  const nothing: Node = { kind: 'step', label: 'nothing', note: '', run: () => undefined }
  return 'note' in node ? [{ ...node, note: MARK }, nothing] : [node]
}

/**
 * Whether the marked step of `operation` never does anything in a scenario: in every reachable state it changes nothing
 * but the place in its thread, reports nothing and cuts nothing. False also when the space could not be searched whole.
 */
export function isIdle(
  kernel: Kernel,
  scenario: Scenario,
  operation: Operation,
  options: { readonly limits: Partial<Limits>; readonly progress: Progress },
): boolean {
  const program = compile(withOperations(kernel, [operation]), scenario)
  const system = new PackedSystem(program)
  const store = createTreeStore(system.words, {})
  const result = explore(system, [], store, options)
  if (result.stopped !== undefined) return false
  for (let id = 0; id < store.count; id++) {
    store.load(id, system.vector)
    for (let t = 0; t < program.threads.length; t++) {
      const step = system.stepAt(t)
      if (!('note' in step) || step.note !== MARK) continue
      // Nobody is enabled while the setup runs; a wait that blocks at another time does something.
      if (program.setup && t > 0 && system.stepAt(0).kind !== 'end') continue
      if (step.kind === 'wait' && !system.enabled(t)) return false
      const choices = step.kind === 'choose' ? step.values.length : 1
      for (let choice = 0; choice < choices; choice++) {
        if (!idleHere(system, store, id, t, choice)) return false
      }
    }
  }
  return true
}

function idleHere(
  system: PackedSystem,
  store: { load(id: number, into: Int32Array): void },
  id: number,
  thread: number,
  choice: number,
): boolean {
  store.load(id, system.vector)
  const before = system.memory.u8.slice()
  try {
    const { findings, cut, broke } = system.fire(ordinalOf(thread, choice))
    if (findings.length > 0 || cut !== '' || broke) return false
  } catch {
    // This value is not offered here; another is.
    return true
  }
  const { pc, pcWidth } = system.layout.threads[thread]
  return system.memory.u8.every((byte, at) => byte === before[at] || (at >= pc && at < pc + pcWidth))
}
