import { type Block, commandsOf } from './blocks.js'
import { mismatch } from './match.js'
import type { Shell } from './shell.js'

/** What a `sh` block did. */
export interface Lived {
  /** Everything that its commands printed. */
  readonly printed: string
  /** Commands that ended otherwise than they say. */
  readonly problems: readonly string[]
}

/** Runs a `sh` block, line by line. */
export async function live(block: Block, shell: Shell): Promise<Lived> {
  const problems: string[] = []
  let printed = ''
  for (const { command, exit: expected, line } of commandsOf(block)) {
    // docs/commands.test.ts looks at how it installs.
    if (command === 'npm ci') continue
    const { exit, output } = await shell.run(command)
    printed += output
    if (exit !== expected) problems.push(`line ${line}: exit code ${exit}: ${command}\n${output}`)
  }
  return { printed, problems }
}

/** Runs a `sh` block. Returns what is not as `output`, the block after it, says. */
export async function liveAndCompare(block: Block, output: Block | undefined, shell: Shell): Promise<string[]> {
  const { printed, problems } = await live(block, shell)
  const missing = output && mismatch(output.text, printed)
  if (missing === undefined) return [...problems]
  return [...problems, `line ${output?.line}: not found:\n${missing}\n--- printed:\n${printed}`]
}
