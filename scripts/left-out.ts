// Prints what the matrix of page-table scenarios leaves out, and why.

import { leftOut, matrix, notGenerated } from '../models/scenarios/page-table/matrix.js'

const EXAMPLES = 2

const classes = new Map<string, string[]>()
for (const { name, reason } of leftOut) classes.set(reason, [...(classes.get(reason) ?? []), name])

console.log(`${matrix.length} scenarios in the matrix; ${leftOut.length} left out:`)
for (const [reason, names] of [...classes].sort(([, a], [, b]) => b.length - a.length)) {
  const more = names.length > EXAMPLES ? ', …' : ''
  console.log(`  ${String(names.length).padStart(4)}  ${reason} (${names.slice(0, EXAMPLES).join(', ')}${more})`)
}
console.log('not generated at all:')
for (const what of notGenerated) console.log(`        ${what}`)
