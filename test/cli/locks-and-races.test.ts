import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixture, foliocheck, temporaryFolder } from './run.js'

const model = ['--model', fixture('contention')]
const on1 = ['check', ...model, '--kernel', 'v1']

const ORDERS = `     ── run 1 ──
     evict                     changed
     evict()  mm/toy.c
  1    lock(&gate)             l2.holder none→cpu1
  2    lock(&a->mutex)         l0.holder none→cpu1
  3    lock(&b->mutex)         l1.holder none→cpu1
     = mm/toy.c evict

     ── run 2 ──
     migrate                      changed
     migrate()  mm/toy.c
  1    page->mapping = mapping    mapping 0→2
  2    lock(&gate)                l2.holder none→cpu0
  3    lock(&b->mutex)            l1.holder none→cpu0
  4    lock(&a->mutex)            l0.holder none→cpu0
     = mm/toy.c migrate
`
const WHY = `
  why   run 1: evict waits for &b->mutex while it holds &a->mutex: 'lock(&b->mutex)' in evict; run 2:
        migrate waits for &a->mutex while it holds &b->mutex: 'lock(&a->mutex)' in migrate
`

describe.concurrent('locks', () => {
  test('in two orders are told by a run to each, though no run gets stuck', async () => {
    const { code, stdout } = await foliocheck([...on1, '--property', 'lock-order', '--property', 'no-deadlock'])
    expect(code).toBe(1)
    expect(stdout).toContain('proved        no-deadlock')
    expect(squeeze(stdout)).toContain(squeeze(ORDERS))
    expect(squeeze(stdout)).toContain(squeeze(WHY))
  })

  test('are waited for under a spinlock', async () => {
    const { code, stdout } = await foliocheck([...on1, '--property', 'no-sleep-under-spinlock'])
    expect(code).toBe(1)
    expect(squeeze(stdout)).toContain(
      "evict waits for &a->mutex while it holds &gate: 'lock(&a->mutex)' in evict, and may sleep there",
    )
  })

  test('in one order are proved, and dropped at the exit', async () => {
    const { code, stdout } = await foliocheck(['check', ...model])
    expect(code).toBe(0)
    expect(squeeze(stdout)).toContain('proved lock-order, no-lock-at-exit, no-sleep-under-spinlock, no-deadlock')
    expect(squeeze(stdout)).toContain('vacuous here no-data-race')
  })

  test.each([['--strategy', 'walk'], ['--fingerprints']])(
    'are not claimed to be in order by %s %s',
    async (...how: string[]) => {
      const { stdout } = await foliocheck(['check', ...model, '--property', 'lock-order', ...how.filter(Boolean)])
      expect(stdout).toContain('inconclusive')
    },
  )

  test('are found depth-first too', async () => {
    const { code, stdout } = await foliocheck([...on1, '--property', 'lock-order', '--strategy', 'dfs'])
    expect(code).toBe(1)
    expect(stdout).toContain('needs 2 runs')
  })
})

test('a counterexample of two runs is written, told again and replayed; one of them changed is not believed', async () => {
  const folder = temporaryFolder()
  await foliocheck([...on1, '--property', 'lock-order', '--out', folder])
  const file = join(folder, 'migrate-races-evict.lock-order.v1.json')
  const replayed = await foliocheck(['replay', file, ...model])
  expect(replayed.stdout).toContain('violate lock-order')
  expect(replayed.code).toBe(1)
  const told = await foliocheck(['explain', file])
  expect(squeeze(told.stdout)).toContain(squeeze(ORDERS))
  const parsed = JSON.parse(readFileSync(file, 'utf8'))
  parsed.trace.others[0].steps[0].label = 'another'
  writeFileSync(file, JSON.stringify(parsed))
  expect((await foliocheck(['replay', file, ...model])).stdout).toContain('does not happen any more')
  parsed.trace.others = []
  writeFileSync(file, JSON.stringify(parsed))
  const damaged = await foliocheck(['replay', file, ...model])
  expect(damaged.code).toBe(65)
  expect(damaged.stderr).toContain('is damaged at trace.others')
})

test('a data race is told as KCSAN does', async () => {
  const { code, stdout } = await foliocheck([...on1, '--property', 'no-data-race'])
  expect(code).toBe(1)
  expect(stdout).toContain(`  why   data-race in migrate / evict
        write to mapping (plain) by migrate, step 7: 'page->mapping = mapping'
          migrate mm/toy.c
        read of mapping (plain) by evict, step 8: 'page->mapping'
          evict mm/toy.c
        value changed: 0 -> 2
`)
})

/** With every run of blanks as one, and no line breaks. */
function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ')
}
