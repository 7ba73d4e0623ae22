import { expect } from 'vitest'

/**
 * That a text is Markdown as foliocheck writes it: fences are closed, HTML is that of names and of what is folded away,
 * every line of the table has as many cells as its head, and outside of fences nothing links anywhere or calls anyone.
 */
export function expectMarkdown(text: string): void {
  const outside: string[] = []
  let fence = ''
  for (const line of text.split('\n')) {
    const [mark = ''] = /^`{3,}/.exec(line) ?? []
    if (fence !== '') {
      if (line === fence) fence = ''
    } else if (mark !== '') {
      expect(line).toBe(`${mark}text`)
      fence = mark
    } else outside.push(line)
  }
  expect(fence).toBe('')
  const prose = outside.join('\n')
  expect(prose.match(/<(?!\/?(?:code|details|summary)>)/g)).toBeNull()
  expect(prose.match(/(?<!\\)[`[\]{}~]|@|(?<!&)#(?!#* )|\w:\/\/|www\./g)).toBeNull()
  for (const tag of ['code', 'details', 'summary']) {
    const times = (what: string) => prose.split(what).length
    expect(times(`<${tag}>`)).toBe(times(`</${tag}>`))
  }
  const table = outside.filter(line => line.startsWith('|'))
  const cells = new Set(table.map(line => line.split('|').length))
  expect(cells.size).toBeLessThanOrEqual(1)
}
