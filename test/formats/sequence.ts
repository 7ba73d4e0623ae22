import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type Mermaid from 'mermaid'
import type { Browser, Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'
import { openBrowser } from '../browser.js'

/** What each line of a diagram may look like, whatever the texts in it are. */
export const LINES = {
  mermaid:
    /^(sequenceDiagram| {2}title [^<>;"]*(#\d+;[^<>;"]*)*| {2}participant t\d+ as [^<>"]*| {2}Note over t\d+: ([^<>"]|<br\/>)*| {2}loop for ever| {2}end)$/,
  plantuml: /^(@startuml|@enduml|title .*|participant "[^"]*" as t\d+|rnote over t\d+ : .*|loop for ever|end)$/,
}

/** What a diagram shows of a counterexample. */
interface Shown {
  readonly threads: number
  readonly steps: number
}

function expectLines(text: string, language: keyof typeof LINES, { threads, steps }: Shown): void {
  const lines = text.trimEnd().split('\n')
  expect(lines.filter(line => !LINES[language].test(line))).toEqual([])
  expect(lines.filter(line => line.trimStart().startsWith('participant '))).toHaveLength(threads)
  expect(lines.filter(line => /^ *r?note over t\d/i.test(line))).toHaveLength(steps)
}

let browser: Promise<Browser> | undefined
let page: Promise<Page> | undefined

afterAll(async () => (await browser)?.close())

/** A page with Mermaid's own bundle: it needs a document even to read. */
async function mermaidPage(): Promise<Page> {
  browser = openBrowser()
  const made = await (await browser).newPage()
  const entry = createRequire(import.meta.url).resolve('mermaid')
  await made.addScriptTag({ content: readFileSync(join(dirname(entry), 'mermaid.min.js'), 'utf8') })
  return made
}

/** What Mermaid keeps of a diagram it has read. */
interface Database {
  readonly getActorKeys: () => readonly string[]
  readonly getMessages: () => readonly { readonly placement?: number }[]
}

/** That Mermaid itself reads a text as a sequence diagram with so many lanes and notes. */
export async function expectMermaid(text: string, shown: Shown): Promise<void> {
  expectLines(text, 'mermaid', shown)
  page ??= mermaidPage()
  const read = await (await page).evaluate(async diagram => {
    const { mermaid } = globalThis as unknown as { mermaid: typeof Mermaid }
    const { diagramType } = await mermaid.parse(diagram)
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(diagram)
    const sequence = db as unknown as Database
    const notes = sequence.getMessages().filter(({ placement }) => placement !== undefined)
    return { diagramType, threads: sequence.getActorKeys().length, steps: notes.length }
  }, text)
  expect(read).toEqual({ diagramType: 'sequence', ...shown })
}

/** That a text is of the few forms of lines of PlantUML that foliocheck writes: there is no parser of it on npm. */
export function expectPlantuml(text: string, shown: Shown): void {
  expectLines(text, 'plantuml', shown)
  expect(text.startsWith('@startuml\n')).toBe(true)
  expect(text.endsWith('\n@enduml\n')).toBe(true)
}
