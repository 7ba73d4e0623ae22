import { does, type Scenario, scenario, type Thread, thread } from 'foliocheck'
import { folio_unlock } from '../../machine/page-table/index.js'
import { Pfn, TLBS } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../../mm/folio_free/put.js'
import { migrate_locked } from '../../mm/migrate_folio/migrate.js'
import { type Initial, initials } from './matrix-initial.js'
import { type MatrixOperation, operations } from './matrix-operations.js'
import { DEVICE, driver, SYSTEM } from './parts.js'

/**
 * Every pair of operations in every initial state, but for what makes no sense: each of those with its reason. Three at a
 * time where one of them moves the folio.
 */

/** What is left out, and why. */
interface LeftOut {
  readonly name: string
  readonly reason: string
}

/** What no pair is made for, besides the pairs of `leftOut`. */
export const notGenerated: readonly string[] = [
  'the same pair with the address spaces exchanged: it differs by the order of rmap walks alone',
  'a pool with remnants of dead folios: free frames of this machine remember nothing; the life-cycle models do that',
  'three operations at once, other than two accesses or changes of a mapping beside what moves or splits the folio',
  'device-exclusive pages and pins of PMD-mapped folios that have to be split for it',
]

const BESIDE =
  'beside half a migration only accesses and changes of the mapping; pairs with `evict` and `migrate` have the others'
const TOO_LONG = 'two accesses and a migration make a state too long for the store'
/** Operations that are put beside a migration that is half done, and two at a time beside a whole one. */
const CHANGES: readonly string[] = [
  'read',
  'write',
  'dontneed',
  'dontneed-part',
  'munmap',
  'mprotect',
  'uffd-wp',
  'fork',
  'mremap',
]
/** What these are put beside, by initial state: three operations at a time. */
const MOVERS: Readonly<Record<string, readonly string[]>> = {
  'device-pmd': ['evict'],
  'system-pmd': ['migrate', 'split'],
}

/** The second half of a migration, from where all entries are migration entries. */
const finish_migration = pageTable.operation(
  'finish_migration',
  { source: 'mm/migrate.c', params: { folio: Pfn } },
  ({ step, call }) => [
    call('migrate_folio_move(src, dst)', migrate_locked, { folio: t => t.folio, toDevice: false, own: 1 }),
    step('folio_unlock(src)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(src)', folio_put, { folio: t => t.folio }),
  ],
)

function unfit(initial: Initial, operation: MatrixOperation, other: MatrixOperation): string {
  if (initial.inFlight && !CHANGES.includes(operation.name)) return BESIDE
  const reason = operation.unfit(initial)
  const large = initial.by !== 'small' && initial.by !== 'part'
  return reason !== '' && large && operation.after?.includes(other.name) ? '' : reason
}

/** Why this pair is left out; empty when it is not. */
function reasonAgainst(initial: Initial, a: MatrixOperation, b: MatrixOperation): string {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ]) {
    const reason = unfit(initial, one, other)
    if (reason !== '') return reason === BESIDE ? reason : `${one.name}: ${reason}`
  }
  if (initial.inFlight && a.access && b.access) return TOO_LONG
  if (a.looks && b.looks) return 'neither changes anything'
  if (a === b && a.alone) return 'twice the same that keeps all others out: one after the other'
  if (initial.together && a.firstOnly && b.firstOnly) return 'is in the state of that name without `together`'
  const allocates = a.name === 'to-device' || b.name === 'to-device'
  return initial.poolTaken && !allocates ? 'no device memory is asked for' : ''
}

/** With two address spaces the first operation runs in the one, the second in the other, unless both run together. */
function placesOf(initial: Initial, [a, b]: readonly MatrixOperation[]): readonly number[] {
  if (!initial.shared || initial.together) return [0, 0]
  if (!b.firstOnly) return [0, 1]
  return a.firstOnly ? [0, 0] : [1, 0]
}

function threadsOf(initial: Initial, chosen: readonly MatrixOperation[]): Thread[] {
  const places = placesOf(initial, chosen)
  return chosen.map(({ name, action }, i) =>
    thread(
      chosen.findIndex(other => other.name === name) < i ? `${name} again` : name,
      action({ initial, va: places[i] ?? 0, cpu: i % TLBS }),
    ),
  )
}

function make(initial: Initial, chosen: readonly MatrixOperation[]): Scenario {
  const folio = initial.memory === 'device' ? DEVICE : SYSTEM
  const fitting = chosen.filter(operation => operation.unfit(initial) === '')
  const [first, ...rest] = chosen.map(({ name }) => name)
  return scenario(nameOf(initial, chosen), pageTable, {
    about: `${first} beside ${rest.join(' and ')}, where ${initial.about}.`,
    bind: driver,
    initial: [
      s => {
        initial.set(s)
        for (const { prepare } of chosen) prepare?.(s)
      },
    ],
    threads: [
      ...(initial.inFlight ? [thread('migrator', does(finish_migration, { folio }))] : []),
      ...threadsOf(initial, chosen),
    ],
    operations: initial.inFlight ? [finish_migration] : [],
    exercises: [...new Set(['no-lock-left', ...fitting.flatMap(({ exercises }) => exercises ?? [])])],
    tags: ['matrix'],
  })
}

function nameOf(initial: Initial, chosen: readonly MatrixOperation[]): string {
  return `matrix/${initial.name}/${chosen.map(({ name }) => name).join('+')}`
}

const scenarios: Scenario[] = []
const without: LeftOut[] = []

function add(initial: Initial, chosen: readonly MatrixOperation[], reason: string): void {
  if (reason === '') scenarios.push(make(initial, chosen))
  else without.push({ name: nameOf(initial, chosen), reason })
}

/** Calls `visit` for every two of the operations, in order, and for each with itself. */
function eachPair(chosen: readonly MatrixOperation[], visit: (a: MatrixOperation, b: MatrixOperation) => void): void {
  chosen.forEach((a, i) => {
    for (const b of chosen.slice(i)) visit(a, b)
  })
}

for (const initial of initials) {
  eachPair(operations, (a, b) => add(initial, [a, b], reasonAgainst(initial, a, b)))
  const movers = operations.filter(({ name }) => MOVERS[initial.name]?.includes(name))
  const changes = operations.filter(({ name }) => CHANGES.includes(name))
  for (const mover of movers) {
    eachPair(changes, (a, b) => {
      if (a !== b) add(initial, [a, b, mover], a.access && b.access ? TOO_LONG : '')
    })
  }
}

export const matrix: readonly Scenario[] = scenarios
export const leftOut: readonly LeftOut[] = without
