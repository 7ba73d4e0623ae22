import { createHash } from 'node:crypto'
import type { Invocation, Location, Log, Notification, ReportingDescriptor, Result, ThreadFlow } from 'sarif'
import type { Counterexample } from '../check/counterexample.js'
import type { Row } from '../check/rows.js'
import { standingOf } from '../check/standing.js'
import { many } from '../numbers.js'
import { packageVersion } from '../project/package-root.js'
import type { Trace, TraceStep } from '../trace/trace.js'
import type { CheckRun } from './check-run.js'
import { jsonText } from './json-text.js'
import { kernelName } from './names.js'
import { printable } from './wrap.js'

/** Where the files of steps lie. */
const ROOT = 'SRCROOT'
/** In place of a file that is none. */
const UNKNOWN = 'unknown'

/** What the tool says of itself, beside results. */
const NOTIFICATIONS = {
  inconclusive: 'time, memory or an interrupt ended the search before the claim was decided',
  untested: 'the claim had no chance to fail, though the scenario exercises it',
  missing: 'a violation is expected, and there is none',
  error: 'a scenario has no result',
} as const

/** A run as SARIF 2.1.0: a rule for each property, a result for each violation. */
export function sarifOfRun(run: CheckRun): string {
  const rows = run.rows.flat()
  const names = [...new Set([...rows.map(row => row.property), ...run.missing.map(known => known.property)])]
  const rules = names.map(name => {
    const claim = run.project.properties.find(property => property.name === name)?.claim ?? name
    return ruleOf(name, claim)
  })
  const results = rows.filter(row => row.verdict === 'violated').map(row => resultOfRow(run, row, names))
  const told = rows.flatMap(row => notificationsOf(row, names))
  const missing = run.missing.map(known =>
    notification('missing', 'error', `${known.scenario} ${known.property}: ${known.note}`),
  )
  const errors = run.errors.map(({ message }) => notification('error', 'error', message))
  return sarifText(rules, results, {
    executionSuccessful: run.errors.length === 0 && !run.interrupted,
    exitCode: run.exit,
    toolExecutionNotifications: [...told, ...missing, ...errors],
  })
}

/** A counterexample as SARIF 2.1.0, with one rule and one result. */
export function sarifOfCounterexample(found: Counterexample): string {
  return sarifText([ruleOf(found.property, found.claim)], [resultOf(found, 'error', 0)])
}

function sarifText(rules: ReportingDescriptor[], results: Result[], invocation?: Invocation): string {
  const notifications = Object.entries(NOTIFICATIONS).map(([id, text]) => ({ id, shortDescription: { text } }))
  const version = packageVersion()
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'foliocheck', version, semanticVersion: version, rules, notifications } },
        originalUriBaseIds: { [ROOT]: { description: { text: 'the root of the kernel tree' } } },
        ...(invocation && { invocations: [invocation] }),
        results,
      },
    ],
  }
  return jsonText(log)
}

function ruleOf(id: string, claim: string): ReportingDescriptor {
  return { id, shortDescription: { text: plain(claim) }, defaultConfiguration: { level: 'error' } }
}

function resultOfRow(run: CheckRun, row: Row, rules: readonly string[]): Result {
  const level = standingOf(row) === 'known' ? 'note' : 'error'
  const index = rules.indexOf(row.property)
  if (row.counterexample) return resultOf(row.counterexample, level, index, row.note)
  const text = `violated after ${many(row.steps ?? 0, 'step')} in ${row.scenario}; told with --property ${row.property}`
  return {
    ...headOf(row, level, index),
    message: { text: plain(text) },
    locations: [scenarioLocation(row, beginOf(run, row))],
  }
}

function resultOf(found: Counterexample, level: 'error' | 'note', index: number, note = ''): Result {
  const { trace, why, steps, preemptions } = found
  const runs = [trace, ...(trace.others ?? [])]
  const last = trace.steps.at(-1)
  const evidence = why.evidence.slice(0, 12).map(({ name, value, writtenAt }) => {
    const when = writtenAt === undefined ? 'as at the start' : `written at step ${writtenAt}`
    return `${name} = ${value}, ${when}`
  })
  const lines = [why.reason, ...(why.lines ?? []), ...evidence, ...(note === '' ? [] : [`expected: ${note}`])]
  return {
    ...headOf(found, level, index),
    message: { text: lines.map(plain).join('\n') },
    locations: [last ? locationOf(last) : scenarioLocation(found, UNKNOWN)],
    codeFlows: runs.map(run => ({
      message: { text: plain(`${many(steps, 'step')}, ${many(preemptions, 'preemption')}${forEver(run)}`) },
      threadFlows: threadFlowsOf(run),
    })),
  }
}

function forEver({ loopFrom }: Trace): string {
  return loopFrom === undefined ? '' : `; from step ${loopFrom} on for ever`
}

/** What says which violation it is; the same as long as scenario, property and kernel have the same names. */
function headOf(
  row: Pick<Row, 'scenario' | 'property' | 'kernel' | 'patches'>,
  level: 'error' | 'note',
  ruleIndex: number,
): Pick<Result, 'ruleId' | 'ruleIndex' | 'level' | 'kind' | 'partialFingerprints' | 'properties'> {
  const { scenario, property, kernel, patches } = row
  const identity = JSON.stringify([kernel, patches, scenario, property])
  return {
    ruleId: property,
    ruleIndex,
    level,
    kind: 'fail',
    partialFingerprints: { 'violation/v1': createHash('sha256').update(identity).digest('hex') },
    properties: { scenario, kernel, patches: [...patches] },
  }
}

function threadFlowsOf(trace: Trace): ThreadFlow[] {
  const steps = trace.steps.filter(step => !step.setup)
  const threads = trace.threads.filter(thread => steps.some(step => step.thread === thread))
  return threads.map(thread => ({
    id: thread,
    message: { text: plain(thread) },
    locations: steps
      .filter(step => step.thread === thread)
      .map(step => ({
        location: { ...locationOf(step), message: { text: plain(textOf(step)) } },
        executionOrder: step.number,
        nestingLevel: Math.max(0, step.stack.length - 1),
        importance: step === steps.at(-1) || step.said.length > 0 ? 'essential' : 'important',
        ...(step.changes.length > 0 && {
          state: Object.fromEntries(step.changes.map(({ name, after }) => [name, { text: plain(after) }])),
        }),
      })),
  }))
}

function textOf(step: TraceStep): string {
  const chosen = step.chosen === undefined ? '' : ` [${step.chosen}]`
  const said = step.said.map(text => `; ! ${text}`).join('')
  return `${step.label}${chosen}${said}`
}

/** The kernel's file and function. Models know no lines. */
function locationOf({ source, operation }: TraceStep): Location {
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(source) ?? UNKNOWN, uriBaseId: ROOT } },
    logicalLocations: [{ name: plain(operation), kind: 'function' }],
  }
}

/** For what has no step to point at. GitHub takes no file in which a result has no file of its own. */
function scenarioLocation({ scenario }: Pick<Row, 'scenario'>, source: string): Location {
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(source) ?? UNKNOWN, uriBaseId: ROOT } },
    logicalLocations: [{ name: plain(scenario), kind: 'scenario' }],
  }
}

/** The file of the first function that a scenario calls. */
function beginOf({ project, kernels }: CheckRun, { scenario, kernel }: Row): string {
  const [first] =
    project.scenarios.find(({ name }) => name === scenario)?.threads.flatMap(({ actions }) => actions) ?? []
  return kernels.find(({ name }) => name === kernel)?.operations.get(first?.callee.name ?? '')?.source ?? UNKNOWN
}

/** A path below the root as a URI; undefined for what is none. */
function uriOf(source: string): string | undefined {
  const parts = printable(source).split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..')) return undefined
  return parts.map(part => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd'))).join('/')
}

function notificationsOf(row: Row, rules: readonly string[]): Notification[] {
  const standing = standingOf(row)
  const what = `${row.scenario} on ${kernelName(row)}`
  const rule = { associatedRule: { id: row.property, index: rules.indexOf(row.property) } }
  switch (standing) {
    case 'inconclusive':
      return [{ ...notification(standing, 'warning', `${what}: ${row.limit}`), ...rule }]
    case 'untested':
      return [{ ...notification(standing, 'error', `${what}: ${NOTIFICATIONS.untested}`), ...rule }]
    case 'missing':
      return [{ ...notification(standing, 'error', `${what}: ${NOTIFICATIONS.missing}; ${row.note}`), ...rule }]
    case 'unexpected':
    case 'known':
    case 'vacuous':
    case 'limited':
    case 'proved':
      return []
  }
}

function notification(id: keyof typeof NOTIFICATIONS, level: Notification['level'], text: string): Notification {
  return { descriptor: { id, index: Object.keys(NOTIFICATIONS).indexOf(id) }, level, message: { text: plain(text) } }
}

/** Text in which a viewer finds neither links nor placeholders. */
function plain(text: string): string {
  return printable(text)
    .replace(/\[(?=[^\]]*\]\()/g, '\\[')
    .replace(/\{(?=\d+\})/g, '{{')
}
