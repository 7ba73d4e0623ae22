import { expect } from 'vitest'

/** A trace as the format has it, its values unread. */
export interface Itf {
  readonly '#meta': Readonly<Record<string, unknown>>
  readonly vars: readonly string[]
  readonly states: readonly Readonly<Record<string, unknown>>[]
  readonly loop?: number
}

/** What is no value of the Informal Trace Format (ADR 015 of Apalache), as paths. */
function wrongIn(value: unknown, path: string): string[] {
  if (typeof value === 'boolean' || typeof value === 'string') return []
  if (Array.isArray(value)) return value.flatMap((item, i) => wrongIn(item, `${path}[${i}]`))
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Object.keys(value)
  const [special] = keys.filter(key => key.startsWith('#'))
  if (special === undefined) return Object.entries(value).flatMap(([key, of]) => wrongIn(of, `${path}.${key}`))
  const of = (value as Readonly<Record<string, unknown>>)[special]
  if (keys.length !== 1) return [path]
  switch (special) {
    case '#bigint':
      return typeof of === 'string' && /^-?[0-9]+$/.test(of) ? [] : [path]
    case '#tup':
    case '#set':
      return Array.isArray(of) ? wrongIn(of, path) : [path]
    case '#map':
      return Array.isArray(of) && of.every(pair => Array.isArray(pair) && pair.length === 2)
        ? of.flatMap((pair, i) => wrongIn(pair, `${path}{${i}}`))
        : [path]
    default:
      return [path]
  }
}

/** That a text is a trace in ITF: every state has every variable, and values are encoded as the format says. */
export function expectItf(text: string): Itf {
  const trace = JSON.parse(text) as Itf
  expect(Object.keys(trace).filter(key => !['#meta', 'params', 'vars', 'states', 'loop'].includes(key))).toEqual([])
  expect(trace['#meta'].format).toBe('ITF')
  expect(new Set(trace.vars).size).toBe(trace.vars.length)
  for (const [i, { '#meta': meta, ...values }] of trace.states.entries()) {
    expect(meta).toEqual({ index: i })
    expect(Object.keys(values).sort()).toEqual([...trace.vars].sort())
    expect(Object.entries(values).flatMap(([name, value]) => wrongIn(value, `${i}.${name}`))).toEqual([])
  }
  expect(trace.states.length).toBeGreaterThan(0)
  if (trace.loop !== undefined) {
    expect(trace.loop).toBeGreaterThanOrEqual(0)
    expect(trace.loop).toBeLessThan(trace.states.length)
  }
  return trace
}
