import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../browser.js'
import { stumblingBlocks } from '../page-health.js'
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
    const copy = page.getByRole('button', { name: 'counterexample', exact: true })
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

  test('nothing of it is without a name, in disorder, or twice', async () => {
    const { page } = await open()
    expect(await stumblingBlocks(page)).toEqual([])
    await pastSetup(page)
    await page.keyboard.press('?')
    await page.locator('.help').waitFor()
    expect(await stumblingBlocks(page)).toEqual([])
    await page.keyboard.press('v')
    await page.locator('.why').waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Mermaid' }).click()
    await page.locator('textarea').waitFor()
    expect(await stumblingBlocks(page)).toEqual([])
    await page.close()
  })

  test('a value leads to the step that wrote it, by click and by key', async () => {
    const { page, trouble } = await open()
    await pastSetup(page)
    await page.keyboard.press('v')
    await page.locator('.why').waitFor({ timeout: 30_000 })
    const life = page.locator('.right .box', { hasText: /^p0/ }).locator('button.line', { hasText: 'life 1' }).first()
    await life.click()
    // Which is what the reason of the violation says, too.
    await expect.poll(() => current(page)).toBe('8')
    expect(await life.getAttribute('class')).toContain('changed')
    expect(await steps(page)).toBe(13)
    await life.click()
    await page.locator('.message', { hasText: 'this step wrote it' }).waitFor()
    await page.keyboard.press('r')
    await expect.poll(() => current(page)).toBe('9')
    await life.focus()
    await page.keyboard.press('w')
    await expect.poll(() => current(page)).toBe('8')
    // What nobody wrote leads to the start; titles of boxes lead somewhere, as lines do.
    await page.locator('.right button.line', { hasText: 'pgmap_array registered' }).press('Enter')
    await page.locator('.message', { hasText: 'as it was before the first step' }).waitFor()
    expect(await current(page)).toBe('0')
    await page.locator('.taken .steps button').nth(12).click()
    await expect.poll(() => current(page)).toBe('12')
    await page.locator('.right .box', { hasText: /^p0/ }).locator('button.title', { hasText: 'driver' }).last().click()
    await expect.poll(() => current(page)).toBe('8')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('the smallest counterexample says so, after a search that proved it', async () => {
    const { page, trouble } = await open()
    await pastSetup(page)
    const smallest = page.getByRole('button', { name: 'smallest counterexample' })
    expect(await smallest.isDisabled()).toBe(true)
    // A detour first: the driver takes a block and leaves it again, so that the run is not the shortest.
    await offer(page, /block = drm_buddy_alloc_blocks\(order\) \[-1\]/).click()
    await expect.poll(() => current(page)).toBe('1')
    await page.keyboard.press('v')
    await page.locator('.why').waitFor({ timeout: 30_000 })
    const stepped = Number(await current(page))
    const read = async () => JSON.parse(await page.locator('textarea').inputValue())
    await page.getByRole('button', { name: 'counterexample', exact: true }).click()
    await page.locator('.handed', { hasText: 'a shorter run may exist' }).waitFor()
    expect(await read()).toMatchObject({ steps: stepped, shortest: false })
    await smallest.click()
    await page.locator('.handed', { hasText: 'no shorter run exists' }).waitFor({ timeout: 30_000 })
    const found = await read()
    expect(found).toMatchObject({ shortest: true, calmest: true, property: 'no-access-after-handover' })
    expect(found.steps).toBeLessThan(stepped)
    // The run on the page is still the one that was stepped.
    expect(await current(page)).toBe(String(stepped))
    const file = written(folder, `smallest-${await page.locator('.handed code').textContent()}`, JSON.stringify(found))
    expect((await foliocheck(['replay', file])).stdout).toContain('still happens')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('what was done on the page does not scroll it: the list of steps follows by itself', async () => {
    const { page } = await open(server.url, { width: 390, height: 844 })
    await pastSetup(page)
    await page.keyboard.press('v')
    await page.locator('.why').waitFor({ timeout: 30_000 })
    expect(await page.evaluate(() => scrollY)).toBe(0)
    expect(await page.locator('.taken').evaluate(list => list.scrollTop)).toBeGreaterThan(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
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
