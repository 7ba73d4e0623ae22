import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { ROOT } from './shell.js'

/** Every page: the README, and all Markdown below docs/. Paths from the root, with slashes. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.md'))
    .map(file => `docs/${file.split(sep).join('/')}`)
    .sort(),
]
