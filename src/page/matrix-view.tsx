import { useMemo, useState } from 'preact/hooks'
import { type RunData, type ScenarioData, VERDICTS } from './data.js'
import { linkTo } from './route.js'

/** Rows drawn at once; more are drawn when asked for. */
const ROWS = 50

/** What stands in a cell, in place of its verdict. */
const SIGNS: Readonly<Record<string, string>> = { p: '✓', h: '~', v: '✗', '-': '·', '?': '?', ' ': '' }

/** Every scenario × property, on each kernel. */
export function MatrixView({ run }: { readonly run: RunData }) {
  const scenarios = useMemo(() => besideEachOther(run.scenarios), [run])
  const telling = useMemo(() => scenarios.filter(isTelling), [scenarios])
  const [words, setWords] = useState('')
  const [all, setAll] = useState(run.scenarios.length <= ROWS)
  const [rows, setRows] = useState(ROWS)
  const wanted = words.trim().toLowerCase().split(/\s+/)
  const chosen = (all ? scenarios : telling).filter(({ name, kernel }) =>
    wanted.every(word => `${name} ${kernel}`.toLowerCase().includes(word)),
  )
  const shown = chosen.slice(0, rows)
  // A property that says nothing in any row that is shown has no column.
  const columns = run.properties.flatMap((property, i) =>
    shown.some(({ verdicts }) => verdicts[i] !== '-' && verdicts[i] !== ' ') ? [{ ...property, i }] : [],
  )
  const quiet = run.properties.length - columns.length
  return (
    <section>
      <h2>scenario × property</h2>
      <p class="legend">
        {Object.entries(VERDICTS).map(([letter, verdict]) => (
          <span key={letter}>
            <b class={`cell ${classOf(letter, false)}`}>{SIGNS[letter]}</b> {verdict}
          </span>
        ))}
        <span>
          <b class="cell known">✗</b> violated, and known
        </span>
      </p>
      <p class="filter">
        <input
          type="search"
          placeholder="scenario or kernel"
          aria-label="scenario or kernel"
          value={words}
          onInput={event => setWords((event.target as HTMLInputElement).value)}
        />
        <label>
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> also scenarios where all is proved or
          vacuous
        </label>
        <span>
          {chosen.length} of {run.scenarios.length} scenarios
          {quiet > 0 ? `; ${quiet} properties are vacuous in all of these and have no column` : ''}
        </span>
      </p>
      <div class="scroll">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">scenario</th>
              {columns.map(({ name, claim }) => (
                <th key={name} scope="col" class="turned" title={claim}>
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(scenario => (
              <tr key={`${scenario.kernel} ${scenario.name}`}>
                <th scope="row" title={[scenario.about, ...scenario.threads.map(place => run.texts[place])].join('\n')}>
                  {scenario.name} <small>{scenario.kernel}</small>
                </th>
                {columns.map(({ name, i }) => (
                  <Cell key={name} scenario={scenario} property={name} i={i} texts={run.texts} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen.length > rows ? (
        <button type="button" onClick={() => setRows(rows + 10 * ROWS)}>
          show more ({chosen.length - rows} are left)
        </button>
      ) : null}
    </section>
  )
}

function Cell({
  scenario,
  property,
  i,
  texts,
}: {
  readonly scenario: ScenarioData
  readonly property: string
  readonly i: number
  readonly texts: readonly string[]
}) {
  const letter = scenario.verdicts[i]
  const remark = scenario.remarks[i]
  const verdict = VERDICTS[letter as keyof typeof VERDICTS] ?? 'not checked'
  const said = [
    `${property}: ${verdict}${remark?.steps === undefined ? '' : ` in ${remark.steps} steps`}`,
    ...(remark?.unexpected ? ['not as expected'] : []),
    ...(remark?.limit === undefined ? [] : [texts[remark.limit]]),
    ...(remark?.note === undefined ? [] : [`known: ${texts[remark.note]}`]),
  ].join('\n')
  const known = letter === 'v' && !remark?.unexpected
  return (
    <td class={`cell ${known ? 'known' : classOf(letter, remark?.unexpected ?? false)}`} title={said}>
      {remark?.story === undefined ? (
        SIGNS[letter]
      ) : (
        <a href={linkTo({ story: remark.story })} aria-label={said}>
          {SIGNS[letter]}
        </a>
      )}
    </td>
  )
}

function classOf(letter: string, unexpected: boolean): string {
  if (letter === 'v') return 'violated'
  if (unexpected) return 'violated'
  return letter === 'p' ? 'proved' : letter === '-' || letter === ' ' ? 'vacuous' : 'open'
}

/** In the order in which they were checked, each with its kernels together. */
function besideEachOther(scenarios: readonly ScenarioData[]): readonly ScenarioData[] {
  const places = new Map<string, number>()
  for (const { name } of scenarios) if (!places.has(name)) places.set(name, places.size)
  const placeOf = ({ name }: ScenarioData) => places.get(name) ?? 0
  return [...scenarios].sort((a, b) => placeOf(a) - placeOf(b))
}

/** Whether anything but proofs and vacuity is to be seen of it. */
function isTelling({ verdicts, remarks }: ScenarioData): boolean {
  return /[hv?]/.test(verdicts) || Object.values(remarks).some(remark => remark.unexpected)
}
