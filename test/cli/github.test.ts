import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectMarkdown } from '../formats/markdown.js'
import { fixture, foliocheck, hasControls, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()
const v1 = ['check', '--model', fixture('project'), '--kernel', 'v1']

/** A workflow command as GitHub's runner reads it, its texts decoded. */
interface Command {
  readonly level: string
  readonly properties: Readonly<Record<string, string>>
  readonly text: string
}

function decoded(text: string): string {
  const signs: Readonly<Record<string, string>> = { '%25': '%', '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' }
  return text.replace(/%(?:25|0D|0A|3A|2C)/g, code => signs[code])
}

/** The commands in a step's output: at the beginning of a line but for blanks, and not where they are stopped. */
function commandsIn(text: string): Command[] {
  let stopped = ''
  return text.split('\n').flatMap(whole => {
    const line = whole.trimStart()
    if (stopped !== '') {
      if (line === `::${stopped}::`) stopped = ''
      return []
    }
    ;[, stopped = ''] = /^::stop-commands::(.+)$/.exec(line) ?? []
    const [, level, properties, message] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? []
    if (level === undefined) return []
    const pairs = properties.split(',').map(pair => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), decoded(pair.slice(at + 1))] as const
    })
    return [{ level, properties: Object.fromEntries(pairs), text: decoded(message) }]
  })
}

describe.concurrent('check --github', () => {
  test('annotates what is not as expected, with the file of the last step', async () => {
    const { code, stdout, stderr } = await foliocheck([...v1, '--github'])
    const brief = await foliocheck([...v1, '--github', '--brief'])
    expect(commandsIn(brief.stdout)).toEqual(commandsIn(stdout))
    expect(commandsIn(stdout)).toEqual([
      {
        level: 'error',
        properties: { file: 'lib/object.c', title: 'get-races-put get-only-referenced' },
        text: 'violated after 3 steps on v1: the reference count is 0',
      },
      {
        level: 'error',
        properties: { file: 'lib/object.c', title: 'get-races-put no-use-after-free' },
        text: 'violated after 6 steps on v1: the object is gone',
      },
    ])
    expect(stderr).toBe('')
    expect(code).toBe(1)
  })

  test('is on where GitHub Actions runs it, and can be turned off', async () => {
    const env = { GITHUB_ACTIONS: 'true' }
    const [on, off, elsewhere] = await Promise.all([
      foliocheck(v1, { env }),
      foliocheck([...v1, '--no-github'], { env }),
      foliocheck(v1),
    ])
    expect(commandsIn(on.stdout)).toHaveLength(2)
    expect(commandsIn(off.stdout)).toEqual([])
    expect(commandsIn(elsewhere.stdout)).toEqual([])
  })

  test('leaves the standard output of --json alone', async () => {
    const { stdout, stderr } = await foliocheck([...v1, '--github', '--json'])
    expect(JSON.parse(stdout).results).toHaveLength(12)
    expect(commandsIn(stderr)).toHaveLength(2)
  })

  test('one notice for all known violations', async () => {
    const known = [{ kernel: 'v1', patches: [], scenario: '*', property: '*', verdict: 'violated', note: 'known' }]
    const file = written(folder, 'known.json', JSON.stringify({ bugs: [], known }))
    const { code, stdout } = await foliocheck([...v1, '--github', '--expectations', file])
    const [first, ...others] = commandsIn(stdout)
    expect(first).toMatchObject({ level: 'notice', properties: { title: '2 known violations' } })
    expect(first.text).toMatch(/^get-races-put \/ get-only-referenced on v1, /)
    expect(others).toEqual([])
    expect(code).toBe(0)
  })

  test('a scenario that cannot be checked is annotated, too', async () => {
    const args = ['check', '--model', fixture('mistakes'), 'put-alone', 'throws-in-step', '--github']
    const { code, stdout } = await foliocheck(args)
    expect(commandsIn(stdout)).toMatchObject([{ level: 'error', properties: { title: 'not checked' } }])
    expect(code).toBe(65)
  })

  test('appends Markdown to the summary of the step, up to its limit', async () => {
    const empty = written(folder, 'summary.md', '# before\n')
    await foliocheck([...v1, '--github'], { env: { GITHUB_STEP_SUMMARY: empty } })
    const summary = readFileSync(empty, 'utf8')
    expect(summary).toMatch(/^# before\n## foliocheck\n/)
    expectMarkdown(summary)
    const full = written(folder, 'full.md', `${'x'.repeat(2 ** 20 - 1200)}\n`)
    await foliocheck([...v1, '--github'], { env: { GITHUB_STEP_SUMMARY: full } })
    const cut = readFileSync(full, 'utf8')
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(2 ** 20)
    expect(cut).toMatch(/The report was cut here: it is longer than fits\. Left out: \d parts?\.\n$/)
    expectMarkdown(cut)
  })

  test('a summary that cannot be written is told', async () => {
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'nowhere', 'summary.md') }
    const { code, stderr } = await foliocheck([...v1, '--github'], { env })
    expect(stderr).toContain('summary.md: cannot be written (ENOENT')
    expect(code).toBe(65)
  })

  test('names cannot end a command, nor begin another', async () => {
    const { stdout } = await foliocheck(['check', '--model', fixture('hostile-texts'), '--github'])
    const commands = commandsIn(stdout)
    expect(commands.map(({ level }) => level)).toEqual(['error', 'error'])
    for (const { properties, text } of commands) {
      expect(Object.keys(properties)).toEqual(['file', 'title'])
      expect(properties.title).toContain('%0A%25,:')
      expect(text).toContain('::error file=x::y')
    }
    expect(hasControls(stdout)).toBe(false)
    // The text of the report has lines that begin as commands do.
    expect(stdout).toMatch(/^ *::error file=x/m)
    const tokens = stdout.match(/^::stop-commands::(.+)$/m)
    expect(stdout.split('\n').filter(line => line === `::${tokens?.[1]}::`)).toHaveLength(1)
  })
})
