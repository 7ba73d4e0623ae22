import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasControls, ROOT } from './run.js'

test('npm run check in CI: a log from top to bottom, and reports in every format', () => {
  // A copy of the package, so that this leaves nothing behind in it.
  const folder = mkdtempSync(join(tmpdir(), 'foliocheck-ci-'))
  try {
    for (const name of readdirSync(ROOT)) if (name !== 'reports') symlinkSync(join(ROOT, name), join(folder, name))
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'check:folio-split'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, CI: 'true' },
    })
    expect(status).toBe(0)
    expect(hasControls(stdout)).toBe(false)
    expect(stderr.replace(/^npm warn .*\n/gm, '')).toBe('')
    const lines = stdout.split('\n')
    const at = (pattern: RegExp) => lines.findIndex(line => pattern.test(line))
    const order = [
      /^✓ folio-split-races-lookup/,
      /^✓ split-of-a-broken-folio/,
      /all as expected$/,
      /^✓ thp-split-xarray/,
    ]
    const places = order.map(at)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
    const endings = ['html', 'json', 'md', 'sarif', 'xml']
    expect(readdirSync(join(folder, 'reports')).sort()).toEqual(endings.map(ending => `folio-split.${ending}`))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
