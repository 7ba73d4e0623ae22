import { create } from 'xmlbuilder2'
import type { Counterexample } from '../check/counterexample.js'
import type { Row } from '../check/rows.js'
import { type Standing, standingOf } from '../check/standing.js'
import { many } from '../numbers.js'
import type { CheckRun } from './check-run.js'
import { counterexampleText } from './counterexample-text.js'
import { kernelName } from './names.js'
import { printable } from './wrap.js'

/** What came of one test: nothing for one that passed and has nothing to say. */
interface Told {
  readonly element: 'failure' | 'error' | 'skipped' | 'system-out'
  /** Of a failure: what is not as expected. */
  readonly type?: Standing
  readonly message: string
  readonly lines?: readonly string[]
}

interface Case {
  readonly name: string
  readonly seconds: number
  readonly told: Told | undefined
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

/** A run as JUnit's XML: a suite for each scenario and kernel, a test for each property. */
export function junitOfRun(run: CheckRun): string {
  const suites = run.rows.flatMap((rows): Suite[] => {
    if (rows.length === 0) return []
    // One search decides all properties of a scenario: each has the same share of its time, so that sums are right.
    const cases = rows.map(row => ({ name: row.property, seconds: row.seconds / rows.length, told: toldOf(row) }))
    return [{ name: `${rows[0].scenario} ${kernelName(rows[0])}`, cases }]
  })
  const missing = run.missing.map(({ scenario, property, note }): Case => {
    const message = `a violation is expected somewhere, and there is none: ${note}`
    return { name: `${scenario} ${property}`, seconds: 0, told: { element: 'failure', type: 'missing', message } }
  })
  const errors = run.errors.map(
    ({ name, message }, i): Case => ({ name: `${name} ${i + 1}`, seconds: 0, told: { element: 'error', message } }),
  )
  return junitText([
    ...suites,
    ...(missing.length > 0 ? [{ name: 'expected violations', cases: missing }] : []),
    ...(errors.length > 0 ? [{ name: 'errors', cases: errors }] : []),
  ])
}

/** A counterexample as a suite with one test, which failed. */
export function junitOfCounterexample(found: Counterexample): string {
  const cases = [{ name: found.property, seconds: 0, told: violation(found) }]
  return junitText([{ name: `${found.scenario} ${kernelName(found)}`, cases }])
}

/**
 * A test fails where `check` does, so that both say the same of a build. A known violation has therefore passed, and
 * says so in its output: were it skipped, it would look like what had no chance to fail.
 */
function toldOf(row: Row): Told | undefined {
  const standing = standingOf(row)
  switch (standing) {
    case 'unexpected': {
      const message = `violated after ${many(row.steps ?? 0, 'step')} (told with --property ${row.property})`
      return row.counterexample ? violation(row.counterexample) : { element: 'failure', type: standing, message }
    }
    case 'known':
      return {
        element: 'system-out',
        message: `violated after ${many(row.steps ?? 0, 'step')}, as is known: ${row.note}`,
      }
    case 'missing':
      return { element: 'failure', type: standing, message: `a violation is expected, and there is none: ${row.note}` }
    case 'untested':
      return { element: 'failure', type: standing, message: 'had no chance to fail, though the scenario exercises it' }
    case 'vacuous':
      return { element: 'skipped', message: 'had no chance to fail here' }
    case 'inconclusive':
      return { element: 'error', message: `inconclusive: ${row.limit}` }
    case 'limited':
      return { element: 'system-out', message: `holds up to ${row.limit}` }
    case 'proved':
      return undefined
  }
}

function violation(found: Counterexample): Told {
  const lines = counterexampleText(found, { width: 80 })
  return { element: 'failure', type: 'unexpected', message: `${found.claim}: ${found.why.reason}`, lines }
}

function junitText(suites: readonly Suite[]): string {
  const all = suites.flatMap(suite => suite.cases)
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', { name: 'foliocheck', ...numbers(all) })
  for (const { name, cases } of suites) {
    const skipped = String(cases.filter(({ told }) => told?.element === 'skipped').length)
    const suite = root.ele('testsuite', { name: inXml(name), ...numbers(cases), skipped })
    for (const { name: test, seconds, told } of cases) {
      const node = suite.ele('testcase', { name: inXml(test), classname: inXml(name), time: seconds.toFixed(3) })
      if (!told) continue
      const { element, type, message, lines = [] } = told
      if (element === 'system-out') node.ele(element).txt(inXml(message))
      else {
        const text = lines.map(inXml).join('\n')
        const made = node.ele(element, { message: inXml(message), ...(type && { type }) })
        if (text !== '') made.txt(`\n${text}\n`)
      }
    }
  }
  return `${root.end({ prettyPrint: true })}\n`
}

function numbers(cases: readonly Case[]): Readonly<Record<string, string>> {
  const tally = (element: Told['element']) => String(cases.filter(({ told }) => told?.element === element).length)
  const seconds = cases.reduce((sum, test) => sum + test.seconds, 0)
  return {
    tests: String(cases.length),
    failures: tally('failure'),
    errors: tally('error'),
    time: seconds.toFixed(3),
  }
}

/** One line of what XML can hold: it has no place for halves of surrogate pairs and two more code points. */
function inXml(text: string): string {
  return printable(text).replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd')
}
