import { fileURLToPath } from 'node:url'
import { compile, named, type Project } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { readCounterexample } from '../src/check/counterexample-file.js'
import type { Picture } from '../src/picture/picture.js'
import { kernelNamed } from '../src/project/load.js'
import { lockClassesOf } from '../src/property/locks.js'
import { pictureOf } from '../src/trace/picture-of.js'
import { replay } from '../src/trace/replay.js'
import { cut } from '../src/trace/shrink.js'
import { readIndex } from '../test/trial.js'
import lifeCycle from './index.js'

/** Drawings: every state of every recorded run can be drawn, and what is drawn says what is there. */

const PROJECTS: readonly (readonly [index: string, project: Project])[] = [['index', lifeCycle]]

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
