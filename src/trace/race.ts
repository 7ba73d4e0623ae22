import { type Conflict, Racing } from '../explore/races/racing.js'
import { chainOf } from '../program/graph.js'
import type { Program } from '../program/program.js'
import { packState, ReferenceSystem } from '../program/reference-system.js'
import { partAt, show } from '../state/diff.js'
import { threadOf } from '../system/system.js'
import type { Replay } from './replay.js'
import type { Trace } from './trace.js'
import type { Why } from './why.js'

/** The first field over which the last two steps of a run conflict, where both could have come first. */
export function raceAtEnd(program: Program, { steps }: Replay): Conflict | undefined {
  const [first, second] = steps.slice(-2)
  if (!second || threadOf(first.ordinal) === threadOf(second.ordinal)) return undefined
  const enabled = new ReferenceSystem(program).enabled(first.before)
  if (!enabled.includes(first.ordinal) || !enabled.includes(second.ordinal)) return undefined
  const racing = new Racing(program)
  const { system } = racing
  packState(program, system.layout, first.before, system.memory)
  return racing.conflicts(first.ordinal, second.ordinal)[0]
}

/** The race between the last two steps of a run, as KCSAN tells it. */
export function whyRace(program: Program, replayed: Replay, trace: Trace): Why {
  const race = raceAtEnd(program, replayed)
  const last = replayed.steps.slice(-2)
  if (!race) return { reason: '', evidence: [] }
  const { schema } = program.scenario
  const before = partAt(schema, last[0].before.shared, race.cell.path)
  const after = partAt(schema, last[1].after.shared, race.cell.path)
  const codes = last.map(step => {
    const t = threadOf(step.ordinal)
    return program.threads[t].steps[step.before.threads[t].pc]
  })
  const lines = codes.flatMap((code, i) => {
    const { number, thread } = trace.steps[trace.steps.length - 2 + i]
    const callers = chainOf(code.frame).slice(1, -1).reverse()
    const how = code.access === 'plain' ? ' (plain)' : ''
    return [
      `${race.writes[i] ? 'write to' : 'read of'} ${before.name}${how} by ${thread}, step ${number}: '${code.label}'`,
      `  ${code.frame.operation} ${code.frame.source}`,
      ...(callers.length > 0 ? [`  called by ${callers.map(({ operation }) => operation).join(', ')}`] : []),
    ]
  })
  const [was, is] = [show(before.type, before.value), show(after.type, after.value)]
  return {
    reason: `data-race in ${codes.map(({ frame }) => frame.operation).join(' / ')}`,
    lines: [...lines, was === is ? `value: ${was}` : `value changed: ${was} -> ${is}`],
    evidence: [],
  }
}
