import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anchorsOf, linksOf } from './testing/links.js'
import { PAGES } from './testing/pages.js'
import { ROOT } from './testing/shell.js'

const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** A link to something in the repository: the path from the root, and the heading that it names. */
interface Target {
  readonly path: string
  readonly anchor: string
}

/** Where the relative links of a page lead. */
function targetsOf(page: string): (Target & { readonly where: string })[] {
  return linksOf(textOf(page))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ target, line }) => {
      const [file, anchor = ''] = target.split('#')
      const path = file === '' ? page : posix.join(posix.dirname(page), decodeURI(file))
      return { path, anchor: decodeURI(anchor), where: `${page}:${line}: ${target}` }
    })
}

/** What is wrong with a link, or undefined. */
function wrong({ path, anchor }: Target): string | undefined {
  const place = join(ROOT, path)
  if (path.startsWith('..') || !existsSync(place)) return 'is not there'
  if (statSync(place).isDirectory()) return 'is a folder: a site shows a page alone'
  if (anchor === '') return undefined
  if (!path.endsWith('.md')) return 'has no headings'
  return anchorsOf(textOf(path)).has(anchor) ? undefined : 'has no such heading'
}

describe('links', () => {
  test.each(PAGES)('%s: its relative links lead to a page or file, and to a heading of it', page => {
    const problems = targetsOf(page).flatMap(target => {
      const problem = wrong(target)
      return problem === undefined ? [] : [`${target.where} ${problem}`]
    })
    expect(problems).toEqual([])
  })

  test.each(PAGES)('%s: others are addresses that a browser takes as they are', page => {
    const others = linksOf(textOf(page)).filter(({ target }) => /^[a-z]+:/.test(target))
    for (const { target } of others) expect(new URL(target).protocol).toBe('https:')
  })

  test('every page can be reached from docs/README.md', () => {
    const reached = new Set<string>()
    const open = ['docs/README.md']
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      if (reached.has(page)) continue
      reached.add(page)
      open.push(...targetsOf(page).flatMap(({ path }) => (PAGES.includes(path) ? [path] : [])))
    }
    expect(PAGES.filter(page => !reached.has(page))).toEqual([])
  })

  test.each(PAGES)('%s: begins with its title, and has no other title like it', page => {
    const text = textOf(page)
    const title = text.split('\n', 1)[0]
    expect(title).toMatch(/^# \S/)
    expect(PAGES.filter(other => textOf(other).startsWith(`${title}\n`))).toEqual([page])
  })
})

describe('what links.ts reads', () => {
  const markdown = [
    '# One `two`, [three](3.md)!',
    'a [b](c.md#d) `[no](code.md)` ![e](f.png "g")',
    '```',
    '[no](block.md)',
    '# no',
    '```',
    '[h',
    'i](j.md)',
    '[k]: l.md',
    '## One two three',
    '## free_page',
    '## free_page',
    'a ` alone, [m](n.md)',
  ].join('\n')

  test('links, and what is none', () => {
    const targets = linksOf(markdown).map(({ target, line }) => `${line} ${target}`)
    expect(targets).toEqual(['1 3.md', '2 c.md#d', '2 f.png', '8 j.md', '9 l.md', '13 n.md'])
  })

  test('headings, the second of a name with a number', () => {
    expect([...anchorsOf(markdown)]).toEqual(['one-two-three', 'one-two-three-1', 'free_page', 'free_page-1'])
  })

  test('finds what is wrong', () => {
    expect(wrong({ path: 'docs/none.md', anchor: '' })).toBe('is not there')
    expect(wrong({ path: '../etc', anchor: '' })).toBe('is not there')
    expect(wrong({ path: dirname('docs/seeds/x'), anchor: '' })).toMatch('folder')
    expect(wrong({ path: 'docs/limits.md', anchor: 'bounds' })).toBeUndefined()
    expect(wrong({ path: 'docs/limits.md', anchor: 'Bounds' })).toBe('has no such heading')
  })
})
