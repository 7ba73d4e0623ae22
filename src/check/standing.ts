import type { Row } from './rows.js'

/** What a row means to one who has to decide whether all is well. */
export type Standing =
  /** Violated, and nobody expected it. */
  | 'unexpected'
  /** Violated, as is known. */
  | 'known'
  /** Not violated, though it is expected to be. */
  | 'missing'
  /** Without a chance to fail, though the scenario promises one. */
  | 'untested'
  /** Without a chance to fail in this scenario, which promises none. */
  | 'vacuous'
  | 'inconclusive'
  /** Holds up to a limit. */
  | 'limited'
  | 'proved'

/** What a row means; all but `unexpected`, `missing` and `untested` agree with what is expected. */
export function standingOf(row: Row): Standing {
  switch (row.verdict) {
    case 'violated':
      return row.asExpected ? 'known' : 'unexpected'
    case 'inconclusive':
      return 'inconclusive'
    case 'vacuous':
      if (row.asExpected) return 'vacuous'
      return row.expected === 'violated' ? 'missing' : 'untested'
    case 'holds up to':
      return row.asExpected ? 'limited' : 'missing'
    case 'proved':
      return row.asExpected ? 'proved' : 'missing'
  }
}
