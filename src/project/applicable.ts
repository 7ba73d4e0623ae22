import type { Kernel } from '../program/kernel.js'
import type { Scenario } from '../program/scenario.js'

/** Whether the kernel has what the scenario needs. */
export function applicable(kernel: Kernel, scenario: Scenario): boolean {
  return scenario.needs.every(name => kernel.operations.has(name))
}
