import { ModelError } from '../errors.js'
import type { Operation, OperationRef } from './operation.js'
import { didYouMean } from './suggest.js'

/** A named set of operations at a version. */
export interface Kernel {
  readonly name: string
  /** When it was released, or read: `2026-04`. */
  readonly date: string
  /** What is particular about it, in one sentence. */
  readonly about: string
  readonly operations: ReadonlyMap<string, Operation>
  /** Names of the patches applied on top, in order. */
  readonly patches: readonly string[]
}

/** A kernel made of these operations, over those of `base`. @throws ModelError when a name occurs twice. */
export function kernel(
  name: string,
  about: { readonly date: string; readonly about: string; readonly base?: Kernel },
  operations: readonly Operation[],
): Kernel {
  const all = new Map(about.base?.operations)
  const own = new Set<string>()
  for (const operation of operations) {
    if (own.has(operation.name)) {
      throw new ModelError(`kernel ${name}`, `has two operations called ${operation.name}`, 'keep one')
    }
    own.add(operation.name)
    all.set(operation.name, operation)
  }
  return { name, date: about.date, about: about.about, operations: all, patches: [] }
}

/** The kernel's body for a called operation. @throws ModelError when it has none. */
export function bodyOf(kernel: Kernel, ref: OperationRef): Operation {
  const found = kernel.operations.get(ref.name)
  if (found) return found
  throw new ModelError(
    `kernel ${kernel.name}`,
    `has no operation ${ref.name}`,
    didYouMean(ref.name, [...kernel.operations.keys()], 'add it to the kernel or bind it in the scenario'),
  )
}

/** The kernel with more or other operations, such as a driver's. */
export function withOperations(kernel: Kernel, operations: readonly Operation[]): Kernel {
  const all = new Map(kernel.operations)
  for (const operation of operations) all.set(operation.name, operation)
  return { ...kernel, operations: all }
}
