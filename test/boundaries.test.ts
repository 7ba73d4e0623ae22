import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** The parts of `src`, each of which may import those before it. */
const ORDER = [
  'errors.ts',
  'numbers.ts',
  'state',
  'system',
  'program',
  'picture',
  'property',
  'project',
  'explore',
  'trace',
  'check',
  'mutate',
  'page',
  'report',
  'explorer',
  'cli',
]

/** The public entry may import everything; nothing imports it. */
const ENTRY = 'index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly file: string
  readonly target: string
}

const IMPORT = /^\s*(?:import|export)\b[^'";]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm

/** What a text imports. */
function importsIn(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic)
}

/** The TypeScript files of a folder that are no tests, relative to the root. */
function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => join(folder, file))
}

/** Every import of the files, relative ones as paths from the root. */
function importsOf(files: readonly string[]): Import[] {
  return files.flatMap(file =>
    importsIn(readFileSync(join(root, file), 'utf8')).map(target => ({
      file,
      target: target.startsWith('.') ? normalize(join(dirname(file), target)) : target,
    })),
  )
}

/** The part of `src` that a path from the root belongs to. */
function partOf(path: string): string {
  return relative('src', path).split('/')[0].replace(/\.js$/, '.ts')
}

test('imports are found, whatever they look like', () => {
  const text = `
    import type { A } from './a.js'
    import {
      b,
      type C,
    } from '../b/c.js'
    export { d } from './d.js'
    export * from './e.js'
    import './f.js'
    const g = await import('./g.js')
    // see from './not.js'
    const text = "from './neither.js'"`
  expect(importsIn(text)).toEqual(['./a.js', '../b/c.js', './d.js', './e.js', './f.js', './g.js'])
})

describe('src', () => {
  const parts = readdirSync(join(root, 'src')).filter(part => !part.endsWith('.test.ts'))

  test('has no part without a place in the order', () => {
    expect(parts.filter(part => part !== ENTRY && !ORDER.includes(part))).toEqual([])
  })

  test.each(parts.filter(part => !part.endsWith('.ts')))(
    '%s has files, and imports only what comes before it',
    part => {
      const files = filesOf(join('src', part))
      expect(files.length).toBeGreaterThan(0)
      const allowed = ORDER.slice(0, ORDER.indexOf(part) + 1)
      const wrong = importsOf(files).filter(
        ({ target }) => target.startsWith('src') && !allowed.includes(partOf(target)),
      )
      expect(wrong).toEqual([])
    },
  )

  test('imports nothing from outside but packages', () => {
    const imports = importsOf(filesOf('src'))
    expect(imports.length).toBeGreaterThan(100)
    const outside = ['models', 'properties', 'test', 'bench', '..']
    expect(imports.filter(({ target }) => outside.includes(target.split('/')[0]))).toEqual([])
    expect(imports.filter(({ target }) => target.startsWith('foliocheck'))).toEqual([])
    // The shipped models are named in one place, as a user's project would import them.
    const naming = filesOf('src').filter(file => readFileSync(join(root, file), 'utf8').includes('foliocheck/models'))
    expect(naming).toEqual(['src/project/built-in.ts'])
  })
})

describe.each(['models', 'properties'])('%s', folder => {
  test('imports what a user could: the public entry, models and properties', () => {
    const files = filesOf(folder)
    expect(files.length).toBeGreaterThan(0)
    const imports = importsOf(files)
    expect(imports.length).toBeGreaterThan(0)
    const own = (target: string) => target.startsWith('models/') || target.startsWith('properties/')
    expect(imports.filter(({ target }) => target !== 'foliocheck' && !own(target))).toEqual([])
  })
})
