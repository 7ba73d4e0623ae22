import type { Kernel } from '../program/kernel.js'
import type { Scenario } from '../program/scenario.js'

/** Names of the operations that the scenario needs and the kernel does not have. */
export function missing(kernel: Kernel, scenario: Scenario): string[] {
  return scenario.needs.filter(name => !kernel.operations.has(name))
}

/** Whether the kernel has what the scenario needs. */
export function applicable(kernel: Kernel, scenario: Scenario): boolean {
  return missing(kernel, scenario).length === 0
}
