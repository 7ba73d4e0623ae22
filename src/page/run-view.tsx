import { useMemo } from 'preact/hooks'
import { FIELDS } from '../picture/sections.js'
import { boxIn, type Film, lastWrite, sectionsAt } from './changes.js'
import type { Album, Story } from './data.js'
import { LanesView } from './lanes-view.js'
import { PictureView } from './picture-view.js'
import { waitsIn } from './waits.js'
import { WaitsView } from './waits-view.js'

interface RunProps {
  readonly story: Story
  readonly album: Album
  /** Which of the story's runs, from 0. */
  readonly number: number
  readonly step: number
  readonly at: (step: number) => void
}

/** The steps of a run in the lanes of their threads. A thread has one colour in all runs of a story. */
export function RunLanes({ story, album, number, step, at }: RunProps) {
  const run = story.runs[number]
  const steps = useMemo(() => run.steps.map(place => album.steps[place]), [album, run])
  const waiting = waitsIn(sectionsAt({ album, pictures: run.pictures }, step)).map(({ thread }) => thread)
  return (
    <>
      {run.setup === '' ? null : <p class="setup">{run.setup}</p>}
      <LanesView
        threads={run.threads}
        colours={[...new Set(story.runs.flatMap(({ threads }) => threads))]}
        waiting={waiting}
        steps={steps}
        loopFrom={run.loopFrom}
        current={step}
        onStep={at}
        violated={number === story.runs.length - 1 && run.loopFrom === undefined}
      />
    </>
  )
}

/** The state after a step, with what the step changed marked. */
export function Drawn({
  film,
  step,
  at,
}: {
  readonly film: Film
  readonly step: number
  readonly at: (step: number) => void
}) {
  const sections = useMemo(() => sectionsAt(film, step), [film, step])
  const before = useMemo(() => sectionsAt(film, step - 1), [film, step])
  return (
    <PictureView
      sections={sections}
      folded={[FIELDS]}
      compared={step > 0}
      boxBefore={(section, box) => boxIn(before, section, box)}
      onTold={told => at(lastWrite(picture => sectionsAt(film, picture), step, told))}
    />
  )
}

/** On paper: the state after the last step of a run. */
export function LastState({ story, album, number, at }: Omit<RunProps, 'step'>) {
  const run = story.runs[number]
  const film = { album, pictures: run.pictures }
  const last = run.steps.length
  if (story.undrawn !== '') return null
  const ends =
    run.loopFrom === undefined ? 'after the last step' : `after the last step, as before step ${run.loopFrom}`
  return (
    <div class="print-only">
      <h2>{ends}</h2>
      <WaitsView waits={waitsIn(sectionsAt(film, last))} />
      <Drawn film={film} step={last} at={at} />
    </div>
  )
}
