import { createHash } from 'node:crypto'
import { ModelError } from '../errors.js'
import { framesFrom } from '../program/graph.js'
import type { Kernel } from '../program/kernel.js'
import type { Operation } from '../program/operation.js'
import { compile, type Program } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import type { Project } from '../project/project.js'

const HERE = '\u0000'

/**
 * What of the modules of a project is not the body of an operation: helpers, constants, the machine, scenarios,
 * properties, patches. When that changes, nobody knows what it touches.
 */
export function textAround(project: Project, sources: ReadonlyMap<string, string>): string {
  const operations = [
    ...project.kernels.flatMap(kernel => [...kernel.operations.values()]),
    ...project.scenarios.flatMap(scenario => scenario.operations),
  ]
  // Longer ones first: one text may be a part of another.
  const texts = [...new Set(operations.map(({ text }) => text))].sort((a, b) => b.length - a.length)
  return [...sources]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, source]) => `${file}\n${texts.reduce((rest, text) => rest.replaceAll(text, HERE), source)}`)
    .join('\n')
}

/**
 * A fingerprint of all that decides what a scenario does on a kernel: equal ones do the same. Undefined when it cannot be
 * compiled, which its check will tell.
 */
export function fingerprintOf(around: string, kernel: Kernel, scenario: Scenario): string | undefined {
  const program = compiled(kernel, scenario)
  if (!program) return undefined
  const names = new Set(program.threads.flatMap(({ entry }) => framesFrom(entry).map(frame => frame.operation)))
  const all = new Map<string, Operation>([
    ...scenario.operations.map((own): [string, Operation] => [own.name, own]),
    ...kernel.operations,
  ])
  const used = [...names].sort().flatMap(name => {
    const operation = all.get(name)
    return operation ? [[name, operation.text]] : []
  })
  return createHash('sha256')
    .update(JSON.stringify([around, used]))
    .digest('hex')
}

function compiled(kernel: Kernel, scenario: Scenario): Program | undefined {
  try {
    return compile(kernel, scenario)
  } catch (thrown) {
    if (thrown instanceof ModelError) return undefined
    throw thrown
  }
}
