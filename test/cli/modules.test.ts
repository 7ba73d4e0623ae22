import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectParagraphs, expectRefusal, fixture, foliocheck, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]

/** Modules that are no patch and no project, and what is said of them. */
const BAD: [name: string, file: string, content: string, what: (string | RegExp)[]][] = [
  ['a syntax error', 'syntax.ts', 'const a = 1\nexport default {,\n', [/cannot be loaded: .*syntax\.ts:2:16: /]],
  ['a syntax error in JavaScript', 'syntax.mjs', 'export default {,\n', ['cannot be loaded: Unexpected token']],
  [
    'an import of nothing',
    'import.ts',
    "import './nowhere.js'\nexport default 1\n",
    [/cannot be loaded: Cannot find module '.*nowhere\.js'/],
  ],
  ['a throw', 'throw.ts', "throw new Error('not\\n\\u001b[1m today')\n", ['cannot be loaded: not;']],
  ['a throw of nothing', 'undefined.ts', 'throw undefined\n', ['cannot be loaded: undefined;']],
  ['no default export', 'named.ts', 'export const patch = 1\n', ['has no default export; export default ']],
  ['null', 'null.ts', 'export default null\n', ['does not export a p', 'export default ']],
  ['a number', 'number.mjs', 'export default 5\n', ['does not export a p', 'export default ']],
  ['a function', 'function.ts', 'export default () => 1\n', ['does not export a p']],
  ['an empty list', 'list.ts', 'export default []\n', ['does not export a p']],
  [
    'fields of the wrong kinds',
    'fields.ts',
    'export default { name: 1, edits: 5, kernels: {}, patches: 2 }\n',
    ['does not export a p'],
  ],
  [
    'lists of the wrong things',
    'things.ts',
    'export default { name: "x", edits: [1], kernels: [null], patches: [] }\n',
    ['does not export a p'],
  ],
]

describe.concurrent('a module that is no good', () => {
  test.each(BAD)('as a patch: %s', async (_, name, content, what) => {
    const patch = written(folder, `patch-${name}`, content)
    const ran = await foliocheck(['check', ...model, '--patch', patch])
    expectRefusal(ran, 65, [`foliocheck: ${patch}: `, ...what])
  })

  test.each(BAD)('as a model: %s', async (_, name, content, what) => {
    const file = written(folder, `model-${name}`, content)
    expectRefusal(await foliocheck(['list', '--model', file]), 65, [`foliocheck: ${file}: `, ...what])
  })

  test.each([
    ['that ends the program', 'process.exit(0)'],
    ['that waits for what never comes', 'await new Promise(() => {})'],
  ])('%s', async (name, line) => {
    const file = written(folder, `${name.replaceAll(' ', '-')}.ts`, `${line}\nexport default 1\n`)
    expectRefusal(await foliocheck(['check', '--model', file]), 65, [
      'ended the program, or waits for what never comes',
    ])
  })

  test('that throws when nobody waits for it any more', async () => {
    const late = "setTimeout(() => { throw new Error('late') }, 1)\nawait new Promise(r => setTimeout(r, 500))\n"
    const file = written(folder, 'late.ts', `${late}export default 1\n`)
    expectRefusal(await foliocheck(['check', '--model', file]), 70, ['internal error: late; please report'])
  })

  test('that is not there, or is a folder', async () => {
    mkdirSync(join(folder, 'sub.ts'))
    const options = ['--model', '--patch']
    for (const option of options) {
      expectRefusal(await foliocheck(['check', option, './nowhere.ts']), 65, ['./nowhere.ts: does not exist; give the'])
      expectRefusal(await foliocheck(['check', option, join(folder, 'sub.ts')]), 65, [
        'sub.ts: is not a file; give the',
      ])
    }
  })

  test('a project without kernels, or with two things of one name', async () => {
    const project = (parts: string) =>
      `import { kernel, project } from 'foliocheck'\nconst k = kernel('k', { date: '', about: '' }, [])\nexport default project(${parts})\n`
    const rest = 'patches: [], scenarios: [], properties: []'
    const none = written(folder, 'none.ts', project(`{ kernels: [], ${rest} }`))
    expectRefusal(await foliocheck(['check', '--model', none]), 65, ['the project: has no kernels; add one'])
    const twice = written(folder, 'twice.ts', project(`{ kernels: [k, k], ${rest} }`))
    expectRefusal(await foliocheck(['check', '--model', twice]), 65, ['kernels k: is declared twice; rename one'])
    const empty = written(folder, 'empty.ts', project(`{ kernels: [k], ${rest} }`))
    expectRefusal(await foliocheck(['check', '--model', empty]), 64, ['check: has no scenario to look at'])
  })
})

describe.concurrent("a user's own patch", () => {
  const hunk = `import { on, patch, remove } from 'foliocheck'
export default patch('mine', { subject: '', date: '', status: '' }, on('object_put', remove('LABEL')))
`

  test('works from any folder, beside any package.json and tsconfig.json', async () => {
    const strange = join(folder, 'strange')
    mkdirSync(strange)
    written(strange, 'package.json', '{ "type": "commonjs" }')
    written(strange, 'tsconfig.json', '{ "compilerOptions": { "paths": { "foliocheck": ["./not-this.ts"] } } }')
    written(strange, 'hunk.ts', hunk.replace('LABEL', 'kfree(object)'))
    written(strange, 'mine.ts', "import mine from './hunk.js'\nexport default [mine]\n")
    const args = ['check', ...model, '--patch', './mine.ts', '--property', 'freed-when-unused', 'put-alone']
    const { code, stdout } = await foliocheck(args, { cwd: strange })
    expect(stdout).toMatch(/^✗ put-alone {3}kernel v2 \+ mine\n/)
    expect(code).toBe(1)
  })

  test('a hunk that does not apply names the nearest label', async () => {
    const patch = written(folder, 'far.ts', hunk.replace('LABEL', 'kfree(objekt)'))
    for (const command of ['check', 'compare', 'mutate']) {
      expectRefusal(await foliocheck([command, ...model, '--patch', patch]), 65, [
        "hunk of patch mine on object_put (v2): does not apply: there is no step 'kfree(objekt)'",
        "did you mean 'kfree(object)'?",
      ])
    }
  })

  test('what it prints goes to standard error', async () => {
    const patch = written(folder, 'chatty.ts', `console.log('hello')\n${hunk.replace('LABEL', 'kfree(object)')}`)
    const ran = await foliocheck(['compare', ...model, '--patch', patch, '--json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({ kernel: 'v2' })
    expect(ran.stderr).toMatch(/^(hello\n)+$/)
  })
})

describe.concurrent('scenarios that cannot be checked', () => {
  const mistakes = ['check', '--model', fixture('mistakes')]

  test.each([
    [
      'throws-at-start',
      65,
      'scenario throws-at-start on kernel broken: its initial state 1 threw: not even a state; fix',
    ],
    ['throws-in-step', 65, "on kernel broken: throws step 'oops': threw: no\ufffd[31m such thing; fix the recipe"],
    ['overflows', 65, 'ref := 9 is outside 0..7; widen the range'],
    ['exits', 65, "on kernel broken: exits step 'exit(3)': threw: it called process.exit(3); fix the recipe"],
    ['dies', 70, 'internal error: the worker thread of scenario dies died: too late; please report this'],
  ])('%s', async (name, code, what) => {
    expectRefusal(await foliocheck([...mistakes, name]), code, [what])
  })

  test('do not keep the others from being checked and told', async () => {
    const ran = await foliocheck([...mistakes, '--jobs', '1'])
    expect(ran.stdout).toMatch(/^✓ put-alone {3}kernel broken\n/)
    expect(ran.stdout).toMatch(/1 scenario × 6 properties: 6 proved\n.*all as expected\n$/)
    expectParagraphs(ran, 5)
    expect(ran.code).toBe(70)
    const { stdout } = await foliocheck([...mistakes, 'put-alone', 'overflows', '--json'])
    expect(JSON.parse(stdout).results).toHaveLength(6)
  })

  test('a kernel that does not have what a scenario needs', async () => {
    const project = fixture('project')
    expectRefusal(await foliocheck(['check', 'rare', '--model', project]), 65, [
      'scenario rare: needs the operation object_revive, which kernel v2 does not have; name another kernel',
    ])
    const all = await foliocheck(['check', 'rare', 'put-alone', '--kernel', 'all', '--model', project])
    expect(all.stdout).toContain('2 scenarios × 6 properties: 12 proved')
    expect(all.code).toBe(0)
  })
})
