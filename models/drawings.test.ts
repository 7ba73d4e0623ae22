import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { compile, type Invariant, named, type Project, ReferenceSystem } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { readCounterexample } from '../src/check/counterexample-file.js'
import type { Picture } from '../src/picture/picture.js'
import { applicable } from '../src/project/applicable.js'
import { kernelNamed } from '../src/project/load.js'
import { lockClassesOf } from '../src/property/locks.js'
import { falseClause } from '../src/property/property.js'
import { pictureOf } from '../src/trace/picture-of.js'
import { replay } from '../src/trace/replay.js'
import { cut } from '../src/trace/shrink.js'
import { readIndex } from '../test/trial.js'
import folioSplit from './folio-split.js'
import lifeCycle from './index.js'
import pageTable from './page-table.js'
import svm from './svm.js'

/** Drawings: every state of every recorded run can be drawn, and what is drawn says what is there. */

const PROJECTS: readonly (readonly [index: string, project: Project])[] = [
  ['index', lifeCycle],
  ['page-table', pageTable],
  ['svm', svm],
  ['folio-split', folioSplit],
]

/** The states of a recorded counterexample, in the order of its run, as pictures. */
function picturesOf(project: Project, bug: string): Picture[] {
  const found = readCounterexample(fileURLToPath(new URL(`../counterexamples/${bug}.json`, import.meta.url)))
  const scenario = cut(named('scenario', project.scenarios, found.scenario), found.without)
  const kernel = kernelNamed(project, found.kernel, found.patches)
  const program = compile(kernel, { ...scenario, storeOrder: found.storeOrder ?? 'sc' })
  const artist = { program, drawings: project.drawings ?? [], locks: lockClassesOf(project.properties) }
  const { initial, steps } = replay(program, found.trace.run)
  return [initial, ...steps.map(({ after }) => after)].map(state => pictureOf(artist, state))
}

/** What of a picture breaks the rules of pictures. */
function faultsOf({ sections }: Picture): string[] {
  const faults: string[] = []
  const unique = (what: string, names: readonly string[]) => {
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) faults.push(`${what}: ${twice} is there twice`)
  }
  unique(
    'sections',
    sections.map(({ title }) => title),
  )
  for (const { title, boxes, columns } of sections) {
    unique(
      title,
      boxes.map(({ name }) => name),
    )
    if (title === 'drawing') faults.push(boxes[0].lines[0].value)
    const taken: string[] = []
    for (const { name, at, lines } of boxes) {
      unique(
        `${title}: ${name}`,
        lines.map(line => line.name),
      )
      if (name === '') faults.push(`${title}: a box has no name`)
      const said = lines.map(({ name, value }) => `${name} ${value}`)
      if (said.some(text => /undefined|NaN|\b[a-z]+-1\b|\[object/.test(text)))
        faults.push(`${title}: ${name}: ${said.join()}`)
      if (columns === undefined) continue
      const { column = 0, span = 1, row = 0 } = at ?? {}
      if (column < 0 || span < 1 || column + span > columns) faults.push(`${title}: ${name} is outside`)
      for (let i = column; i < column + span; i++) taken.push(`${row}/${i}`)
    }
    unique(`${title}: places`, taken)
  }
  return faults
}

describe.each(PROJECTS)('the drawing of %s', (index, project) => {
  const { bugs } = readIndex(index)

  test('is there for each of its machines', () => {
    expect(bugs.length).toBeGreaterThan(1)
    const drawn = (project.drawings ?? []).map(({ machine }) => machine)
    expect([...new Set(project.scenarios.map(({ machine }) => machine))]).toEqual(drawn)
  })

  test.each(bugs.map(({ id }) => id))('draws every state of %s, each thing once', bug => {
    const pictures = picturesOf(project, bug)
    expect(pictures.length).toBeGreaterThan(1)
    expect(pictures.flatMap((picture, i) => faultsOf(picture).map(fault => `state ${i}: ${fault}`))).toEqual([])
  })
})

describe.each(PROJECTS)('any run of %s on its newest kernel', (_, project) => {
  const newest = project.kernels[project.kernels.length - 1]
  const programs = project.scenarios
    .filter(scenario => applicable(newest, scenario))
    .map(scenario => compile(newest, scenario))

  test('is drawn without an alarm as long as nothing is violated', () => {
    expect(programs.length).toBeGreaterThan(1)
    const invariants = project.properties.filter(
      property => property.kind === 'invariant' && property.when === 'always',
    ) as Invariant[]
    const choices = fc.array(fc.nat(), { minLength: 20, maxLength: 120 })
    const property = fc.property(fc.nat(programs.length - 1), choices, (which, steps) => {
      const program = programs[which]
      const artist = { program, drawings: project.drawings ?? [], locks: lockClassesOf(project.properties) }
      const system = new ReferenceSystem(program)
      let state = system.initial[steps[0] % system.initial.length]
      for (const step of steps) {
        const enabled = system.enabled(state)
        if (enabled.length === 0) return
        const { state: next, outcome } = system.fire(state, enabled[step % enabled.length])
        if (outcome.findings.length > 0 || outcome.broke !== undefined || outcome.cut !== '') return
        state = next
      }
      const picture = pictureOf(artist, state)
      expect(faultsOf(picture)).toEqual([])
      const broken = invariants.filter(invariant => falseClause(invariant, state.shared) !== undefined)
      if (broken.length === 0) expect(alarmsOf(picture)).toEqual([])
    })
    fc.assert(property, { numRuns: 300 })
  })
})

function alarmsOf({ sections }: Picture): string[] {
  return sections.flatMap(({ title, boxes }) =>
    boxes
      .filter(({ tone, lines }) => tone === 'alarm' || lines.some(line => line.tone === 'alarm'))
      .map(({ name }) => `${title}: ${name}`),
  )
}

/** A box as one text, for comparing. */
function boxIn(picture: Picture | undefined, section: string, name: string): string {
  const box = picture?.sections.find(({ title }) => title === section)?.boxes.find(box => box.name === name)
  if (!box) return 'not there'
  return [box.title ?? '', ...box.lines.map(line => `${line.name} ${line.value}`.trim())].join(' | ')
}

describe('life-cycle', () => {
  test('a page that is initialised behind the head of its last life', () => {
    const last = picturesOf(lifeCycle, 'zd-stale-head-on-realloc').at(-1)
    expect(boxIn(last, 'folios', 'folio p0')).toBe('order 0, locked | ref 3 = va0 + va1 + 1 by a thread | mapcount 2')
    expect(boxIn(last, 'folios', 'folio p1')).toBe('order 0, locked | ref 1 = 1 by a thread | pgmap head(p0)')
    expect(boxIn(last, 'page frames', 'p1')).toMatch(
      /^mm \| _refcount 1 \| flags 0x09 locked uptodate workingset \| word 1 head\(p0\) \| word 2 zdd\(bo1\)/,
    )
    expect(boxIn(last, 'page tables', 'va1')).toBe(' | device p0')
    expect(boxIn(last, 'driver', 'bo1')).toBe('reserved | block p1 | refs 2 | zdd kref 2')
  })

  test('the order byte of a folio, and a frozen one', () => {
    const pictures = picturesOf(lifeCycle, 'zd-split-pgmap-ref-drift')
    const whole = pictures.find(picture => /order 2/.test(boxIn(picture, 'folios', 'folio p0')))
    expect(boxIn(whole, 'page frames', 'p1')).toContain('flags 0x09 order 2')
    const frozen = pictures.find(picture => /frozen/.test(boxIn(picture, 'folios', 'folio p0')))
    expect(boxIn(frozen, 'folios', 'folio p0')).toBe('order 2, frozen, locked | ref 0, frozen; 1 by a thread')
  })

  test('free lists are chains', () => {
    const pictures = picturesOf(lifeCycle, 'zd-memunmap-before-pages-freed')
    expect(boxIn(pictures.at(-6), 'driver', 'free_pages')).toBe(' | p2 → p1 → p0')
  })
})

describe('page-table', () => {
  test('an entry that fork took for a bad one, under the lock of somebody else', () => {
    const pictures = picturesOf(pageTable, 'dp-none-window-fork')
    expect(boxIn(pictures[0], 'page frames', 'folio p6')).toBe(
      'PMD order | ref 1 = va0 | mapcount 1, entire 1 | flags anon',
    )
    expect(boxIn(pictures[0], 'page tables', 'pmd va0')).toBe('device-private | p6 write')
    expect(boxIn(pictures.at(-3), 'page frames', 'folio p6')).toMatch(/^PMD order, locked \| ref 2 = 2×cpu0 \|/)
    expect(boxIn(pictures.at(-2), 'page tables', 'pmd va0')).toBe('migration | p6 write')
    expect(boxIn(pictures.at(-1), 'page tables', 'pmd va0')).toBe('none')
    expect(boxIn(pictures.at(-1), 'page tables', 'va0')).toBe(
      'mm0, writable | deposited 1 | notifier ranges 2 open | must read 1, 1',
    )
  })

  test('a translation that outlives its entry', () => {
    const stale = picturesOf(pageTable, 'dp-tlb-flush-after-ptl').flatMap(({ sections }) =>
      sections.filter(({ title }) => title === 'TLBs').flatMap(({ boxes }) => boxes.flatMap(({ lines }) => lines)),
    )
    expect(stale.map(({ name, value }) => `${name} ${value}`)).toContain('va0[0] p0 read, stale')
  })
})

describe('svm', () => {
  test('a bare pfn in dst[], and a page of another device', () => {
    const state = picturesOf(svm, 'drv-pagemap-bare-pfn-on-error').at(-2)
    expect(boxIn(state, 'migration', 'dst[2]')).toBe(' | pfn 9, bare')
    expect(boxIn(state, 'device memory', 'p10')).toBe('peer | ref 1 = va1 | data 1')
    expect(boxIn(state, 'system memory', 'p1')).toBe('locked | ref 1 = 1 by a thread | data 1 | on LRU')
    expect(boxIn(state, 'page tables', 'va2')).toBe('migration | p1 write | must read 1')
  })
})

describe('folio-split', () => {
  test('the cache names a folio that the page has left', () => {
    const state = picturesOf(folioSplit, 'thp-split-xarray-vs-try-get').at(-3)
    expect(boxIn(state, 'page cache', 'index 3')).toBe(' | folio p2, not its folio')
    expect(boxIn(state, 'page frames', 'folio p3')).toBe('order 0, frozen | ref 0')
    expect(boxIn(state, 'page frames', 'folio p2')).toBe('order 0 | ref 3 = 1 by the cache + 2 by threads')
  })
})
