import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Counterexample } from '../check/counterexample.js'
import { readCounterexample } from '../check/counterexample-file.js'
import type { TraceStep } from '../trace/trace.js'
import { counterexampleText } from './counterexample-text.js'

const FOLDER = fileURLToPath(new URL('../../counterexamples/', import.meta.url))
const INDEXES = ['index', 'page-table', 'svm', 'folio-split', 'matrix', 'crowd'].map(name => `${name}.json`)
const stored = readdirSync(FOLDER).filter(file => file.endsWith('.json') && !INDEXES.includes(file))

const LAYOUTS = [72, 80, 100].flatMap(width =>
  [false, true].flatMap(verbose => [false, true].map(ascii => ({ width, verbose, ascii }))),
)

/** What of a text does not paste into a mail. */
function faultsOf(lines: readonly string[], { width, ascii }: (typeof LAYOUTS)[number]): string[] {
  return lines.filter(
    line =>
      line.length > width ||
      line !== line.trimEnd() ||
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      /[\u0000-\u001f\u007f]/.test(line) ||
      /[\ud800-\udbff](?![\udc00-\udfff])/.test(line) ||
      /^(>|From |\.)/.test(line) ||
      (ascii && /[^\x20-\x7e]/.test(line)),
  )
}

const shortText = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom('From here', '> quoted', 'a\tb\nc', '.', '→'.repeat(90), 'x'.repeat(200), '\u{1f600}'.repeat(50)),
)

function stepsOf(threads: readonly string[]): fc.Arbitrary<Omit<TraceStep, 'number'>> {
  return fc.record({
    thread: fc.constantFrom(...threads),
    operation: shortText,
    source: shortText,
    stack: fc.array(shortText, { maxLength: 3 }),
    label: shortText,
    note: shortText,
    chosen: fc.option(fc.integer(), { nil: undefined }),
    changes: fc.array(
      fc.record({
        path: fc.constant(['a']),
        name: shortText,
        before: shortText,
        after: shortText,
        ghost: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    locals: fc.array(fc.record({ name: shortText, value: shortText }), { maxLength: 2 }),
    said: fc.array(shortText, { maxLength: 2 }),
    setup: fc.boolean(),
  })
}

const counterexamples: fc.Arbitrary<Counterexample> = fc
  .uniqueArray(shortText, { minLength: 1, maxLength: 5 })
  .chain(threads =>
    fc.record({
      threads: fc.constant(threads),
      steps: fc.array(stepsOf(threads), { maxLength: 12 }),
      first: fc.nat(100_000),
      loop: fc.option(fc.nat(12), { nil: undefined }),
      texts: fc.tuple(shortText, shortText, shortText, shortText, shortText),
    }),
  )
  .map(({ threads, steps, first, loop, texts: [kernel, scenario, property, claim, reason] }) => {
    const numbered = steps.map((step, i) => ({ ...step, number: first + i }))
    return {
      format: 'foliocheck-counterexample',
      version: 1,
      kernel,
      patches: [kernel],
      scenario,
      property,
      claim,
      steps: steps.length,
      preemptions: 0,
      shortest: true,
      calmest: false,
      states: 1,
      without: { threads: [scenario], actions: [{ thread: scenario, action: 1 }] },
      trace: {
        run: { initial: 0, ordinals: [] },
        initially: numbered[0]?.changes ?? [],
        steps: numbered,
        threads,
        ...(loop !== undefined && { loopFrom: first + loop }),
      },
      why: { reason, evidence: [{ name: claim, value: reason, writtenAt: 1, writtenBy: scenario }], lines: [claim] },
    }
  })

describe('the text of a counterexample fits its columns, with no blank at an end', () => {
  test.each(stored)('%s', file => {
    const found = readCounterexample(join(FOLDER, file))
    for (const layout of LAYOUTS) expect(faultsOf(counterexampleText(found, layout), layout)).toEqual([])
  })

  test('whatever is in it', () => {
    expect(stored.length).toBeGreaterThan(50)
    fc.assert(
      fc.property(
        counterexamples,
        fc.constantFrom(...LAYOUTS, { width: 40, verbose: true, ascii: false }),
        (found, layout) => {
          expect(faultsOf(counterexampleText(found, layout), layout)).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })
})

function textOf(file: string, options: { width: number; verbose?: boolean; ascii?: boolean }): string {
  return counterexampleText(readCounterexample(join(FOLDER, file)), options).join('\n')
}

describe('the lanes of a counterexample', () => {
  test('say the file of a function where it is entered, once, beside it where there is room', () => {
    const text = textOf('zd-split-pgmap-ref-drift.json', { width: 100 })
    expect(text).toMatch(/^ {5}folio_split_unmapped\(\) {2}mm\/huge_memory\.c$/m)
    expect(text.match(/migrate_vma_to_small_pages\(\) {2}/g)).toHaveLength(1)
    expect(text.match(/^ {5}migrate_vma_to_small_pages\(\)/gm)?.length).toBeGreaterThan(2)
    // Over the columns to the right, of which that row has none; below only where it does not fit into the line.
    const long = (width: number) => textOf('zd-stale-head-on-realloc.json', { width })
    expect(long(100)).toMatch(/ drm_pagemap_migrate_to_devmem\(\) {2}drivers\/gpu\/drm\/drm_pagemap\.c\n/)
    expect(long(72)).toMatch(/ drm_pagemap_migrate_to_devmem\(\)\n +drivers\/gpu\/drm\/drm_pagemap\.c\n/)
  })

  test('have a bar beside what goes on for ever, and say who acts in it', () => {
    const text = textOf('dp-fault-pileup-livelock.json', { width: 80 })
    expect(text).toContain('\n┌─ from here on, for ever: cpu a (56 steps), cpu b (20 steps)\n')
    expect(text).toContain('\n└─ and again from step 7\n')
    const [before, loop, after] = text.split(/\n[┌└].*\n/)
    const steps = (part: string) => part.split('\n').filter(line => /^.? *\d+ {2,}\S/.test(line))
    expect(steps(loop)).toHaveLength(76)
    expect(loop.split('\n').every(line => line.startsWith('│'))).toBe(true)
    expect(`${before}${after}`).not.toContain('│')
  })

  test('show the note of a step below it', () => {
    const found = readCounterexample(join(FOLDER, 'zd-stale-head-on-realloc.json'))
    const steps = found.trace.steps.map(step => (step.number === 6 ? { ...step, note: 'why it is one' } : step))
    const lines = counterexampleText({ ...found, trace: { ...found.trace, steps } }, { width: 100 })
    const at = lines.findIndex(line => line.includes('(why it is one)'))
    expect(lines[at - 1]).toMatch(/^ +order\)$/)
    expect(lines[at + 1]).toMatch(/^ {2}7 /)
  })
})

test('verbose: the whole state at the end, ghosts too', () => {
  const text = textOf('zd-stale-head-on-realloc.json', { width: 100, verbose: true })
  const end = text.slice(text.indexOf('\n  end '))
  expect(end).toMatch(/^\n {2}end {5}outcome 1\n {10}pgmap: cnt 3, /)
  expect(end).toMatch(/va1: page p0/)
  expect(end).toMatch(/p0: .*owner mm/)
})
