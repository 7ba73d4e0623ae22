import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { type Block, blocksOf, commandsOf, outputOf } from './testing/blocks.js'
import { mismatch } from './testing/match.js'
import { PAGES } from './testing/pages.js'
import { ROOT, Shell } from './testing/shell.js'
import { recorded, temporaryFolder, userFolder } from './testing/user.js'

/**
 * The commands of all pages are run. Where one would check everything, which takes its time and is what CI does anyway,
 * it is run on the smallest part of that. What stands in a `text` block after them is what they print.
 */
interface Case {
  readonly where: string
  readonly block: Block
  readonly output: Block | undefined
}

/** Pages that another test lives through from beginning to end: docs/tutorial.test.ts and docs/seeds.test.ts. */
const elsewhere = (page: string) => page === 'docs/tutorial.md' || dirname(page) === 'docs/seeds'
const blocksIn = (page: string) => blocksOf(readFileSync(join(ROOT, page), 'utf8'))
const cases = PAGES.filter(page => !elsewhere(page)).flatMap((page): Case[] => {
  const blocks = blocksIn(page)
  return blocks.map(block => ({ where: `${page}:${block.line}`, block, output: outputOf(blocks, block) }))
})
const inShell = cases.filter(({ block }) => block.language === 'sh')
const untilCtrlC = PAGES.flatMap(page =>
  blocksIn(page)
    .filter(({ language }) => language === 'console')
    .map(block => [`${page}:${block.line}`, { page, block }] as const),
)

const bugs = readFileSync(join(ROOT, 'counterexamples', 'index.json'), 'utf8')
const [bug] = (JSON.parse(bugs) as { bugs: { id: string }[] }).bugs.map(({ id }) => id)
const folder = temporaryFolder('commands')
/** The files that a reader of the tutorial has in the end. */
const tutorial = join(ROOT, 'docs', 'tutorial')
const mine = join(folder, 'mine.ts')
const user = userFolder('v2')

beforeAll(async () => {
  const patch =
    "import { patch } from 'foliocheck'\nexport default patch('mine', { subject: '', date: '', status: '' })\n"
  writeFileSync(mine, patch)
  await recorded(user)
}, 60_000)

/** Placeholders and files of a reader's own, and what stands for them here. */
const FILLED: readonly (readonly [string, string])[] = [
  ['<name>', 'do-not-touch-device-folio-after-folio-free'],
  ['<bug>', bug],
  ['./mine.ts', mine],
  ['./my.ts', join(user.folder, 'my.ts')],
  ['counterexamples/index.json', join(user.folder, 'counterexamples', 'index.json')],
  ['reports/', join(folder, 'reports/')],
  ['> bug.html', `> ${join(folder, 'bug.html')}`],
]

/** Commands that check everything, and the part that is enough here. */
const NARROWED: readonly (readonly [RegExp, string])[] = [
  [/^npx foliocheck check$/, ' free-races-reuse'],
  [/^npx foliocheck compare --kernel v6\.19 (?!.* free-)/, ' free-races-reuse'],
  [/^npx foliocheck regress$/, ` ${bug}`],
  [/^npx foliocheck check --model page-table$/, ' fault-races-eviction'],
  [/^npx foliocheck regress --model page-table$/, ' dp-zap-pmd-ordering'],
  [/^npx foliocheck mutate$/, ' put_dev_pagemap --states 500'],
]

function runnable(command: string): string {
  const filled = FILLED.reduce((text, [from, to]) => text.replaceAll(from, to), command)
  return filled + (NARROWED.find(([pattern]) => pattern.test(filled))?.[1] ?? '')
}

/** Runs a line of a `sh` block. Returns what it printed; nothing for a script of package.json, which has to be there. */
async function lived(line: string, exit: number): Promise<string> {
  let printed = ''
  for (const command of line.split(' && ')) {
    const [, script] = /^npm (?:run )?([\w:]+)(?: |$)/.exec(command) ?? []
    if (script === 'ci') continue
    if (script !== undefined) expect(Object.keys(manifest.scripts)).toContain(script)
    else {
      const ran = await new Shell(ROOT).run(runnable(command))
      if (!command.includes(' > ')) expect(ran.output).not.toBe('')
      expect(ran.exit, ran.output).toBe(exit)
      printed += ran.output
    }
  }
  return printed
}

describe('commands in the pages', { timeout: 180_000 }, () => {
  test('are there', () => {
    expect(inShell.length).toBeGreaterThan(8)
    expect(inShell.flatMap(({ block }) => commandsOf(block)).length).toBeGreaterThan(20)
    expect(untilCtrlC.length).toBeGreaterThan(0)
  })

  test('stand where they are run: what is run until Ctrl-C in `console`, others in `sh`', () => {
    const others = PAGES.flatMap(page =>
      blocksIn(page)
        .filter(
          ({ language, text }) => !/^(?:sh|console|yaml)$/.test(language) && /^(?:\$ )?(?:npx|npm|node) /m.test(text),
        )
        .map(({ line }) => `${page}:${line}`),
    )
    expect(others).toEqual([])
  })

  test('installing builds the command', () => {
    expect(existsSync(join(ROOT, 'package-lock.json'))).toBe(true)
    expect(manifest.scripts.prepare).toBe(manifest.scripts.build)
    expect(existsSync(join(ROOT, manifest.bin.foliocheck))).toBe(true)
  })

  test.for(inShell.map(of => [of.where, of] as const))('%s', async ([, { block, output }]) => {
    let printed = ''
    for (const { command, exit } of commandsOf(block)) printed += await lived(command, exit)
    const missing = output && mismatch(output.text, printed)
    expect(missing, printed).toBeUndefined()
  })

  test.for(untilCtrlC)('%s', async ([, { page, block }]) => {
    const [first, ...rest] = block.text.split('\n')
    expect(first).toMatch(/^\$ npx foliocheck /)
    expect(rest.join('').trim()).not.toBe('')
    const missing = (printed: string) => mismatch(`${rest.join('\n')}\n…`, printed)
    const enough = (printed: string) => missing(printed) === undefined
    const { output } = await new Shell(page === 'docs/tutorial.md' ? tutorial : folder).runUntil(
      runnable(first.slice(2)),
      enough,
      60,
    )
    expect(missing(output), output).toBeUndefined()
  })
})
