import { ModelError } from '../errors.js'
import { type Node, whatIs } from './node.js'

/**
 * How the accesses of a step to shared memory are made. `atomic`, unless said otherwise: loads are READ_ONCE, and what
 * stores is a fully ordered atomic operation, or a lock. `plain`: C accesses without a mark, which the compiler may tear,
 * repeat or leave out, and whose stores may become visible late. `once`: WRITE_ONCE and its like, whole but unordered.
 * `release`: smp_store_release. `mb` and `wmb`: the barriers.
 */
export type Access = 'atomic' | 'plain' | 'once' | 'release' | 'mb' | 'wmb'

/** The step (or test), made of plain C accesses: two of them that conflict are a data race. */
export function plain(node: Node): Node {
  return withAccess(node, 'plain')
}

/** The step, as WRITE_ONCE or an unordered atomic store: no data race, and visible to others when it pleases. */
export function once(node: Node): Node {
  return withAccess(node, 'once')
}

/** The step, as smp_store_release: visible to others no earlier than the stores before it. */
export function release(node: Node): Node {
  return withAccess(node, 'release')
}

/** A full barrier: what was stored before it is visible before anything after it is done. */
export function smp_mb(label = 'smp_mb()'): Node {
  return { kind: 'step', label, note: '', run: () => undefined, access: 'mb' }
}

/** A barrier between stores: those before it are visible before those after it. */
export function smp_wmb(label = 'smp_wmb()'): Node {
  return { kind: 'step', label, note: '', run: () => undefined, access: 'wmb' }
}

function withAccess(node: Node, access: Access): Node {
  if (node.kind === 'step' || (node.kind === 'test' && access !== 'release')) return { ...node, access }
  throw new ModelError(whatIs(node), `cannot be made of ${access} accesses`, 'mark a step or a test')
}
