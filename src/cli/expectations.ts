import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Expectations } from '../check/expectations.js'
import { packageRoot } from './package-root.js'

/** The index of expectations that belongs to the built-in models. */
export function builtInIndex(): string {
  return join(packageRoot(), 'counterexamples', 'index.json')
}

/** The expectations of the built-in models, or those given; a user's own models have none unless given. */
export async function expectationsFor(model: string | undefined, index: string | undefined): Promise<Expectations> {
  const file = index ?? (model === undefined && existsSync(builtInIndex()) ? builtInIndex() : undefined)
  if (file === undefined) return { bugs: [], known: [], findings: [] }
  const { readExpectations } = await import('../check/expectations.js')
  return readExpectations(file)
}
