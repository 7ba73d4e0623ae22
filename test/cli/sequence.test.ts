import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LINES } from '../formats/sequence.js'
import { fixture, foliocheck, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()
const file = join(folder, 'get-races-put.no-use-after-free.v1.json')

beforeAll(async () => {
  const args = ['check', 'get-races-put', '--kernel', 'v1', '--property', 'no-use-after-free', '--out', folder]
  await foliocheck([...args, '--model', fixture('project')])
})

describe.concurrent.each(['mermaid', 'plantuml'] as const)('explain --format %s', format => {
  test('has a lane for each thread and a note for each step', async () => {
    const { code, stdout } = await foliocheck(['explain', file, '--format', format])
    const lines = stdout.trimEnd().split('\n')
    const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { steps: number }
    expect(code).toBe(0)
    expect(lines.filter(line => line.includes('participant'))).toHaveLength(2)
    expect(lines.filter(line => /over t\d/.test(line))).toHaveLength(steps)
    expect(lines.filter(line => !LINES[format].test(line))).toEqual([])
  })

  test('keeps names from anywhere from being read as part of the diagram', async () => {
    const hostile = 'end\n@enduml\n%%{init: {}}%%;<script>alert("1")</script> **b** --s-- \u202e'
    const draft = JSON.parse(readFileSync(file, 'utf8'))
    draft.scenario = hostile
    draft.trace.threads = draft.trace.threads.map((name: string) => `${name}${hostile}`)
    for (const step of draft.trace.steps) {
      step.thread += hostile
      step.label = hostile
    }
    const path = written(folder, `hostile-${format}.json`, JSON.stringify(draft))
    const { code, stdout } = await foliocheck(['explain', path, '--format', format])
    expect(code).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .filter(line => !LINES[format].test(line)),
    ).toEqual([])
    expect(stdout).not.toMatch(/<script|%%\{|\u202e/)
  })
})

test('explain --format: another name is refused', async () => {
  const { code, stderr } = await foliocheck(['explain', file, '--format', 'crayon'])
  expect(code).toBe(64)
  expect(stderr).toContain('Allowed choices are text, ')
})
