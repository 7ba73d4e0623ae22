import { useLayoutEffect, useMemo } from 'preact/hooks'
import { sectionsAt } from './changes.js'
import { Controls, nextOf } from './controls.js'
import { CopyButton } from './copy-button.js'
import type { Album, Story, StoryRun, StoryStep } from './data.js'
import { Effects } from './effects.js'
import { go, linkTo, type Route } from './route.js'
import { Drawn, LastState, RunLanes } from './run-view.js'
import { askOfFocused } from './told-key.js'
import { type Wait, waitsIn } from './waits.js'
import { WaitsView } from './waits-view.js'
import { WhyView } from './why-view.js'

/** A counterexample, step by step. */
export function StoryView({
  story,
  album,
  route,
  home,
}: {
  readonly story: Story
  readonly album: Album
  readonly route: Route
  readonly home: boolean
}) {
  const number = Math.min(route.run, story.runs.length - 1)
  const run = story.runs[number]
  const film = useMemo(() => ({ album, pictures: run.pictures }), [album, run])
  const steps = useMemo(() => run.steps.map(place => album.steps[place]), [album, run])
  const step = Math.min(route.step ?? 0, run.steps.length)
  const at = (next: number) =>
    go({ ...route, run: number, step: Math.max(0, Math.min(run.steps.length, next)) }, 'replace')
  useKeys(step, run, at, home)
  /** On paper: runs besides the one that is shown. */
  const others = (from: number, to: number) =>
    story.runs.slice(from, to).map((other, i) => (
      <div key={from + i} class="print-only">
        <RunHead story={story} number={from + i} />
        <RunLanes {...{ story, album, at }} number={from + i} step={other.steps.length} />
        <LastState {...{ story, album, at }} number={from + i} />
      </div>
    ))
  return (
    <main class="story">
      <header>
        {home ? (
          <p class="crumbs">
            <a href={linkTo({})}>all results</a>
          </p>
        ) : null}
        <h1>
          <span class="sign">✗</span> {story.property}
        </h1>
        <p class="claim">claim: {story.claim}</p>
        <p class="where">
          <b>{story.scenario}</b> on kernel <b>{story.kernel}</b>
          {story.note === undefined ? null : <span class="known"> known: {story.note}</span>}
        </p>
        {story.about === '' ? null : <p class="about">{story.about}</p>}
        <p class="length">{story.length}</p>
        {story.without === '' ? null : <p class="length">{story.without}</p>}
        <WhyView
          head={
            <p>
              <b>why</b> {story.reason}
            </p>
          }
          why={story.why}
          onStep={(step, run) => go({ ...route, run, step }, 'replace')}
        />
        <p class="tools">
          <CopyButton label="copy as mail text" text={story.text} />
          <CopyButton label="copy link to this step" text={() => location.href} />
          {story.replay === '' ? null : <code class="replay">{story.replay}</code>}
        </p>
      </header>
      {story.runs.length > 1 ? (
        <nav class="runs" aria-label="runs">
          {story.runs.map((other, i) => (
            <a
              key={i}
              href={linkTo({ ...route, run: i, step: undefined })}
              aria-current={i === number ? 'page' : undefined}
            >
              run {i + 1} <small>{many(other.steps.length)}</small>
            </a>
          ))}
        </nav>
      ) : null}
      <Controls step={step} run={run} at={at} />
      {others(0, number)}
      {story.runs.length > 1 ? <RunHead story={story} number={number} /> : null}
      <div class="stage">
        <section class="left" aria-label="steps">
          <RunLanes {...{ story, album, number, step, at }} />
        </section>
        <section class="right" aria-label="the state">
          <Now step={step === 0 ? undefined : steps[step - 1]} number={step} waits={waitsIn(sectionsAt(film, step))} />
          {story.undrawn === '' ? (
            <Drawn film={film} step={step} at={at} />
          ) : (
            <p class="undrawn">not drawn: {story.undrawn}</p>
          )}
        </section>
      </div>
      <LastState {...{ story, album, number, at }} />
      {others(number + 1, story.runs.length)}
    </main>
  )
}

/** Of several runs on paper, which this is. */
function RunHead({ story, number }: { readonly story: Story; readonly number: number }) {
  return (
    <h2 class="print-only">
      run {number + 1} of {story.runs.length}
    </h2>
  )
}

function many(steps: number): string {
  return `${steps} ${steps === 1 ? 'step' : 'steps'}`
}

/** What the step that was taken last is and did, and who waits after it. */
function Now({
  step,
  number,
  waits,
}: {
  readonly step: StoryStep | undefined
  readonly number: number
  readonly waits: readonly Wait[]
}) {
  if (!step) {
    return (
      <div class="now">
        <h2>before the first step</h2>
        <WaitsView waits={waits} />
      </div>
    )
  }
  return (
    <div class="now">
      <h2>
        after step {number}, by {step.thread}
      </h2>
      <p class="label">
        <code>{step.label}</code>
      </p>
      <p class="in">
        in {[...step.stack].reverse().join('() ← ')}() <small>{step.source}</small>
      </p>
      {step.note === '' ? null : <p class="note">{step.note}</p>}
      <p class="effects">
        <Effects step={step} />
      </p>
      <WaitsView waits={waits} />
    </div>
  )
}

/** Keys that mean something wherever the focus is, but for fields that take text. */
function useKeys(step: number, run: StoryRun, at: (step: number) => void, home: boolean): void {
  // Before the page is painted: whoever sees it may press a key.
  useLayoutEffect(() => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => at(nextOf(step, run)),
      j: () => at(nextOf(step, run)),
      n: () => at(nextOf(step, run)),
      ArrowLeft: () => at(step - 1),
      k: () => at(step - 1),
      p: () => at(step - 1),
      Home: () => at(0),
      End: () => at(run.steps.length),
      w: askOfFocused,
      ...(home && { Escape: () => go({}) }),
    }
    const pressed = (event: KeyboardEvent) => {
      const move = moves[event.key]
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof HTMLInputElement && event.target.type !== 'range') return
      event.preventDefault()
      move()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [step, run, at, home])
}
