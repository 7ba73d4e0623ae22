import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Counterexample } from '../../src/check/counterexample.js'
import { jsonSchemaOf } from '../../src/check/json-schema.js'
import { expectItf } from '../formats/itf.js'
import { expectJunit } from '../formats/junit.js'
import { expectMarkdown } from '../formats/markdown.js'
import { expectSarif } from '../formats/sarif.js'
import { expectMermaid, expectPlantuml } from '../formats/sequence.js'
import { fixture, foliocheck, hasControls, ROOT, temporaryFolder, written } from './run.js'

/** Ten of the stored counterexamples, of every model and every kind of property, and one of no good names. */
const STORED: readonly (readonly [bug: string, model: string])[] = [
  ['zd-set-count-after-page-free', 'life-cycle'],
  ['zd-stale-order-is-pg-locked', 'life-cycle'],
  ['zd-pgmap-read-races-init', 'life-cycle'],
  ['dp-zap-pmd-ordering', 'page-table'],
  ['dp-fault-pileup-livelock', 'page-table'],
  ['dp-collect-fault-folio-lock-lost', 'page-table'],
  ['drv-amdkfd-folio-lock-inversion', 'svm'],
  ['drv-amdkfd-bo-release-sleeps', 'svm'],
  ['drv-nouveau-split-uncounted', 'life-cycle'],
  ['thp-hwpoison-flag-before-head', 'folio-split'],
]
const folder = temporaryFolder()
const cases: (readonly [name: string, file: string, model: string])[] = [
  ...STORED.map(([bug, model]) => [bug, join(ROOT, 'counterexamples', `${bug}.json`), model] as const),
  ['hostile names', join(folder, 'hostile.json'), fixture('hostile-texts')],
]

beforeAll(async () => {
  const { stdout } = await foliocheck(['check', '--model', fixture('hostile-texts'), '--all', '--json'])
  const { results } = JSON.parse(stdout) as { results: { counterexample: Counterexample }[] }
  written(folder, 'hostile.json', JSON.stringify(results[0].counterexample))
})

const valid = new Ajv2020.default().compile(jsonSchemaOf('counterexample'))

/** Formats that look at the models; the others are asked with a model that is not there. */
const WITH_MODELS: readonly string[] = ['html', 'itf']

/** What each format is asked for. */
const EXPECTED: Readonly<Record<string, (text: string, found: Counterexample) => void | Promise<void>>> = {
  text: (text, { steps }) => {
    expect(text).toMatch(/^✗ /)
    expect(text).toMatch(new RegExp(`^[ │]+${Math.min(steps, 20)}  `, 'm'))
  },
  json: (text, found) => {
    expect(JSON.parse(text)).toEqual(found)
    expect(valid(JSON.parse(text)) ? [] : valid.errors).toEqual([])
  },
  // What else there is to say of pages is said where they are opened.
  html: text => {
    expect(text).toMatch(/^<!doctype html>/i)
    expect(text).not.toContain('<script>alert(1)')
  },
  markdown: text => {
    expectMarkdown(text)
    expect(text).toMatch(/^#### <code>/)
  },
  junit: async text => {
    await expectJunit(text)
    expect(text).toContain('<failure message=')
  },
  sarif: (text, { trace }) => {
    const [{ codeFlows = [] }] = expectSarif(text).runs[0].results ?? []
    const told = codeFlows.map(({ threadFlows }) => threadFlows.flatMap(({ locations }) => locations).length)
    const own = [trace, ...(trace.others ?? [])].map(({ steps }) => steps.filter(({ setup }) => !setup).length)
    expect(told).toEqual(own)
  },
  mermaid: (text, found) => expectMermaid(text, shownOf(found)),
  plantuml: (text, found) => expectPlantuml(text, shownOf(found)),
  itf: (text, { trace }) => {
    expect(expectItf(text).states).toHaveLength(trace.steps.length + 1)
  },
}

function shownOf({ trace, steps }: Counterexample): { threads: number; steps: number } {
  const own = trace.steps.filter(({ setup }) => !setup)
  return { threads: new Set(own.map(({ thread }) => thread)).size, steps }
}

describe.concurrent.each(Object.entries(EXPECTED))('explain --format %s', (format, expectFormat) => {
  test.each(cases)('%s', async (_, file, model) => {
    const given = WITH_MODELS.includes(format) ? model : join(folder, 'no-such-model.ts')
    const { code, stdout, stderr } = await foliocheck(['explain', file, '--format', format, '--model', given])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(hasControls(stdout)).toBe(false)
    expect(stdout).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/)
    await expectFormat(stdout, JSON.parse(readFileSync(file, 'utf8')))
  })
})

test('every format is among them', async () => {
  const { stdout } = await foliocheck(['explain', '--help'])
  const [, list] = /choices: ([^)]*?)[,)] *default/s.exec(stdout.replace(/\s+/g, ' ')) ?? []
  expect(list?.match(/\w+/g)?.sort()).toEqual(Object.keys(EXPECTED).sort())
})
