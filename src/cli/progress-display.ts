import { Heartbeats } from './heartbeats.js'
import { LiveView } from './live-view.js'
import type { ProgressDisplay, Shown, Subject } from './shown.js'
import { rewrites } from './terminal.js'

/** The display that standard error asks for: none, a block that is rewritten, or a line now and then in a log. */
export function progressDisplay<J extends Shown, R>(subject: Subject<J, R>, quiet: boolean): ProgressDisplay<J, R> {
  if (quiet) return { started: () => undefined, finished: () => undefined, stop: () => undefined }
  return rewrites(process.stderr) ? new LiveView(subject) : new Heartbeats(subject)
}
