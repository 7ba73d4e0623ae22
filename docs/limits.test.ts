import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import lifecycle from 'foliocheck/models'
import { describe, expect, test } from 'vitest'
import { BOS, LIVES, PAGES, PMD_ORDER } from '../models/machine/state.js'
import { ROOT } from './testing/shell.js'

const markdown = readFileSync(join(ROOT, 'docs', 'limits.md'), 'utf8')

/** The second column of the row that begins with `what`. */
function row(what: string): string {
  const line = markdown.split('\n').find(text => text.startsWith(`| ${what} |`))
  return line?.split('|')[2].trim() ?? `no row '${what}'`
}

describe('docs/limits.md', () => {
  test('its bounds are those of the machine', () => {
    expect(row('device pages')).toBe(`${PAGES}`)
    expect(row('order of a PMD')).toContain(`${PMD_ORDER} instead`)
    expect(row('buffer objects')).toBe(`${BOS}`)
    expect(row('lives of a page')).toMatch(new RegExp(`^${LIVES},`))
  })

  test('its numbers of threads are those of the scenarios', () => {
    const threads = lifecycle.scenarios.map(scenario => scenario.threads.length)
    expect(threads.length).toBeGreaterThan(0)
    expect(row('threads')).toContain(`${Math.min(...threads)} to ${Math.max(...threads)} per scenario`)
  })
})
