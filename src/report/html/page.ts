import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileError } from '../../errors.js'
import type { Album, PageData, Story } from '../../page/data.js'
import { packageRoot } from '../../project/package-root.js'
import { pack } from './pack.js'

/** One file that holds all it needs: no network, and nothing runs or is drawn in it but what it was made with. */
export function page(data: PageData, stories: readonly Story[], album: Album, plain: string): string {
  const script = asset('report.js')
  const style = asset('report.css')
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(data.title)}</title>`,
    `<style>${style}</style>`,
    '<div id="page"><p class="loading">…</p></div>',
    `<noscript><pre>${escapeText(plain)}</pre></noscript>`,
    `<script type="application/octet-stream" id="data">${pack(data)}</script>`,
    `<script type="application/octet-stream" id="album">${pack(album)}</script>`,
    ...stories.map((story, i) => `<script type="application/octet-stream" id="story-${i}">${pack(story)}</script>`),
    `<script>${script}</script>`,
    '</html>',
    '',
  ].join('\n')
}

/** Text that stays text inside HTML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)
}

/** A file of the page as it was bundled. @throws FileError when foliocheck was not built. */
export function asset(name: string): string {
  const file = join(packageRoot(), 'dist', 'page', name)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new FileError(file, 'is missing', 'build foliocheck: npm run build')
  }
}

/** What a content security policy names a script or style by. */
export function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
