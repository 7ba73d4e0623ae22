import type { Check } from './checks.js'

/**
 * The checks that the working vector fails, in which nothing can run: deadlock, or quiescence where all threads are at
 * rest. Adds to `tested` what was put to the test.
 */
export function failuresAtEnd(checks: readonly Check[], rest: boolean, tested: Set<string>): string[] {
  const failed: string[] = []
  for (const check of checks) {
    if (check.when === 'deadlock') {
      if (!rest) failed.push(check.name)
    } else if (check.when === 'quiescent' && rest && check.premise()) {
      tested.add(check.name)
      if (!check.holds()) failed.push(check.name)
    }
  }
  return failed
}
