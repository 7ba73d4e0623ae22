import type { Outcome } from '../system/system.js'

/** Why a run cannot go on after a step, in words; empty where it can. */
export function endOf({ cut, broke, findings }: Outcome): string {
  if (cut !== '') return `the model's bound '${cut}' leaves this step out; runs are not followed beyond it`
  if (broke) return `the step stores a value that its field cannot hold: ${broke.message}`
  const fatal = findings.find(finding => finding.fatal)
  return fatal ? `${fatal.property.name} is violated, and the kernel would not survive that` : ''
}
