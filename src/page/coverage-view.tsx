import type { CoverageData, OperationCoverage } from './data.js'

/** What was ever taken of each operation, kernel by kernel. */
export function CoverageView({ coverage }: { readonly coverage: readonly CoverageData[] }) {
  return (
    <section>
      <h2>coverage</h2>
      {coverage.map(of => (
        <details key={of.kernel} open={coverage.length === 1}>
          <summary>{of.kernel}</summary>
          <OfKernel {...of} />
        </details>
      ))}
    </section>
  )
}

function OfKernel({ operations, caveats }: CoverageData) {
  const looked = operations.some(({ branches }) => branches !== null)
  return (
    <>
      {looked ? null : <p class="dim">Branches and orders of steps are told with --coverage.</p>}
      <div class="scroll">
        <table class="statistics">
          <thead>
            <tr>
              <th scope="col">operation</th>
              <th scope="col">scenarios</th>
              <th scope="col">steps</th>
              <th scope="col">branches</th>
              <th scope="col">orders</th>
              <th scope="col">never taken</th>
            </tr>
          </thead>
          <tbody>
            {operations.map(operation => (
              <Row key={operation.name} {...operation} />
            ))}
          </tbody>
        </table>
      </div>
      {caveats.length > 0 ? (
        <details>
          <summary>more may be possible than was seen in {caveats.length} scenarios</summary>
          <ul>
            {caveats.map(caveat => (
              <li key={caveat}>{caveat}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  )
}

function Row({ name, source, scenarios, steps, branches, orders, never }: OperationCoverage) {
  return (
    <tr>
      <th scope="row">
        {name} <small>{source}</small>
      </th>
      <td>{scenarios}</td>
      <Share of={steps} />
      <Share of={branches} />
      <Share of={orders} />
      <td class="words">
        {never.length === 0 ? (
          ''
        ) : (
          <details>
            <summary>{never.length}</summary>
            <ul>
              {never.map(what => (
                <li key={what}>{what}</li>
              ))}
            </ul>
          </details>
        )}
      </td>
    </tr>
  )
}

function Share({ of }: { readonly of: readonly [number, number] | null }) {
  if (of === null || of[1] === 0) return <td>·</td>
  const [taken, all] = of
  return (
    <td class={taken < all ? 'partly' : ''}>
      {taken.toLocaleString('en-US')}/{all.toLocaleString('en-US')}
    </td>
  )
}
