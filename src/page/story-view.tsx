import { useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { Section } from '../picture/picture.js'
import { boxAt, type Film, lastWrite } from './changes.js'
import { CopyButton } from './copy-button.js'
import type { Album, Story, StoryRun, StoryStep } from './data.js'
import { LanesView } from './lanes-view.js'
import { PictureView } from './picture-view.js'
import { go, linkTo, type Route } from './route.js'

/** The section of every field, which is shown when it is opened. */
const FOLDED = ['all fields']

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
  const runNumber = Math.min(route.run, story.runs.length - 1)
  const run = story.runs[runNumber]
  const film = useMemo(() => ({ album, pictures: run.pictures }), [album, run])
  const steps = useMemo(() => run.steps.map(place => album.steps[place]), [album, run])
  const step = Math.min(route.step ?? 0, run.steps.length)
  const at = (next: number) =>
    go({ ...route, run: runNumber, step: Math.max(0, Math.min(run.steps.length, next)) }, 'replace')
  useKeys(step, run, at, home)
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
        <Why story={story} toStep={(run, step) => go({ ...route, run, step }, 'replace')} />
        <p class="tools">
          <CopyButton label="copy as mail text" text={story.text} />
          <CopyButton label="copy link to this step" text={() => location.href} />
          {story.replay === '' ? null : <code class="replay">{story.replay}</code>}
        </p>
      </header>
      {story.runs.length > 1 ? (
        <nav class="runs">
          {story.runs.map((other, i) => (
            <a
              key={i}
              href={linkTo({ ...route, run: i, step: undefined })}
              aria-current={i === runNumber ? 'page' : undefined}
            >
              run {i + 1} ({other.steps.length} steps)
            </a>
          ))}
        </nav>
      ) : null}
      <Controls step={step} run={run} at={at} />
      <div class="stage">
        <div class="left">
          {run.setup === '' ? null : <p class="setup">{run.setup}</p>}
          <LanesView
            threads={run.threads}
            steps={steps}
            loopFrom={run.loopFrom}
            current={step}
            onStep={at}
            violated={runNumber === story.runs.length - 1 && run.loopFrom === undefined}
          />
        </div>
        <div class="right">
          <Now step={step === 0 ? undefined : steps[step - 1]} number={step} />
          {story.undrawn === '' ? (
            <Drawn film={film} step={step} at={at} />
          ) : (
            <p class="undrawn">not drawn: {story.undrawn}</p>
          )}
        </div>
      </div>
      {story.undrawn === '' ? (
        <div class="print-only">
          <h2>after the last step</h2>
          <Drawn film={film} step={run.steps.length} at={at} />
        </div>
      ) : null}
    </main>
  )
}

function Why({ story, toStep }: { readonly story: Story; readonly toStep: (run: number, step: number) => void }) {
  const { lines, evidence } = story.why
  return (
    <div class="why">
      <p>
        <b>why</b> {story.reason}
      </p>
      {lines.length > 0 ? <pre>{lines.join('\n')}</pre> : null}
      {evidence.length > 0 ? (
        <ul>
          {evidence.map(({ name, value, at: written, run }) => (
            <li key={name}>
              <code>
                {name} = {value}
              </code>
              {written === undefined ? ' as at the start' : written === 0 ? ' written by the setup' : ', written at '}
              {written ? (
                <button type="button" class="link" onClick={() => toStep(run, written)}>
                  step {written}
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

function Controls({
  step,
  run,
  at,
}: {
  readonly step: number
  readonly run: StoryRun
  readonly at: (step: number) => void
}) {
  const last = run.steps.length
  const [help, setHelp] = useState(false)
  return (
    <div class="controls" role="toolbar" aria-label="steps">
      <button type="button" disabled={step === 0} onClick={() => at(0)} aria-label="to the start">
        |◀
      </button>
      <button type="button" disabled={step === 0} onClick={() => at(step - 1)} aria-label="previous step">
        ◀
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={step}
        aria-label="step"
        onInput={event => at(Number((event.target as HTMLInputElement).value))}
      />
      <button type="button" disabled={step === last} onClick={() => at(step + 1)} aria-label="next step">
        ▶
      </button>
      <button type="button" disabled={step === last} onClick={() => at(last)} aria-label="to the violation">
        ▶|
      </button>
      <output>
        step {step} of {last}
      </output>
      <button type="button" aria-expanded={help} onClick={() => setHelp(!help)}>
        keys
      </button>
      {help ? (
        <p class="help">
          <kbd>←</kbd> <kbd>→</kbd> or <kbd>k</kbd> <kbd>j</kbd> previous and next step · <kbd>Home</kbd> <kbd>End</kbd>{' '}
          start and violation · <kbd>Tab</kbd> to a value, <kbd>Enter</kbd> or <kbd>w</kbd>: to the step that wrote it ·{' '}
          <kbd>Esc</kbd> all results
        </p>
      ) : null}
    </div>
  )
}

/** What the step that was taken last is and did. */
function Now({ step, number }: { readonly step: StoryStep | undefined; readonly number: number }) {
  if (!step) return <p class="now">before the first step</p>
  return (
    <div class="now">
      <p>
        <b>{step.thread}</b> took step {number}:
      </p>
      <p class="label">
        <code>{step.label}</code>
      </p>
      <p class="in">
        in {[...step.stack].reverse().join('() ← ')}() <small>{step.source}</small>
      </p>
      {step.note === '' ? null : <p class="note">{step.note}</p>}
      {step.said.map(said => (
        <p key={said} class="said">
          {said}
        </p>
      ))}
    </div>
  )
}

function Drawn({
  film,
  step,
  at,
}: {
  readonly film: Film
  readonly step: number
  readonly at: (step: number) => void
}) {
  const sections = useMemo(() => sectionsAt(film, step), [film, step])
  return (
    <PictureView
      sections={sections}
      folded={FOLDED}
      compared={step > 0}
      boxBefore={(section, box) => boxAt(film, step - 1, section, box)}
      onLine={(section, box, line) => at(lastWrite(film, step, { section, box, line }))}
    />
  )
}

function sectionsAt({ album, pictures }: Film, picture: number): Section[] {
  return (pictures[picture] ?? []).map(number => {
    const { boxes, ...section } = album.sections[number]
    return { ...section, boxes: boxes.map(box => album.boxes[box]) }
  })
}

/** Keys that mean something wherever the focus is, but for fields that take text. */
function useKeys(step: number, run: StoryRun, at: (step: number) => void, home: boolean): void {
  // Before the page is painted: whoever sees it may press a key.
  useLayoutEffect(() => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => at(step + 1),
      j: () => at(step + 1),
      n: () => at(step + 1),
      ArrowLeft: () => at(step - 1),
      k: () => at(step - 1),
      p: () => at(step - 1),
      Home: () => at(0),
      End: () => at(run.steps.length),
      w: () => {
        if (document.activeElement?.matches('button.line')) (document.activeElement as HTMLElement).click()
      },
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
