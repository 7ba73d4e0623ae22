// One round of `check --watch`, in a process of its own: modules are loaded once per process.
import { loadedSources } from '../project/load.js'
import { type CheckFlags, check } from './check.js'
import { guarded, quit } from './guard.js'
import { type Kept, Round } from './round.js'

/** What a round is asked to do. */
export interface Asked {
  readonly scenarios: readonly string[]
  readonly flags: CheckFlags
  readonly before: Readonly<Record<string, Kept>>
}

/** What it tells when it ends. */
export interface Told {
  /** The user's modules that were loaded, or were tried. */
  readonly files: readonly string[]
  /** What the next round need not do again; undefined when this one failed. */
  readonly kept: Readonly<Record<string, Kept>> | undefined
}

// The program that watches is gone: nobody wants the result.
process.once('disconnect', () => quit(0))
process.once('message', ({ scenarios, flags, before }: Asked) => {
  void guarded(async () => {
    const round = new Round(before)
    let kept: Told['kept']
    try {
      const exit = await check(scenarios, flags, round)
      kept = round.kept
      return exit
    } finally {
      const told: Told = { files: [...loadedSources().keys()], kept }
      await new Promise(sent => process.send?.(told, sent))
    }
  }).finally(() => {
    process.removeAllListeners('disconnect')
    process.disconnect()
  })
})
