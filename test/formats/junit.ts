import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { validateXML } from 'xmllint-wasm'

const schema = readFileSync(new URL('./junit.xsd', import.meta.url), 'utf8')

/** That a text is a JUnit report of which the numbers are those of its cases. */
export async function expectJunit(text: string): Promise<void> {
  const { errors } = await validateXML({
    xml: { fileName: 'report.xml', contents: text },
    schema: { fileName: 'junit.xsd', contents: schema },
  })
  expect(errors.map(({ rawMessage }) => rawMessage)).toEqual([])
  for (const [suite] of text.matchAll(/<testsuite .*?<\/testsuite>/gs)) {
    const times = (tag: string) => suite.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0
    const [head] = suite.split('>')
    expect(head).toContain(`tests="${times('testcase')}"`)
    expect(head).toContain(`failures="${times('failure')}"`)
    expect(head).toContain(`errors="${times('error')}"`)
    expect(head).toContain(`skipped="${times('skipped')}"`)
  }
}
