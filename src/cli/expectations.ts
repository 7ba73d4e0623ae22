import { existsSync } from 'node:fs'
import type { Expectations } from '../check/expectations.js'
import { builtInModel } from '../project/built-in.js'

/** The index of expectations that belongs to a built-in model; undefined for a user's own. */
export function builtInIndex(model: string | undefined): string | undefined {
  return builtInModel(model)?.index
}

/** The expectations of a built-in model, or those given; a user's own models have none unless given. */
export async function expectationsFor(model: string | undefined, index: string | undefined): Promise<Expectations> {
  const builtIn = builtInIndex(model)
  const file = index ?? (builtIn !== undefined && existsSync(builtIn) ? builtIn : undefined)
  if (file === undefined) return { bugs: [], known: [], findings: [], dead: [] }
  const { readExpectations } = await import('../check/expectations.js')
  return readExpectations(file)
}
