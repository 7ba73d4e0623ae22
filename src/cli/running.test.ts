import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Progress } from '../explore/progress.js'
import { Heartbeats } from './heartbeats.js'
import { Running, short, timeText } from './running.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a search that is under way', () => {
  test('tells its rate over the last seconds, and the limit that is nearest', () => {
    const progress = new Progress()
    const running = new Running('a\u001b[2Jb', progress, { states: 10_000, seconds: 1000 })
    expect(running.name).toBe('a\ufffd[2Jb')
    expect(running.told).toBe('0 s')
    // 100 states a second for 20 s, then 200.
    for (let second = 1; second <= 30; second++) {
      vi.advanceTimersByTime(1000)
      progress.set(second <= 20 ? 100 * second : 2000 + 200 * (second - 20), 0, 7, 4, 2 ** 20)
      if (second === 20) expect(running.told).toContain('2,000 states, 100/s, 20 s')
      else void running.told
    }
    expect(running.told).toBe('4,000 states, 200/s, 30 s, frontier 7, depth 3, 1 MiB, 40 % of the limit of states')
  })

  test('says nothing of the rest before there is something to go by', () => {
    const progress = new Progress()
    const running = new Running('a', progress, {})
    for (let i = 0; i < 30; i++) progress.open(1000)
    progress.set(1999, 0, 1, 30, 0)
    expect(running.told).not.toContain('more')
    progress.set(30_500, 0, 1, 30, 0)
    expect(running.told).toContain('at least')
  })
})

test('a log hears once a minute of what takes long', () => {
  const lines: string[] = []
  const heartbeats = new Heartbeats(
    { total: 3, nameOf: (job: { readonly name: string; readonly limits: object }) => job.name },
    line => lines.push(line),
  )
  const job = { name: 'slow', limits: {} }
  const progress = new Progress()
  heartbeats.started(job, progress)
  vi.advanceTimersByTime(58_000)
  expect(lines).toEqual([])
  progress.set(5000, 0, 0, 2, 0)
  vi.advanceTimersByTime(64_000)
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^… \[0\/3 done\] slow: 5,000 states, .*1 min 0 s, .*depth 1, /)
  heartbeats.finished(job)
  vi.advanceTimersByTime(120_000)
  expect(lines).toHaveLength(2)
  heartbeats.stop()
})

test('numbers and times are short', () => {
  expect([0, 312, 999, 1000, 9940, 9960, 45_400, 999_499, 999_500, 1.25e6].map(short)).toEqual([
    ...['0', '312', '999', '1.0k', '9.9k', '10k', '45k', '999k', '1.0M', '1.3M'],
  ])
  expect([0.9, 59.9, 60, 125].map(timeText)).toEqual(['0 s', '59 s', '1 min 0 s', '2 min 5 s'])
})
