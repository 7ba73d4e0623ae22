import { isFile } from '../project/load.js'
import { printable } from '../report/wrap.js'

/** The command that replays a counterexample file with the models and patch files of the command that wrote it. */
export function replayHint(
  file: string,
  flags: { readonly model?: string; readonly base?: readonly string[]; readonly patch?: readonly string[] },
): string {
  const { model, base = [], patch = [] } = flags
  const patches = [...base, ...patch]
  return [
    'npx foliocheck replay',
    ...(model === undefined ? [] : ['--model', quoted(model)]),
    // The file knows its patches by name; those that lie in files have to be given again.
    ...(patches.some(isFile) ? patches.flatMap(name => ['--patch', quoted(name)]) : []),
    quoted(file),
  ].join(' ')
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  const shown = printable(word)
  return /^[\w./+:@%=-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`
}
