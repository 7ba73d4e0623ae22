import type { Run } from '../explore/result.js'
import { lastWrite, type Told } from '../page/changes.js'
import { cleaned } from '../report/picture-text.js'
import { printable } from '../report/wrap.js'
import { pictureOf } from '../trace/picture-of.js'
import { stateAfter } from '../trace/state-after.js'
import { traceOf } from '../trace/trace.js'
import type { Subject } from './subject.js'

/** The step that wrote something last; 0 when it is as the setup left it. */
export interface Written {
  readonly step: number
}

/** Which step of a run wrote what its last picture tells, by names that are safe to look at. @throws Diverged */
export function writtenAt({ program, artist }: Subject, run: Run, told: Told): Written {
  const { trace, replayed } = traceOf(program, run)
  const last = trace.steps.filter(({ setup }) => !setup).length
  const sections = (step: number) => cleaned(pictureOf(artist, stateAfter(replayed, trace, step)), printable).sections
  return { step: lastWrite(sections, last, told) }
}
