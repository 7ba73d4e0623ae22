/**
 * How a state is drawn, as one draws a machine on paper: sections of boxes with lines in them. It is data: the page, the
 * terminal and a text report each lay it out in their own way, and find out by comparing two of them what has changed.
 */
export interface Picture {
  readonly sections: readonly Section[]
}

/** Boxes that belong together: page frames, page tables, locks. */
export interface Section {
  /** In the words of mm; no two sections of a picture share one. */
  readonly title: string
  readonly boxes: readonly Box[]
  /** For boxes in a grid: how many columns there are. Others stand side by side as there is room. */
  readonly columns?: number | undefined
}

/** One thing: a page frame, an entry, a lock. */
export interface Box {
  /** What it is called; no two boxes of a section share a name. */
  readonly name: string
  /** What there is to say of it as a whole, beside its name: `head, order 2`. */
  readonly title?: string | undefined
  readonly tone?: Tone | undefined
  /** In a grid: its first column, from 0, how many it spans (1 unless given), and its row, from 0. */
  readonly at?: { readonly column: number; readonly span?: number; readonly row?: number } | undefined
  readonly lines: readonly Line[]
}

/** One thing that is said of a box. */
export interface Line {
  /** No two lines of a box share one. May be empty where the value speaks for itself. */
  readonly name: string
  readonly value: string
  readonly tone?: Tone | undefined
  /** Specification-only: no operation sees it. */
  readonly ghost?: boolean | undefined
}

/**
 * What a box or line is, beyond its words. `quiet`: nothing is there (a free page, an empty entry, a lock that nobody
 * holds). `memory`: system memory. `device`: device memory. `held`: locked, or held by somebody. `passing`: on its way to
 * something else (a migration entry, a frozen folio). `alarm`: what should not be.
 */
export type Tone = 'plain' | 'quiet' | 'memory' | 'device' | 'held' | 'passing' | 'alarm'
