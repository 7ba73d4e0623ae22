// Writes docs/newest-kernel.md: what is violated on the newest kernel, by cause. With --check, only says whether it is
// what stands there.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const page = join(root, 'docs/newest-kernel.md')

const intro = `# What is violated on the newest kernel

\`npm run newest-kernel\` writes this page: every violation that the models show on the newest kernel, by cause, each with
its smallest trace. They are candidates for reports. Nobody has confirmed them on a machine, and none is claimed to be
unknown to the kernel's developers; the source steps were read in Linux 7.3.4. Each says which assumption would make it
harmless, and what would confirm it. What the models leave out is in [limits.md](limits.md).
`

const parts = [
  { title: 'Page tables, faults, migration and splits', model: 'page-table' },
  { title: 'The drivers', model: 'svm' },
  { title: 'The life cycle of device pages', model: 'life-cycle' },
]

const text = [intro, ...parts.map(part => `# ${part.title}\n\n${findings(part.model)}`)].join('\n')
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/newest-kernel.md is not what the models show; write it again: npm run newest-kernel')
    process.exitCode = 1
  }
} else {
  writeFileSync(page, text)
}

/** @param {string} model */
function findings(model) {
  const command = [join(root, 'bin/foliocheck.js'), 'findings', '--quiet', '--model', model]
  return execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
