import { CoverageView } from './coverage-view.js'
import type { PageData } from './data.js'
import { FindingsView } from './findings-view.js'
import { MatrixView } from './matrix-view.js'
import { StatisticsView } from './statistics-view.js'

/** A whole run: what came of it, its counterexamples, the matrix, and how large the searches were. */
export function Overview({ data }: { readonly data: PageData }) {
  const { run } = data
  if (!run) return null
  return (
    <main class="overview">
      <header>
        <h1>{data.title}</h1>
        {run.summary.map(line => (
          <p key={line}>{line}</p>
        ))}
        <p>
          <b>{run.exit}</b>
        </p>
        {run.failures.length > 0 ? (
          <ul class="failures">
            {run.failures.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : null}
      </header>
      {data.stories.length > 0 ? <FindingsView stories={data.stories} /> : null}
      <MatrixView run={run} />
      <StatisticsView run={run} />
      <CoverageView coverage={run.coverage} />
      <footer>
        foliocheck {data.version}. A proof is a proof about the model: what it leaves out is in docs/limits.md.
      </footer>
    </main>
  )
}
