import { readFileSync } from 'node:fs'
import lifeCycle from 'foliocheck/models'
import { describe, expect, test } from 'vitest'
import pageTable from '../models/page-table.js'
import svm from '../models/svm.js'

const text = readFileSync(new URL('variants.md', import.meta.url), 'utf8')
const rows = text.split('\n').filter(line => line.startsWith('| ') && line.split('|').length === 8)
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

  test('has a switch for each decision, and leaves out no mutant', () => {
    const switches = text.slice(text.indexOf('## Decisions turned round'))
    const named = (switches.match(/`[a-z][\w-]+`/g) ?? []).map(name => name.slice(1, -1))
    expect(named.filter(name => !patches.has(name))).toEqual([])
    const mutants = pageTable.patches.map(patch => patch.name).filter(name => name.startsWith('mutant-'))
    expect(mutants.filter(name => !named.includes(name))).toEqual([])
  })

  test('leaves out no patch of the newest kernel', () => {
    const table = rows.join('\n')
    const missing = pageTable.patches
      .filter(patch => !patch.name.startsWith('mutant-') && patch.date > '2025-06')
      .map(patch => patch.name)
      .filter(name => !table.includes(`\`${name}\``))
    expect(missing).toEqual([])
  })
})
