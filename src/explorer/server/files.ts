import { asset, escapeText } from '../../report/html/page.js'
import { printable } from '../../report/wrap.js'

/** A file that the server hands out: from memory, never from a path that somebody asks for. */
export interface File {
  readonly type: string
  readonly content: string
}

/** All there is, by path. @throws FileError when foliocheck was not built */
export function filesOf(scenario: string): ReadonlyMap<string, File> {
  return new Map([
    ['', { type: 'text/html; charset=utf-8', content: shell(scenario) }],
    ['explore.js', { type: 'text/javascript; charset=utf-8', content: asset('explore.js') }],
    ['explore.css', { type: 'text/css; charset=utf-8', content: asset('explore.css') }],
  ])
}

function shell(scenario: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(printable(scenario))} · foliocheck</title>`,
    '<link rel="icon" href="data:,">',
    '<link rel="stylesheet" href="explore.css">',
    '<div id="page"><p class="loading">…</p></div>',
    '<noscript>This page needs JavaScript. `foliocheck explore --terminal` does without.</noscript>',
    '<script src="explore.js"></script>',
    '</html>',
    '',
  ].join('\n')
}
