// Builds dist/: the kernel of the state stores with the AssemblyScript compiler, pages with esbuild, all else with tsc.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const kernel = 'src/explore/store/kernel'
const pages = [
  { in: 'src/page/report.tsx', out: 'report' },
  { in: 'src/page/style.css', out: 'report' },
  { in: 'src/explorer/page/explore.tsx', out: 'explore' },
  { in: 'src/explorer/page/explore.css', out: 'explore' },
]
const emitted = ['dist/src', 'dist/models', 'dist/properties']

process.chdir(root)

try {
  mkdirSync('dist', { recursive: true })
  await buildKernel('dist/kernel.wasm', [])
  await buildKernel('dist/kernel.shared.wasm', [
    ...['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65535'],
  ])
  prune(compile())
  await bundlePages()
} catch (error) {
  console.error(`build failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

/** Compiles the kernel, unless it is newer than all it is made from: the compiler takes some seconds. */
async function buildKernel(output, flags) {
  const sources = [...filesUnder(kernel), fileURLToPath(import.meta.url)]
  if (existsSync(output) && sources.every(file => statSync(file).mtimeMs < statSync(output).mtimeMs)) return
  const { default: asc } = await load('assemblyscript/asc')
  const { error, stderr } = await asc.main([
    join(kernel, 'index.ts'),
    ...['--outFile', output],
    ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
    ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--enable', 'simd'],
    ...flags,
  ])
  if (error) throw new Error(`the kernel does not compile\n${stderr}`)
}

/** Runs tsc. Returns the files it wrote. */
function compile() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const args = [tsc, '-p', 'tsconfig.build.json', '--listEmittedFiles']
  try {
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    return output.split('\n').flatMap(line => (line.startsWith('TSFILE: ') ? [resolve(line.slice(8).trim())] : []))
  } catch (error) {
    throw new Error(`tsc found errors, nothing was written\n${error.stdout ?? error}`)
  }
}

/** Bundles scripts and styles of pages, each into one file that a report or server hands out whole. */
async function bundlePages() {
  const { build } = await load('esbuild')
  await build({
    entryPoints: pages,
    outdir: 'dist/page',
    bundle: true,
    minify: true,
    target: ['es2022'],
    format: 'iife',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: {},
    legalComments: 'none',
    logLevel: 'warning',
  })
}

/** Removes what an earlier build left of sources that are gone. */
function prune(written) {
  const keep = new Set(written)
  if (keep.size === 0) throw new Error('tsc did not say what it wrote')
  for (const file of emitted.flatMap(filesUnder)) if (!keep.has(resolve(file))) rmSync(file)
}

function filesUnder(folder) {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => relative(root, join(entry.parentPath, entry.name)))
}

async function load(name) {
  try {
    return await import(name)
  } catch {
    throw new Error(`${name} is not installed; building needs the development dependencies: npm ci`)
  }
}
