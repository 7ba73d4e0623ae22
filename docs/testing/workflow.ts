import * as v from 'valibot'
import { parseDocument } from 'yaml'

const level = v.picklist(['read', 'write', 'none'])
const permissions = v.strictObject({ contents: level, 'security-events': v.optional(level) })
const values = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))
const common = {
  name: v.optional(v.string()),
  if: v.optional(v.string()),
  env: v.optional(values),
  'continue-on-error': v.optional(v.boolean()),
  'timeout-minutes': v.optional(v.number()),
}
const step = v.union([
  v.strictObject({
    ...common,
    run: v.string(),
    shell: v.optional(v.string()),
    'working-directory': v.optional(v.string()),
  }),
  v.strictObject({
    ...common,
    uses: v.pipe(v.string(), v.regex(/^[\w-]+(?:\/[\w.-]+)+@v\d+$/)),
    with: v.optional(values),
  }),
])
/** A workflow of GitHub Actions, as far as ours go: these keys, and actions with a major version. */
export const workflow = v.strictObject({
  name: v.string(),
  on: v.strictObject({
    push: v.nullable(v.strictObject({ branches: v.array(v.string()) })),
    pull_request: v.null(),
    workflow_dispatch: v.null(),
  }),
  permissions,
  concurrency: v.strictObject({ group: v.string(), 'cancel-in-progress': v.boolean() }),
  jobs: v.record(
    v.pipe(v.string(), v.regex(/^[a-z][\w-]*$/)),
    v.strictObject({
      'runs-on': v.string(),
      'timeout-minutes': v.number(),
      strategy: v.optional(
        v.strictObject({ 'fail-fast': v.boolean(), matrix: v.record(v.string(), v.array(v.string())) }),
      ),
      permissions: v.optional(permissions),
      env: v.optional(values),
      steps: v.array(step),
    }),
  ),
})
export type Workflow = v.InferOutput<typeof workflow>
export type Step = v.InferOutput<typeof step>

/** YAML that says each thing once. @throws Error for any other text */
export function parsed(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw problem
  return document.toJS()
}
