/** The public entry: what models, properties, patches and scenarios are written with, and what explores them. */
export { FileError, ModelError, UsageError } from './errors.js'
export { checksOf } from './explore/checks.js'
export { explore } from './explore/explore.js'
export { type Limits, limits } from './explore/limits.js'
export type { ExploreOptions } from './explore/options.js'
export type { Exploration } from './explore/result.js'
export { createFingerprintStore } from './explore/store/fingerprint-store.js'
export { createPlainStore } from './explore/store/plain-store.js'
export type { StateStore } from './explore/store/store.js'
export { createTreeStore } from './explore/store/tree-store.js'
export { walk } from './explore/walk.js'
export { type Drawing, drawing } from './picture/drawing.js'
export type { Box, Line, Section, Tone } from './picture/picture.js'
export { type Access, once, plain, release, smp_mb, smp_wmb } from './program/access.js'
export { current } from './program/current.js'
export { type Assertion, assertion, bound, demand, expect, type Finding } from './program/findings.js'
export { type Kernel, kernel, withOperations } from './program/kernel.js'
export type { Node } from './program/node.js'
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
export {
  type Hold,
  type LockClass,
  type LockRule,
  lockOrder,
  noLockAtExit,
  noSleepUnderSpinlock,
} from './property/locks.js'
export {
  type DataRace,
  type Deadlock,
  type Fairness,
  type Invariant,
  invariant,
  noDataRace,
  noDeadlock,
  noLivelock,
  noStarvation,
  type Property,
  type Reachable,
  reachable,
} from './property/property.js'
export * from './state/schema.js'
export { violates } from './trace/replay.js'
export { traceOf } from './trace/trace.js'
