import type { Page } from 'playwright-core'

/** What a reader who does not see the page, or uses no mouse, would stumble over. Empty when it is as it should be. */
export function stumblingBlocks(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const short = (element: Element) => element.outerHTML.slice(0, 120)
    const seen = (element: Element) => element.getClientRects().length > 0
    if (!document.documentElement.lang) found.push('the page has no language')
    if (document.title === '') found.push('the page has no title')
    if (document.querySelectorAll('main').length !== 1) found.push('the page has not one main part')
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`id ${id} is there twice`)
    for (const field of document.querySelectorAll<HTMLElement>('button, a[href], summary, select, textarea, input')) {
      const labels = 'labels' in field ? [...((field.labels as NodeListOf<HTMLElement> | null) ?? [])] : []
      const inside = field.matches('button, a, summary') ? field.textContent : ''
      const name = [field.getAttribute('aria-label'), inside, ...labels.map(label => label.textContent)]
      if (name.every(text => !text?.trim())) found.push(`has no name: ${short(field)}`)
      if (field.tabIndex > 0) found.push(`jumps the order of focus: ${short(field)}`)
    }
    let level = 0
    for (const heading of [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(seen)) {
      const own = Number(heading.tagName[1])
      if (own > level + 1) found.push(`follows a heading of level ${level}: ${short(heading)}`)
      if (heading.textContent.trim() === '') found.push(`is an empty heading: ${short(heading)}`)
      level = own
    }
    for (const part of document.querySelectorAll('nav, [role=toolbar], section'))
      if (seen(part) && !part.getAttribute('aria-label') && !part.querySelector('h2, h3')) {
        found.push(`is a part without a name: ${short(part)}`)
      }
    return found
  })
}
