import { Ajv } from 'ajv'
import type { Log } from 'sarif'
import { expect } from 'vitest'

/*
 * The part of SARIF 2.1.0 that foliocheck writes, after the tables of the standard, and stricter than it: no other keys.
 * The schema of OASIS itself is not part of this repository.
 */

const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const list = (items: object, minItems = 0) => ({ type: 'array', items, minItems })
const text = { type: 'string', minLength: 1 }
const index = { type: 'integer', minimum: 0 }
const message = object({ text }, ['text'])
const level = { enum: ['none', 'note', 'warning', 'error'] }
const location = object(
  {
    physicalLocation: object(
      {
        artifactLocation: object({ uri: { type: 'string', format: 'path' }, uriBaseId: { const: 'SRCROOT' } }, [
          'uri',
          'uriBaseId',
        ]),
      },
      ['artifactLocation'],
    ),
    logicalLocations: list(object({ name: { type: 'string' }, kind: text }, ['name', 'kind']), 1),
    message,
    // GitHub refuses a file in which a result has none.
  },
  ['physicalLocation'],
)
const threadFlow = object(
  {
    id: { type: 'string' },
    message,
    locations: list(
      object(
        {
          location,
          executionOrder: { type: 'integer', minimum: 1 },
          nestingLevel: index,
          importance: { enum: ['important', 'essential', 'unimportant'] },
          state: { type: 'object', additionalProperties: object({ text: { type: 'string' } }, ['text']) },
        },
        ['location', 'executionOrder'],
      ),
      1,
    ),
  },
  ['locations'],
)
const result = object(
  {
    ruleId: text,
    ruleIndex: index,
    level,
    kind: { const: 'fail' },
    message,
    locations: list(location, 1),
    codeFlows: list(object({ message, threadFlows: list(threadFlow, 1) }, ['threadFlows']), 1),
    partialFingerprints: { type: 'object', additionalProperties: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
    properties: { type: 'object' },
  },
  ['ruleId', 'ruleIndex', 'level', 'kind', 'message', 'locations', 'partialFingerprints'],
)
const reference = object({ id: text, index }, ['id', 'index'])
const notification = object({ descriptor: reference, associatedRule: reference, level, message }, [
  'message',
  'descriptor',
])
const rule = object({ id: text, shortDescription: message, defaultConfiguration: object({ level }, ['level']) }, ['id'])
const run = object(
  {
    tool: object(
      {
        driver: object(
          { name: text, version: text, semanticVersion: text, rules: list(rule), notifications: list(rule) },
          ['name', 'rules'],
        ),
      },
      ['driver'],
    ),
    originalUriBaseIds: object({ SRCROOT: object({ description: message }) }),
    invocations: list(
      object(
        { executionSuccessful: { type: 'boolean' }, exitCode: index, toolExecutionNotifications: list(notification) },
        ['executionSuccessful'],
      ),
    ),
    results: list(result),
  },
  ['tool', 'results'],
)
const schema = object(
  { $schema: { type: 'string', format: 'https' }, version: { const: '2.1.0' }, runs: list(run, 1) },
  ['version', 'runs'],
)

const ajv = new Ajv({ allErrors: true })
ajv.addFormat('https', /^https:\/\/\S+$/)
// A path below the base: no scheme, no host, no way out, and only what a URI may hold.
ajv.addFormat(
  'path',
  /^(?!\.{1,2}(\/|$))(?:[\w.~!$&'()*+,;=@-]|%[0-9A-F]{2})+(?:\/(?!\.{1,2}(\/|$))(?:[\w.~!$&'()*+,;=@-]|%[0-9A-F]{2})+)*$/,
)
const valid = ajv.compile<Log>(schema)

/** That a text is SARIF 2.1.0, of which the references lead to what they say. Returns its content. */
export function expectSarif(content: string): Log {
  const log = JSON.parse(content) as Log
  expect(valid(log) ? [] : valid.errors).toEqual([])
  for (const { tool, results = [], invocations = [] } of log.runs) {
    const { rules = [], notifications = [] } = tool.driver
    for (const { ruleId, ruleIndex = -1 } of results) expect(rules[ruleIndex]?.id).toBe(ruleId)
    for (const { descriptor, associatedRule } of invocations.flatMap(i => i.toolExecutionNotifications ?? [])) {
      expect(notifications[descriptor?.index ?? -1]?.id).toBe(descriptor?.id)
      if (associatedRule) expect(rules[associatedRule.index ?? -1]?.id).toBe(associatedRule.id)
    }
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    for (const { codeFlows = [] } of results) {
      for (const { threadFlows } of codeFlows) {
        const orders = threadFlows.flatMap(({ locations }) => locations.map(({ executionOrder = 0 }) => executionOrder))
        expect(orders.sort((a, b) => a - b)).toEqual(orders.map((_, i) => i + 1))
      }
    }
  }
  return log
}
