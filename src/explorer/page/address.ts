import type { Run } from '../../explore/result.js'
import { choiceOf, ordinalOf, threadOf } from '../../system/system.js'
import type { Journey } from '../journey.js'

/** A run and a place on it as the end of an address: `#0/0*4.1.1:2&at=3`, of each step the thread and the choice. */
export function hashOf({ run, at }: Journey): string {
  const words = [`${runText(run)}`]
  if (at !== run.ordinals.length) words.push(`at=${at}`)
  if (run.loop !== undefined) words.push(`loop=${run.loop}`)
  for (const other of run.others ?? []) words.push(`other=${runText(other)}`)
  return `#${words.join('&')}`
}

/** The journey that an address names; undefined when it names none. Whether it is possible, the server knows. */
export function journeyOf(hash: string): Journey | undefined {
  const [first = '', ...words] = hash.replace(/^#/, '').split('&')
  const run = runOf(first)
  if (!run) return undefined
  const of = (name: string) => words.flatMap(word => (word.startsWith(`${name}=`) ? [word.slice(name.length + 1)] : []))
  const [at] = of('at')
  const [loop] = of('loop')
  const others = of('other').flatMap(text => runOf(text) ?? [])
  const whole: Run = {
    ...run,
    ...(loop !== undefined && /^\d{1,4}$/.test(loop) && { loop: Number(loop) }),
    ...(others.length > 0 && { others }),
  }
  const steps = run.ordinals.length
  return { run: whole, at: at !== undefined && /^\d{1,5}$/.test(at) ? Math.min(steps, Number(at)) : steps }
}

function runText({ initial, ordinals }: Run): string {
  const words: string[] = []
  for (let i = 0, same = 1; i < ordinals.length; i += same) {
    for (same = 1; ordinals[i + same] === ordinals[i]; ) same++
    const choice = choiceOf(ordinals[i])
    words.push(`${threadOf(ordinals[i])}${choice === 0 ? '' : `:${choice}`}${same === 1 ? '' : `*${same}`}`)
  }
  return `${initial}/${words.join('.')}`
}

function runOf(text: string): Run | undefined {
  const [, initial, words] = /^(\d{1,5})\/([\d.:*]*)$/.exec(text) ?? []
  if (initial === undefined || words === undefined) return undefined
  const ordinals: number[] = []
  for (const word of words === '' ? [] : words.split('.')) {
    const [, thread, choice = '0', times = '1'] = /^(\d{1,3})(?::(\d{1,3}))?(?:\*(\d{1,4}))?$/.exec(word) ?? []
    if (thread === undefined || ordinals.length > 10_000) return undefined
    for (let i = 0; i < Number(times); i++) ordinals.push(ordinalOf(Number(thread), Number(choice)))
  }
  return { initial: Number(initial), ordinals }
}
