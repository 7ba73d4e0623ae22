import type { Reporter, TestModule } from 'vitest/node'

/** Closes a run with one plain line that any CI can read: `12 passed, 0 failed`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()])
    const of = (state: string) => tests.filter(test => test.result().state === state).length
    const broken = modules.filter(module => module.state() === 'failed' && module.errors().length > 0).length
    process.stdout.write(`${of('passed')} passed, ${of('failed') + broken} failed, ${of('skipped')} skipped\n`)
  }
}
