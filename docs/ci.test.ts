import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { blocksOf } from './testing/blocks.js'
import { ROOT, type Shell } from './testing/shell.js'
import { recorded, userFolder } from './testing/user.js'
import { parsed, type Step, type Workflow, workflow } from './testing/workflow.js'

/** The workflow that users copy, and the project's own: parsed, held to what GitHub knows, and run as far as foliocheck goes. */
const EXAMPLE = 'docs/ci/foliocheck.yml'
const OWN = '.github/workflows/check.yml'

const workflowOf = (file: string): Workflow => v.parse(workflow, parsed(readFileSync(join(ROOT, file), 'utf8')))
const stepsOf = (file: string): Step[] => Object.values(workflowOf(file).jobs).flatMap(job => job.steps)
const commandsOf = (file: string): string[] => stepsOf(file).flatMap(of => ('run' in of ? [of.run.trim()] : []))
const uses = (file: string, action: string) =>
  stepsOf(file).flatMap(of => ('uses' in of && of.uses.startsWith(`${action}@`) ? [of] : []))

describe.each([EXAMPLE, OWN])('%s', file => {
  test('is a workflow as GitHub knows them, and may do no more than it has to', () => {
    const { permissions: granted, jobs } = workflowOf(file)
    expect(granted).toEqual({ contents: 'read' })
    for (const job of Object.values(jobs)) expect(job.steps.length).toBeGreaterThan(3)
  })

  test('installs from the lock file, with a Node that package.json allows', () => {
    const install = `${commandsOf(file).join('\n')}\n${readFileSync(join(ROOT, '.ci/run'), 'utf8')}`
    expect(install).toMatch(/^npm ci\b/m)
    const [node] = uses(file, 'actions/setup-node')
    const [, lowest] = /^>=(\d+\.\d+)$/.exec(manifest.engines.node) ?? []
    const matrix = Object.values(workflowOf(file).jobs).flatMap(job => job.strategy?.matrix.node ?? [])
    if (matrix.length > 0) expect(matrix).toContain(lowest)
    else expect(Number(node?.with?.['node-version'])).toBeGreaterThanOrEqual(Number(lowest))
  })

  test('keeps the reports of a run that failed', () => {
    const [upload] = uses(file, 'actions/upload-artifact')
    expect(upload).toMatchObject({ if: 'always()', with: { path: 'reports/', 'if-no-files-found': 'ignore' } })
    expect(stepsOf(file).at(-1)).toEqual(upload)
  })
})

test('a workflow with a word that GitHub does not know is refused', () => {
  const text = readFileSync(join(ROOT, EXAMPLE), 'utf8')
  const refused = (from: string, to: string) => {
    expect(text).toContain(from)
    return v.safeParse(workflow, parsed(text.replace(from, to))).success
  }
  expect(refused('name: Install', 'name: Install')).toBe(true)
  for (const [from, to] of [
    ['runs-on:', 'run-on:'],
    ['actions/checkout@v6', 'actions/checkout'],
    ['actions/checkout@v6', 'actions/checkout@main'],
    ['run: npm ci', 'runs: npm ci'],
    ['security-events: write', 'security-events: yes'],
  ] as const) {
    expect(refused(from, to), to).toBe(false)
  }
})

test(`${OWN} runs what .ci/run runs, with a browser`, () => {
  expect(commandsOf(OWN)).toContain('.ci/run')
  const places = readFileSync(join(ROOT, 'test/browser.ts'), 'utf8')
  for (const { env } of Object.values(workflowOf(OWN).jobs)) expect(places).toContain(Object.keys(env ?? {})[0])
})

/** What the example's own commands do there, by their first word. */
async function ran(shell: Shell): Promise<Record<string, number>> {
  const commands = commandsOf(EXAMPLE).filter(command => command.startsWith('npx foliocheck '))
  const exits: Record<string, number> = {}
  for (const command of commands) exits[command.split(' ')[2]] = (await shell.run(command)).exit
  return exits
}

describe(`the commands of ${EXAMPLE}`, { timeout: 120_000 }, () => {
  test('are green on a model that holds, and write every report', async () => {
    const shell = await recorded(userFolder('v2'))
    expect(await ran(shell)).toEqual({ check: 0, regress: 0 })
    const reports = readdirSync(join(shell.folder, 'reports')).sort()
    expect(reports).toEqual(['counterexamples', 'run.html', 'run.json', 'run.md', 'run.sarif', 'run.xml'])
    const [sarif] = uses(EXAMPLE, 'github/codeql-action/upload-sarif')
    expect(reports.map(name => `reports/${name}`)).toContain(sarif?.with?.sarif_file)
  })

  test('are red on one that does not, and keep the counterexamples beside the reports', async () => {
    const shell = await recorded(userFolder('v1'))
    expect(await ran(shell)).toEqual({ check: 1, regress: 0 })
    expect(readdirSync(join(shell.folder, 'reports', 'counterexamples')).length).toBe(2)
  })
})

test('docs/ci.md: what is YAML there can be read', () => {
  const blocks = blocksOf(readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8')).filter(of => of.language === 'yaml')
  expect(blocks.length).toBeGreaterThan(0)
  for (const { text } of blocks) parsed(text)
})
