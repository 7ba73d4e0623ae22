import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../browser.js'
import { fixture, foliocheck, temporaryFolder, written } from './run.js'
import { type Served, serve } from './served.js'

const folder = temporaryFolder()
let browser: Browser
let server: Served

beforeAll(async () => {
  browser = await openBrowser()
  server = await serve('free-races-reuse', '--kernel', 'v6.19')
})
afterAll(() => browser?.close())

interface Opened {
  readonly page: Page
  /** What went wrong in it, and dialogs that it showed. */
  readonly trouble: string[]
}

/** The page as somebody opens it, on a laptop unless told otherwise. */
async function open(url = server.url, viewport = { width: 1366, height: 768 }): Promise<Opened> {
  const page = await browser.newPage({ viewport })
  const trouble: string[] = []
  page.on('pageerror', error => trouble.push(error.message))
  page.on('console', message => message.type() === 'error' && trouble.push(message.text()))
  page.on('dialog', dialog => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', request => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:)/.test(request.url())) trouble.push(`asked for ${request.url()}`)
  })
  await page.goto(url)
  await page.locator('.offers').waitFor()
  return { page, trouble }
}

const steps = (page: Page) => page.locator('.taken .steps .step').count()
const current = (page: Page) => page.locator('.taken [aria-current=step] .number').textContent()
const offer = (page: Page, text: string | RegExp) => page.locator('.offer', { hasText: text })

/** Past the setup of free-races-reuse, in which something is to be chosen. */
async function pastSetup(page: Page): Promise<void> {
  await offer(page, 'drm_buddy_alloc_blocks').first().click()
  await offer(page, 'folio_remove_rmap_pte').waitFor()
}

describe('explore in a browser', () => {
  test('steps are taken by click and by key, taken back, and taken again', async () => {
    const { page, trouble } = await open()
    await pastSetup(page)
    expect(await current(page)).toBe('0')
    await offer(page, 'folio_remove_rmap_pte').click()
    await expect.poll(() => current(page)).toBe('1')
    expect(await page.locator('.taken .step.current').textContent()).toContain('p0.mapcount 1→0')
    await page.keyboard.press('1')
    await expect.poll(() => current(page)).toBe('2')
    await page.keyboard.press('u')
    await page.keyboard.press('Backspace')
    await expect.poll(() => current(page)).toBe('0')
    expect(await steps(page)).toBe(3)
    await page.getByRole('button', { name: 'again' }).click()
    await expect.poll(() => current(page)).toBe('1')
    await page.locator('.taken .steps button').nth(2).click()
    await expect.poll(() => current(page)).toBe('2')
    // As fast as one can.
    await page.keyboard.type('uu2')
    await expect.poll(() => steps(page)).toBe(2)
    expect(await page.locator('.taken .step.current').textContent()).toContain('drm_buddy_alloc_blocks')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('what a step changed is marked, and what one would change is shown beforehand', async () => {
    const { page, trouble } = await open()
    await pastSetup(page)
    await page.keyboard.press('1')
    await expect.poll(() => current(page)).toBe('1')
    const state = page.getByRole('region', { name: 'the state' })
    const shown = await state.textContent()
    expect(await state.locator('.changed, .fresh').count()).toBeGreaterThan(0)
    await offer(page, 'folio_put_testzero').hover()
    await expect.poll(() => state.textContent()).toContain('if munmap takes this step')
    expect(await state.locator('.changed, .fresh').count()).toBeGreaterThan(0)
    await page.mouse.move(0, 0)
    await expect.poll(() => state.textContent()).toBe(shown)
    // By keyboard, too.
    await offer(page, 'folio_put_testzero').focus()
    await expect.poll(() => state.textContent()).toContain('if munmap takes this step')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('it runs to a violation, which replays as a counterexample from the command line', async () => {
    const { page, trouble } = await open()
    await pastSetup(page)
    const copy = page.getByRole('button', { name: 'counterexample' })
    expect(await copy.isDisabled()).toBe(true)
    await page.keyboard.press('v')
    const why = page.locator('.why', { hasText: 'no-access-after-handover' })
    await why.waitFor({ timeout: 30_000 })
    expect(await current(page)).toBe('12')
    await copy.click()
    const text = await page.locator('textarea').inputValue()
    const file = written(folder, (await page.locator('.handed code').textContent()) ?? '', text)
    const { code, stdout } = await foliocheck(['replay', file])
    expect(stdout).toContain('still happens')
    expect(code).toBe(1)
    // The step that wrote what makes the property false.
    await why
      .getByRole('button', { name: /^step \d+$/ })
      .first()
      .click()
    await expect.poll(() => current(page)).not.toBe('12')
    expect(await page.locator('.why').count()).toBe(0)
    expect(trouble).toEqual([])
    await page.close()
  })

  test('a search that takes long can be stopped; keys do nothing meanwhile', async () => {
    const far = await serve('far', '--model', fixture('endless'))
    const { page, trouble } = await open(far.url)
    await page.keyboard.press('v')
    await page.locator('.searching', { hasText: /[1-9][\d,]+ states/ }).waitFor()
    await page.keyboard.press('1')
    await page.getByRole('button', { name: 'stop' }).click()
    await page.locator('.message', { hasText: 'not all was searched: an interrupt' }).waitFor()
    expect(await current(page)).toBe('0')
    expect(await steps(page)).toBe(1)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.message').count()).toBe(0)
    expect(trouble).toEqual([])
    await page.close()
  })

  test('it runs on to the property that is chosen', async () => {
    const { page } = await open()
    await pastSetup(page)
    await page.getByLabel('of').selectOption('memory-pinned-while-used')
    await page.getByRole('button', { name: 'run to violation' }).click()
    await page
      .locator('.message', { hasText: /memory-pinned-while-used cannot be violated from here|not all was searched/ })
      .waitFor({ timeout: 30_000 })
    expect(await current(page)).toBe('0')
    await page.close()
  })

  test('a run is text that can be copied, to the clipboard where that is allowed', async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
    const page = await context.newPage()
    await page.goto(server.url)
    await pastSetup(page)
    await page.keyboard.press('1')
    for (const [name, begins] of [
      ['test (TypeScript)', 'import { compile, named, traceOf, violates } from'],
      ['text for a mail', '  free-races-reuse   kernel v6.19   no violation where this run ends'],
      ['Mermaid', 'sequenceDiagram\n'],
    ]) {
      await page.getByRole('button', { name, exact: true }).click()
      await expect
        .poll(async () => (await page.locator('textarea').inputValue()).startsWith(begins), { message: name })
        .toBe(true)
      await page.getByText('Copied.').waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        await page.locator('textarea').inputValue(),
      )
    }
    await context.close()
  })

  test('the address holds the run: loaded again, it is as it was', async () => {
    const { page } = await open()
    await pastSetup(page)
    await page.keyboard.type('121')
    await expect.poll(() => current(page)).toBe('3')
    await page.keyboard.press('u')
    await expect.poll(() => current(page)).toBe('2')
    const shown = await page.locator('.stage').textContent()
    await page.reload()
    await page.locator('.offers').waitFor()
    await expect.poll(() => page.locator('.stage').textContent()).toBe(shown)
    const { page: other } = await open(page.url())
    await expect.poll(() => current(other)).toBe('2')
    await page.close()
    await other.close()
  })

  test.each(['#0/999', '#0/0*9999', '#9/', '#x', '#0/0:300', '#0/0&at=99999', '#%00<script>alert(1)</script>'])(
    'an address that leads nowhere leads to the start: %s',
    async hash => {
      const page = await browser.newPage()
      await page.goto(`${server.url}${hash}`)
      await offer(page, 'drm_buddy_alloc_blocks').first().waitFor()
      expect(await current(page)).toBe('0')
      await page.close()
    },
  )

  test('nothing of it is wider than a phone, and all of it can be reached there', async () => {
    const { page, trouble } = await open(server.url, { width: 390, height: 844 })
    await pastSetup(page)
    await offer(page, 'folio_remove_rmap_pte')
      .tap()
      .catch(() => offer(page, 'folio_remove_rmap_pte').click())
    await expect.poll(() => current(page)).toBe('1')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(trouble).toEqual([])
    await page.close()
  })

  test('every button, list and field has a name', async () => {
    const { page } = await open()
    await pastSetup(page)
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, select, textarea, input')]
        .filter(field => {
          if (field.getAttribute('aria-label')) return false
          if (field instanceof HTMLButtonElement) return field.textContent.trim() === ''
          return ((field as HTMLInputElement).labels ?? []).length === 0
        })
        .map(field => field.outerHTML),
    )
    expect(nameless).toEqual([])
    await page.close()
  })

  test('names of a model are text, whatever they look like', async () => {
    const markup = await serve('<script>alert(1)</script>', '--model', fixture('markup-names'))
    const { page, trouble } = await open(markup.url)
    await page.keyboard.press('1')
    await page.locator('.why').waitFor()
    await page.getByRole('button', { name: 'text for a mail' }).click()
    await page.locator('textarea').waitFor()
    const title = await page.title()
    expect(title).toBe('<script>alert(1)</script> · foliocheck')
    expect(await page.locator('h1').textContent()).toContain('<script>alert(1)</script>')
    expect(await page.locator('body').textContent()).toContain('<img src=x onerror=alert(2)>')
    expect(await page.locator('#page script, #page img, #page a[href^=javascript]').count()).toBe(0)
    expect(trouble).toEqual([])
    await page.close()
  })

  test('when the server is gone, it says so', async () => {
    const own = await serve('get-races-put', '--kernel', 'v1', '--model', fixture('project'))
    const { page } = await open(own.url)
    own.child.kill('SIGINT')
    expect((await own.ended).code).toBe(0)
    await page.keyboard.press('1')
    await page.locator('.message', { hasText: 'the server is gone; start foliocheck explore again' }).waitFor()
    await page.close()
  })
})
