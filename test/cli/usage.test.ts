import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { expectRefusal, fixture, foliocheck } from './run.js'

const model = ['--model', fixture('project')]
const COMMANDS = ['list', 'check', 'compare', 'explain', 'explore', 'replay', 'regress', 'mutate']

describe.concurrent('help', () => {
  test('names every command', async () => {
    const { code, stdout } = await foliocheck(['--help'])
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
    expect(code).toBe(0)
  })

  test.each(COMMANDS)('%s --help tells its options, --json among them', async command => {
    const { code, stdout, stderr } = await foliocheck([command, '--help'])
    expect(stdout).toMatch(new RegExp(`^Usage: foliocheck ${command} \\[options\\]`))
    expect(stdout).toMatch(/^ {2}--json +print JSON \(docs\/formats\.md\)$/m)
    expect(stdout).toMatch(/^ {2}--model <name or file> /m)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('is what no command gets, as an error', async () => {
    const { code, stdout, stderr } = await foliocheck([])
    expect(stderr).toMatch(/^Usage: foliocheck /)
    expect(stdout).toBe('')
    expect(code).toBe(64)
  })

  test('--version is that of the package', async () => {
    expect(await foliocheck(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })
})

describe.concurrent('a command line that is wrong', () => {
  const cases: [args: string[], what: (string | RegExp)[]][] = [
    [['chek'], ["unknown command 'chek'", 'Did you mean check?']],
    [
      ['check', '--patches', 'x'],
      ["unknown option '--patches'", 'Did you mean --patch?'],
    ],
    [['check', '--kernel'], ["option '-k, --kernel <name>' argument missing"]],
    [['list', 'kernels', 'patches'], [/too many arguments/]],
    [['explain'], ["missing required argument 'file'"]],
    [['check', ...model, '--kernel', 'v3'], ["kernel 'v3': is not known; did you mean 'v1'?"]],
    [['check', ...model, '--patch', 'never-fre'], ["patch 'never-fre': is not known; did you mean 'never-free'?"]],
    [['check', ...model, 'put-lone'], ["scenario 'put-lone': is not known; did you mean 'put-alone'?"]],
    [
      ['check', ...model, '--property', 'no-deadlok'],
      ["property 'no-deadlok': is not known; did you mean 'no-deadlock'?"],
    ],
    [
      ['check', ...model, 'completely-different'],
      ["scenario 'completely-different': is not known; see `foliocheck list`"],
    ],
    [['compare', ...model, '-p', 'never-free', '-k', 'v9'], ["kernel 'v9': is not known"]],
    [['compare', ...model, '-p', 'never-free', '-b', 'x'], ["patch 'x': is not known"]],
    [['check', '--model', fixture('trouble'), '-p', 'x'], ["patch 'x': is not known; give the path of a file"]],
    [['mutate', ...model, 'object_gt'], ["operation 'object_gt': is run by no scenario; did you mean 'object_get'?"]],
    [
      ['mutate', ...model, '--least', 'most'],
      ["option '--least <percent>'", '0 to 100'],
    ],
    [
      ['mutate', ...model, '--least', '101'],
      ["option '--least <percent>'", '0 to 100'],
    ],
    [['regress', ...model], ['regress: does not know the bugs of your models; give their index with --index']],
    [['regress', 'zd-stale-hed-on-realloc'], ["bug 'zd-stale-hed-on-realloc': is not in the index; did you mean 'zd-"]],
  ]

  test.each(cases)('%j', async (args, what) => {
    expectRefusal(await foliocheck(args), 64, what)
  })
})
