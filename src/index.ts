export { FileError, ModelError, UsageError } from './errors.js'
export { checksOf } from './explore/checks.js'
export { type ExploreOptions, explore } from './explore/explore.js'
export type { Exploration } from './explore/result.js'
export { walk } from './explore/walk.js'
export { current } from './program/current.js'
export { type Assertion, assertion, bound, demand, expect, type Finding } from './program/findings.js'
export { type Kernel, kernel, withOperations } from './program/kernel.js'
export { type Machine, machine, type Operation, type OperationRef } from './program/operation.js'
export { PackedSystem } from './program/packed-system.js'
export {
  applyPatch,
  insertAfter,
  insertBefore,
  nth,
  on,
  type Patch,
  patch,
  put,
  remove,
  replace,
} from './program/patch.js'
export { compile, type Program } from './program/program.js'
export { type ReferenceState, ReferenceSystem } from './program/reference-system.js'
export { type Action, daemon, does, type Scenario, scenario, type Thread, thread } from './program/scenario.js'
export { named, type Project, project } from './project/project.js'
export { type Invariant, invariant, noDeadlock, type Property, type Reachable, reachable } from './property/property.js'
export * from './state/schema.js'
