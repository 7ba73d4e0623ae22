import { useState } from 'preact/hooks'
import type { RunData, ScenarioData } from './data.js'

type Column = 'name' | 'states' | 'transitions' | 'depth' | 'seconds'
const COLUMNS: readonly Column[] = ['name', 'states', 'transitions', 'depth', 'seconds']
/** Scenarios listed until more are asked for. */
const ROWS = 50

/** How large every search was; the largest first unless another order is chosen. */
export function StatisticsView({ run }: { readonly run: RunData }) {
  const [by, setBy] = useState<Column>('states')
  const [all, setAll] = useState(run.scenarios.length <= ROWS)
  const sorted = [...run.scenarios].sort((a, b) => compare(a, b, by))
  return (
    <section>
      <h2>searches</h2>
      <div class="scroll">
        <table class="statistics">
          <thead>
            <tr>
              {COLUMNS.map(column => (
                <th
                  key={column}
                  scope="col"
                  aria-sort={by === column ? (by === 'name' ? 'ascending' : 'descending') : 'none'}
                >
                  <button type="button" class="link" onClick={() => setBy(column)}>
                    {column === 'name' ? 'scenario' : column}
                  </button>
                </th>
              ))}
              <th scope="col">how</th>
              <th scope="col">steps that no run took</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, all ? sorted.length : ROWS).map(scenario => (
              <tr key={`${scenario.kernel} ${scenario.name}`}>
                <th scope="row">
                  {scenario.name} <small>{scenario.kernel}</small>
                </th>
                <td>{scenario.states.toLocaleString('en-US')}</td>
                <td>{scenario.transitions.toLocaleString('en-US')}</td>
                <td>{scenario.depth}</td>
                <td>{scenario.seconds.toFixed(2)}</td>
                <td class="words">{scenario.how}</td>
                <td class="words">
                  {scenario.dead.length === 0 ? (
                    'none'
                  ) : (
                    <details>
                      <summary>{scenario.dead.length}</summary>
                      <ul>
                        {scenario.dead.map(step => (
                          <li key={step}>{run.texts[step]}</li>
                        ))}
                      </ul>
                    </details>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all ? null : (
        <button type="button" onClick={() => setAll(true)}>
          show all {sorted.length}
        </button>
      )}
    </section>
  )
}

function compare(a: ScenarioData, b: ScenarioData, by: Column): number {
  return by === 'name' ? a.name.localeCompare(b.name) : b[by] - a[by]
}
