import type { Box, Section } from '../picture/picture.js'

/**
 * What a report's page is made from. The page decides nothing: every word in it was written by the report. Texts are
 * plain; the page shows them as text, never as markup.
 */
export interface PageData {
  /** foliocheck's version. */
  readonly version: string
  readonly title: string
  /** Undefined for the page of a single counterexample. */
  readonly run: RunData | undefined
  /** What opens when a counterexample is asked for; the whole of each lies packed in an element of its own. */
  readonly stories: readonly StoryHead[]
}

/** A whole check. */
export interface RunData {
  readonly model: string
  /** What came of it, in a sentence or two each. */
  readonly summary: readonly string[]
  readonly exit: string
  readonly properties: readonly { readonly name: string; readonly claim: string }[]
  readonly scenarios: readonly ScenarioData[]
  /** What scenarios have in common, and remarks say, each once. */
  readonly texts: readonly string[]
  readonly coverage: readonly CoverageData[]
  /** What could not be checked, and expected violations that were not found. */
  readonly failures: readonly string[]
}

/** What the scenarios of one kernel have shown of its operations. */
export interface CoverageData {
  readonly kernel: string
  readonly operations: readonly OperationCoverage[]
  /** Where more may be possible than was seen. */
  readonly caveats: readonly string[]
}

/** Each count is how many were taken, of how many. */
export interface OperationCoverage {
  readonly name: string
  readonly source: string
  readonly scenarios: number
  readonly steps: readonly [taken: number, all: number]
  /** Null when branches and orders of steps were not looked at. */
  readonly branches: readonly [taken: number, all: number] | null
  readonly orders: readonly [taken: number, all: number] | null
  /** Steps and branches that were never taken, with what is known of that. */
  readonly never: readonly string[]
}

/** One scenario on one kernel. */
export interface ScenarioData {
  readonly name: string
  readonly about: string
  readonly kernel: string
  /** Threads and what they call, by their places in `RunData.texts`. */
  readonly threads: readonly number[]
  /** A verdict's letter for each property: see `VERDICTS`. */
  readonly verdicts: string
  /** By the number of a property: what is to be said of its verdict. */
  readonly remarks: Readonly<Record<number, Remark>>
  /** The strategy, whether it was exact, and what reductions saved. */
  readonly how: string
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly seconds: number
  /** Steps that no run took, by their places in `RunData.texts`. */
  readonly dead: readonly number[]
}

/** What is to be said of a verdict; texts by their places in `RunData.texts`. */
export interface Remark {
  /** What was not searched. */
  readonly limit?: number | undefined
  /** Why a violation is expected. */
  readonly note?: number | undefined
  /** The number of its story. */
  readonly story?: number | undefined
  readonly steps?: number | undefined
  readonly unexpected?: boolean | undefined
}

/** Letters of verdicts in `ScenarioData.verdicts`; a blank where the property was not checked. */
export const VERDICTS = {
  p: 'proved',
  h: 'holds up to',
  v: 'violated',
  '-': 'vacuous',
  '?': 'inconclusive',
} as const

/** What a list of counterexamples says of each. */
export interface StoryHead {
  readonly scenario: string
  readonly property: string
  readonly kernel: string
  readonly steps: number
  readonly reason: string
  /** Why it is expected; undefined when it is not. */
  readonly note: string | undefined
}

/** A counterexample, whole. */
export interface Story extends StoryHead {
  readonly claim: string
  /** How long it is, and whether that is the least. */
  readonly length: string
  /** What of the scenario it does not need. */
  readonly without: string
  readonly about: string
  readonly why: {
    /** As a tool of the kernel would print it. */
    readonly lines: readonly string[]
    /** What was read, and the step that wrote it, of which run, from 0. The step is 0 for the setup, undefined as at the start. */
    readonly evidence: readonly {
      readonly name: string
      readonly value: string
      readonly at: number | undefined
      readonly run: number
    }[]
  }
  readonly runs: readonly StoryRun[]
  /** The same as plain text for a mail. */
  readonly text: string
  /** The command that replays it; empty when it was not written to a file. */
  readonly replay: string
  /** Why there are no pictures, when there are none. */
  readonly undrawn: string
}

export interface StoryRun {
  /** Threads that take part, in the order of the scenario. */
  readonly threads: readonly string[]
  /** What the setup did, in a sentence; empty when there was none. */
  readonly setup: string
  /** Its steps, by their places in the album. */
  readonly steps: readonly number[]
  /** The number of the step from which the run repeats. */
  readonly loopFrom: number | undefined
  /** The state at the start and after each step: its sections, by their places in the album. Empty where none is drawn. */
  readonly pictures: readonly (readonly number[])[]
}

/** What stories are made of, each thing once: they have much in common. A section has its boxes by their places. */
export interface Album {
  readonly steps: readonly StoryStep[]
  readonly boxes: readonly Box[]
  readonly sections: readonly (Omit<Section, 'boxes'> & { readonly boxes: readonly number[] })[]
}

export interface StoryStep {
  readonly thread: string
  /** Functions that are active, outermost first. */
  readonly stack: readonly string[]
  readonly source: string
  readonly label: string
  readonly note: string
  /** `name before→after`, locals as `name = value`. */
  readonly changes: readonly { readonly text: string; readonly kind: 'shared' | 'ghost' | 'local' }[]
  /** What the step reported. */
  readonly said: readonly string[]
}
