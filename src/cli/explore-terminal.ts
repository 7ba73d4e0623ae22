import { createInterface } from 'node:readline'
import type { Limits } from '../explore/limits.js'
import { Desk } from '../explorer/desk.js'
import { Searcher } from '../explorer/searcher.js'
import { Stepper } from '../explorer/stepper.js'
import type { Subject } from '../explorer/subject.js'
import { count } from '../numbers.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { report } from './failures.js'
import { print, reportWidth } from './terminal.js'

/** How often it is told how far a search is. */
const EVERY_MS = 500

/**
 * Steps by hand in the terminal, or as lines from elsewhere say. A mistake at a terminal is told; in lines from elsewhere it
 * ends the program, as what follows builds on it. Ctrl-C ends a search, or the program.
 */
export async function exploreInTerminal(subject: Subject, limits: Partial<Limits>): Promise<ExitCode> {
  const person = process.stdin.isTTY === true
  const searcher = new Searcher(subject.choice, limits)
  const desk = new Desk(subject.choice)
  const input = createInterface({ input: process.stdin, ...(person && { output: process.stdout }), prompt: '> ' })
  const interrupt = () => {
    if (searcher.busy) return searcher.cancel()
    desk.giveUp()
    input.close()
    // A terminal shows ^C after the prompt.
    if (person) process.stdout.write('\n')
  }
  input.on('SIGINT', interrupt)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt)
  const progress = new SearchLine(person ? searcher : undefined)
  try {
    // Lines come in while this one is dealt with: whoever asks for them late has lost some.
    const lines = input[Symbol.asyncIterator]()
    const stepper = await Stepper.at(subject, desk, searcher, reportWidth())
    print([...stepper.lines, '', '  ? tells what there is'])
    for (;;) {
      input.prompt()
      const { value, done } = await lines.next()
      if (done) break
      if (!person) print([`> ${value}`])
      const answer = await stepper.do(value).catch((thrown: unknown) => {
        if (!person) throw thrown
        report(thrown)
        return []
      })
      progress.clear()
      if (!answer) break
      print(answer)
    }
    return EXIT.ok
  } finally {
    progress.stop()
    desk.giveUp()
    input.close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  }
}

/** One line on standard error about how far a search is. */
class SearchLine {
  readonly #timer: NodeJS.Timeout | undefined
  #shown = false

  constructor(searcher: Searcher | undefined) {
    if (searcher) this.#timer = setInterval(() => searcher.busy && this.#show(searcher.states), EVERY_MS)
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K')
    this.#shown = false
  }

  stop(): void {
    this.clear()
    clearInterval(this.#timer)
  }

  #show(states: number): void {
    process.stderr.write(`\r\u001b[K  searching: ${count(states)} states`)
    this.#shown = true
  }
}
