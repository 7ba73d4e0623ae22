import { readFileSync } from 'node:fs'
import lifeCycle from 'foliocheck/models'
import { describe, expect, test } from 'vitest'
import pageTable from '../models/page-table.js'
import svm from '../models/svm.js'

const rows = readFileSync(new URL('variants.md', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && line.split('|').length === 8)
const patches = new Set([lifeCycle, pageTable, svm].flatMap(project => project.patches.map(patch => patch.name)))

describe('docs/variants.md', () => {
  test('has rows', () => {
    expect(rows.length).toBeGreaterThan(15)
  })

  test('names patches that exist', () => {
    const named = rows.flatMap(row => (row.split('|')[6].match(/`[a-z][\w-]+`/g) ?? []).map(name => name.slice(1, -1)))
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter(name => !patches.has(name))).toEqual([])
  })

  test('leaves out no patch of the newest kernel', () => {
    const text = rows.join('\n')
    const missing = pageTable.patches
      .filter(patch => !patch.name.startsWith('mutant-') && patch.date > '2025-06')
      .map(patch => patch.name)
      .filter(name => !text.includes(`\`${name}\``))
    expect(missing).toEqual([])
  })
})
