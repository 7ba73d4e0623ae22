import { named, project, type Scenario, scenario, thread } from 'foliocheck'
import { pageTable } from './machine/page-table/state.js'
import pageTables from './page-table.js'
import { initials } from './scenarios/page-table/matrix-initial.js'
import { operations } from './scenarios/page-table/matrix-operations.js'
import { driver } from './scenarios/page-table/parts.js'

/**
 * Several threads that do the same at one folio. `--reduce symmetry` exchanges them for one another; without it most of
 * these scenarios take minutes. All run on the one CPU whose TLB is looked at, so that they are alike in everything.
 */
function crowd(where: string, what: string, count: number, beside?: string): Scenario {
  const initial = named('initial state', initials, where)
  const operation = named('operation', operations, what)
  const others = beside === undefined ? [] : [named('operation', operations, beside)]
  const slot = { initial, va: 0, cpu: 0 }
  return scenario([`crowd/${where}/${what}×${count}`, ...others.map(({ name }) => name)].join('+'), pageTable, {
    about: `${what} by ${count} threads at once${beside === undefined ? '' : ` beside ${beside}`}, where ${initial.about}.`,
    bind: driver,
    initial: [
      s => {
        initial.set(s)
        for (const { prepare } of [operation, ...others]) prepare?.(s)
      },
    ],
    threads: [
      ...Array.from({ length: count }, (_, i) => thread(`${what} ${i + 1}`, operation.action(slot))),
      ...others.map(({ name, action }) => thread(name, action(slot))),
    ],
    exercises: ['no-lock-left', 'no-deadlock'],
    tags: ['crowd'],
  })
}

export default project({
  ...pageTables,
  scenarios: [
    crowd('device-pmd', 'read', 3),
    crowd('device-pmd', 'read', 4),
    crowd('device-pmd', 'read', 5),
    crowd('device-pmd', 'read', 3, 'evict'),
    crowd('device-pmd', 'write', 3, 'evict'),
    crowd('device-pmd', 'dontneed', 3, 'evict'),
    crowd('device-pmd', 'dontneed', 4, 'evict'),
    crowd('system-pmd', 'dontneed', 4, 'migrate'),
  ],
})
