import type { Counterexample } from '../check/counterexample.js'
import { writeCounterexample } from '../check/write-counterexample.js'
import { UsageError } from '../errors.js'
import type { Run } from '../explore/result.js'
import { count, many } from '../numbers.js'
import { lanes } from '../report/lanes.js'
import { cleaned } from '../report/picture-text.js'
import { only, sectionsOf } from '../report/sections.js'
import { stateText } from '../report/state-text.js'
import { paragraph, printable } from '../report/wrap.js'
import type { Desk } from './desk.js'
import type { HandedOut } from './hand-out.js'
import { arrive, further, here, type Journey, upTo } from './journey.js'
import { offersOf } from './offers.js'
import type { Place } from './place.js'
import { placeText } from './place-text.js'
import { resultOf } from './questions.js'
import type { Searcher } from './searcher.js'
import type { Subject } from './subject.js'

const HELP = [
  '  1, 2, …       take the step of that number; several are taken one after the other',
  '  b [n]         take back a step, or n',
  '  g n           go to the place after step n; steps that were taken back count too',
  '  i n           begin again in initial state n',
  '  v [property]  run on to the nearest violation, of that property or of any',
  '  s [sections]  show the state: locks and the machine, the sections named, with commas between, or all',
  '  l             list the steps so far',
  '  m             the same as a diagram in Mermaid',
  '  w file        write a counterexample, where a property is violated: the run as it is',
  '  W file        write the smallest counterexample to that: a search from the start looks for it',
  '  t             print a test that takes these steps',
  '  q             quit',
]

/** Stepping by hand, one line of text after the other. */
export class Stepper {
  #journey: Journey
  #place: Place

  private constructor(
    readonly subject: Subject,
    readonly desk: Desk,
    readonly searcher: Searcher,
    readonly width: number,
    place: Place,
  ) {
    const { run } = place.trace
    this.#place = place
    this.#journey = { run, at: run.ordinals.length }
  }

  /** At the start. @throws ModelError */
  static async at(subject: Subject, desk: Desk, searcher: Searcher, width: number): Promise<Stepper> {
    const place = await desk.place({ initial: 0, ordinals: [] })
    return new Stepper(subject, desk, searcher, width, place)
  }

  /** Where the run is. */
  get lines(): string[] {
    return placeText(this.#place, this.width)
  }

  /** What a command answers; undefined when it is the last. @throws UsageError, FileError or ModelError: nothing has changed */
  async do(line: string): Promise<readonly string[] | undefined> {
    const [command = '', ...rest] = line.trim().split(/\s+/)
    const argument = rest.join(' ')
    if (/^\d+$/.test(command)) return this.#take([command, ...rest])
    switch (command) {
      case '':
        return this.lines
      case 'b':
        return this.#back(argument === '' ? 1 : this.#number(argument, 'b'))
      case 'g':
        return this.#go(upTo(this.#journey.run, this.#place.setup + this.#number(argument, 'g')))
      case 'i':
        return this.#initial(this.#number(argument, 'i'))
      case 'v':
        return this.#search(argument === '' ? undefined : argument)
      case 's':
        return this.#state(argument)
      case 'l':
        return this.#steps()
      case 'm':
        return this.#handedOut('mermaid')
      case 't':
        return this.#handedOut('test')
      case 'w':
        return this.#write(argument, (run, property) => this.desk.handOut(run, 'counterexample', property))
      case 'W':
        return this.#write(argument, async (run, property) => resultOf(await this.searcher.smallest(run, property)))
      case '?':
      case 'h':
      case 'help':
        return HELP
      case 'q':
        return undefined
      default:
        throw new UsageError(`'${command}'`, 'is no command', '? tells what there is')
    }
  }

  async #go(run: Run): Promise<string[]> {
    this.#place = await this.desk.place(run)
    this.#journey = arrive(this.#journey, this.#place.trace.run)
    return this.lines
  }

  #back(steps: number): Promise<string[]> {
    const { stops } = this.#place
    return this.#go(upTo(this.#journey.run, stops[Math.max(0, stops.length - 1 - steps)]))
  }

  /** All of the steps or, where one is not there, none. */
  async #take(numbers: readonly string[]): Promise<string[]> {
    const before = { journey: this.#journey, place: this.#place }
    try {
      for (const text of numbers) {
        const offers = offersOf(this.#place)
        const offer = offers[this.#number(text, 'a step') - 1]
        if (!offer) {
          const there = offers.length === 0 ? 'b takes a step back' : `there are 1 to ${offers.length}`
          throw new UsageError(`step ${text}`, 'is not there', there)
        }
        await this.#go(further(this.#journey, offer.ordinal))
      }
    } catch (thrown) {
      this.#journey = before.journey
      this.#place = before.place
      throw thrown
    }
    return this.lines
  }

  async #initial(number: number): Promise<string[]> {
    const { length } = this.subject.program.initial
    if (number < 1 || number > length) {
      throw new UsageError(`initial state ${number}`, 'is not there', `there are 1 to ${length}`)
    }
    return this.#go({ initial: number - 1, ordinals: [] })
  }

  async #search(property: string | undefined): Promise<string[]> {
    const result = resultOf(await this.searcher.search(here(this.#journey), property))
    if (result.kind === 'found') {
      const steps = result.run.ordinals.length - this.#journey.at
      const lines = await this.#go(result.run)
      return [
        `  ${result.property}: ${many(steps, 'step')} from here, ${many(result.states, 'state')} looked at`,
        ...lines,
      ]
    }
    const what = property ?? 'no property that holds here'
    const never = property === undefined ? `${what} can be violated` : `${what} cannot be violated`
    const text =
      result.limit === ''
        ? `${never} from here: all ${count(result.states)} states were searched`
        : `nothing was found from here, but not all was searched: ${result.limit}`
    return paragraph('  ', text, this.width)
  }

  #state(sections: string): string[] {
    const { picture } = this.#place
    const wanted = sectionsOf(picture, sections === '' ? true : sections, 's')
    const lines = stateText(cleaned(only(picture, wanted), printable), this.width - 2)
    return lines.length > 0 ? lines.map(line => `  ${line}`.trimEnd()) : ['  nothing is there']
  }

  #steps(): string[] {
    const { trace } = this.#place
    if (trace.steps.every(step => step.setup)) return ['  no step yet']
    return lanes(trace, { width: this.width })
  }

  async #handedOut(form: 'mermaid' | 'test'): Promise<string[]> {
    const { text } = await this.desk.handOut(here(this.#journey), form, undefined)
    return text.trimEnd().split('\n')
  }

  async #write(
    argument: string,
    handOut: (run: Run, property: string | undefined) => Promise<HandedOut>,
  ): Promise<string[]> {
    const last = argument.slice(argument.lastIndexOf(' ') + 1)
    const property = this.subject.project.properties.find(({ name }) => name === last)?.name
    const file = property === undefined ? argument : argument.slice(0, -property.length).trim()
    if (file === '') throw new UsageError('w', 'needs the name of a file', 'w <file> [property]')
    const { text, about } = await handOut(here(this.#journey), property)
    const found = JSON.parse(text) as Counterexample
    writeCounterexample(file, found)
    return [`  ${found.property} in ${found.steps} steps: ${file}`, ...paragraph('  ', about ?? '', this.width)]
  }

  #number(text: string, command: string): number {
    if (/^\d{1,9}$/.test(text)) return Number(text)
    throw new UsageError(`${command} ${text}`.trim(), 'needs a number', '? tells what there is')
  }
}
